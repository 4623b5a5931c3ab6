#pragma once
// Bytes of a file at an offset. Files are read and not mapped: one that is cut while it is looked
// at is a short read then and no SIGBUS, and only what is asked for takes memory.

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <span>

#include "base/result.hpp"

namespace pyexc::core {

/// How many bytes there were; fewer than asked for only at the end of the file or on an error.
[[nodiscard]] inline std::size_t read_some(int fd, std::uint64_t offset,
                                           std::span<std::byte> out) noexcept {
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()) - out.size()) break;
    const ssize_t got =
        ::pread(fd, out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

[[nodiscard]] inline Result<void> read_exactly(int fd, std::uint64_t offset,
                                               std::span<std::byte> out) {
  if (read_some(fd, offset, out) == out.size()) return {};
  return fail(Errc::unreadable_file, "it ends within its headers");
}

}  // namespace pyexc::core
