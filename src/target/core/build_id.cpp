#include "target/core/build_id.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace pyexc::core {

namespace {

constexpr std::size_t max_segments = 64;
constexpr std::uint32_t max_id = 64;

/// A copy of what lies at `offset`; false if it does not lie within.
template <class T>
bool take(std::span<const std::byte> bytes, std::uint64_t offset, T& to) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof to) return false;
  std::memcpy(&to, bytes.data() + offset, sizeof to);
  return true;
}

std::string id_in_notes(std::span<const std::byte> bytes, std::uint64_t offset,
                        std::uint64_t size) {
  const std::uint64_t end = offset + std::min<std::uint64_t>(size, bytes.size());
  Elf64_Nhdr note;
  // Each step is at least as long as its header.
  while (offset < end && take(bytes, offset, note)) {
    const std::uint64_t name = offset + sizeof note;
    const std::uint64_t id = name + ((std::uint64_t{note.n_namesz} + 3) & ~std::uint64_t{3});
    char owner[4] = {};
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof owner &&
        take(bytes, name, owner) && std::memcmp(owner, "GNU", sizeof owner) == 0 &&
        note.n_descsz > 0 && note.n_descsz <= max_id && id <= bytes.size() &&
        bytes.size() - id >= note.n_descsz) {
      std::string text;
      for (const std::byte byte : bytes.subspan(id, note.n_descsz))
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
      return text;
    }
    offset = id + ((std::uint64_t{note.n_descsz} + 3) & ~std::uint64_t{3});
  }
  return {};
}

}  // namespace

bool begins_elf(std::span<const std::byte> bytes) noexcept {
  Elf64_Ehdr header;
  return take(bytes, 0, header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_ident[EI_DATA] == ELFDATA2LSB;
}

std::size_t headers_size(std::span<const std::byte> bytes) noexcept {
  Elf64_Ehdr header;
  if (!take(bytes, 0, header)) return sizeof header;
  return sizeof header + std::size_t{header.e_phnum} * sizeof(Elf64_Phdr);
}

std::string build_id_in(std::span<const std::byte> bytes) {
  Elf64_Ehdr header;
  if (!begins_elf(bytes) || !take(bytes, 0, header) || header.e_phentsize != sizeof(Elf64_Phdr))
    return {};
  for (std::size_t i = 0; i < std::min<std::size_t>(header.e_phnum, max_segments); ++i) {
    Elf64_Phdr program;
    if (header.e_phoff > bytes.size() || !take(bytes, header.e_phoff + i * sizeof program, program))
      break;
    if (program.p_type != PT_NOTE || program.p_offset > bytes.size()) continue;
    if (auto id = id_in_notes(bytes, program.p_offset, program.p_filesz); !id.empty()) return id;
  }
  return {};
}

}  // namespace pyexc::core
