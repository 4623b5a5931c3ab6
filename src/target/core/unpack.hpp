#pragma once
// Compressed cores, as systemd-coredump stores them. They are unpacked into a file without a name
// that only its owner could read and that is gone with this program; pages of zeros stay holes in
// it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace pyexc::core {

enum class Compression : std::uint8_t { none, zstd, lz4, xz };

/// By the bytes that it begins with.
[[nodiscard]] Compression compression_of(int fd) noexcept;
[[nodiscard]] std::string_view name_of(Compression compression) noexcept;

struct UnpackOptions {
  std::uint64_t max_size = std::uint64_t{16} << 30;
  std::function<void(const std::string&)> announce;  ///< told what is being done, before it is
  std::function<Result<void>()> check_not_stopped;   ///< asked again and again
};

struct Unpacked {
  UniqueFd fd;
  bool cut =
      false;  ///< the compressed file ends too early or is damaged; what came before is there
};

/// Fails with Fault::too_large, Fault::no_room, or Fault::damaged if nothing could be unpacked.
[[nodiscard]] Result<Unpacked> unpack(int fd, Compression compression,
                                      const UnpackOptions& options);

}  // namespace pyexc::core
