#pragma once
// What the descriptors of one thread are. Only links and fdinfo are read, never stat(2): that could
// wait for a file server that is gone. Threads normally share their descriptors, so answers are
// kept by number.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pyexc::host {

struct Descriptor {
  std::string link;  ///< as readlink of /proc/PID/fd/N gives it; "" if it cannot be read
  bool readable = false, writable = false;
  /// What it is, for people: a path, "pipe", "socket", "eventfd".
  [[nodiscard]] std::string_view kind() const noexcept;
};

/// fd N of the thread whose directory is `task_fd`/TID.
[[nodiscard]] Descriptor read_descriptor(int task_fd, std::int64_t tid, std::int64_t fd);
[[nodiscard]] std::string read_fdinfo(int task_fd, std::int64_t tid, std::int64_t fd);

/// The descriptors registered with an epoll instance, ascending, at most `max`.
[[nodiscard]] std::vector<std::int64_t> epoll_watches(std::string_view fdinfo, std::size_t max);
/// The process of a pidfd.
[[nodiscard]] std::optional<std::int64_t> pidfd_process(std::string_view fdinfo);

}  // namespace pyexc::host
