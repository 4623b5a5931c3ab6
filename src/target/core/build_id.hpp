#pragma once
// What tells one ELF file from another: its build-id, read from the bytes that begin it.

#include <cstddef>
#include <span>
#include <string>

namespace pyexc::core {

/// True if these bytes begin a little-endian 64-bit ELF file.
[[nodiscard]] bool begins_elf(std::span<const std::byte> bytes) noexcept;

/// Of the ELF header and of the program headers behind it.
[[nodiscard]] std::size_t headers_size(std::span<const std::byte> bytes) noexcept;

/// In lower-case hexadecimal digits; empty if the note does not lie within `bytes`, which begin the
/// file.
[[nodiscard]] std::string build_id_in(std::span<const std::byte> bytes);

}  // namespace pyexc::core
