#pragma once
// Who holds the file lock that a process waits for: /proc/locks, and the names the kernel uses
// there.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pyexc::host {

/// As /proc/locks names a file.
struct FileId {
  std::uint64_t major = 0, minor = 0, inode = 0;
  bool operator==(const FileId&) const = default;
};

/// mnt_id and ino of /proc/PID/fdinfo/FD. (ino: since Linux 5.14)
struct FdPlace {
  std::int64_t mount = -1;
  std::uint64_t inode = 0;
};
[[nodiscard]] std::optional<FdPlace> parse_fd_place(std::string_view fdinfo);
/// The device of a mount of /proc/PID/mountinfo. Not stat(2): that may wait for a server that is
/// gone.
[[nodiscard]] std::optional<FileId> file_id(std::string_view mountinfo, const FdPlace& place);

/// The processes that hold what `waiter` waits for on `file`, ascending, each once.
[[nodiscard]] std::vector<std::int64_t> lock_holders(std::string_view locks, std::int64_t waiter,
                                                     const FileId& file);

}  // namespace pyexc::host
