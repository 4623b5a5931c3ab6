#pragma once
// The threads of a process, from the kept fd of /proc/PID/task, without allocating: it is also read
// while the process is stopped.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace pyexc {

namespace detail {
struct linux_dirent64_head {
  std::uint64_t ino;
  std::int64_t off;
  std::uint16_t length;
  std::uint8_t type;
};
inline constexpr std::size_t dirent_name =
    19;  // offsetof(d_name): the head has no padding on the wire
}  // namespace detail

/// Calls `visit(tid)` for each; false if the directory cannot be read (the process is gone).
template <class Visit>
[[nodiscard]] bool for_each_task(int task_fd, Visit&& visit) {
  if (::lseek(task_fd, 0, SEEK_SET) < 0) return false;
  alignas(8) char buffer[32U << 10];
  bool any = false;
  for (;;) {
    const long got = ::syscall(SYS_getdents64, task_fd, buffer, sizeof buffer);
    if (got < 0) return false;
    if (got == 0) return any;
    for (long at = 0; at < got;) {
      std::uint16_t length = 0;
      std::memcpy(&length, buffer + at + offsetof(detail::linux_dirent64_head, length),
                  sizeof length);
      const std::string_view name(buffer + at + detail::dirent_name);
      pid_t tid = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), tid);
      if (error == std::errc{} && end == name.data() + name.size() && tid > 0) {
        any = true;
        visit(tid);
      }
      at += length;
    }
  }
}

/// How many threads there are, zombies that nobody has reaped included; 0 if the process is gone.
[[nodiscard]] inline std::size_t count_tasks(int task_fd) {
  struct stat info;
  if (::fstat(task_fd, &info) != 0 || info.st_nlink < 2) return 0;
  return static_cast<std::size_t>(info.st_nlink - 2);  // the kernel gives 2 + number of threads
}

/// The state letter of one thread; 'X' if it is gone.
[[nodiscard]] inline char task_state(int task_fd, pid_t tid) {
  char path[64];
  std::snprintf(path, sizeof path, "%d/stat", tid);
  const int fd = ::openat(task_fd, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 'X';
  char text[512];
  const ssize_t got = ::read(fd, text, sizeof text);
  ::close(fd);
  if (got <= 0) return 'X';
  const std::string_view line(text, static_cast<std::size_t>(got));
  const std::size_t close = line.rfind(')');
  return close == std::string_view::npos || close + 2 >= line.size() ? '?' : line[close + 2];
}

}  // namespace pyexc
