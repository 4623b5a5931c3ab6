#pragma once
// What a thread waits in: the system call it was in just before it was stopped, and what its arguments
// stand for, as far as the kernel tells. A part that is not known is absent, never guessed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pyexc {

/// A socket as the target's own network namespace knows it.
struct SocketFacts {
  std::string family;  ///< tcp, udp, raw, unix, netlink, …; an IPv6 address stands in brackets
  std::string local;   ///< "127.0.0.1:41532", "[::1]:80", a path; "" if it has none
  std::string remote;
  std::string state;   ///< TCP: as netstat names it, ESTABLISHED, SYN_SENT, LISTEN, …; else ""
  bool operator==(const SocketFacts&) const = default;
};

struct Wait {
  std::string call;  ///< "read"; "restart_syscall" where the kernel does not tell which call goes on
  std::string text;  ///< for people, no times: "read(fd 7 → tcp 127.0.0.1:41532 → 127.0.0.1:5432)"
  std::optional<std::int64_t> fd{};
  std::string file{};  ///< what the descriptor is: a path, "pipe:[4711]", "anon_inode:[eventpoll]"; "" unknown
  std::optional<SocketFacts> socket{};
  /// poll, select: the descriptors waited for; epoll_wait: those registered. At most max_fds of them.
  std::vector<std::int64_t> fds{};
  std::optional<std::uint64_t> futex{};  ///< its address
  /// Processes at the other end of the pipe or socket, or waited for, ascending. Absent: not known.
  std::optional<std::vector<std::int64_t>> peers{};
  std::vector<std::int64_t> holders{};  ///< processes that hold the file lock waited for, ascending
  std::optional<std::int64_t> since_ms{};      ///< off the CPU for so long
  std::optional<std::int64_t> remaining_ms{};  ///< of a wait until a certain time
  bool operator==(const Wait&) const = default;

  static constexpr std::size_t max_fds = 64;
  static constexpr std::size_t max_peers = 16;
};

/// What the kernel knows of one thread beside its state.
struct Activity {
  std::int64_t tid = 0;
  std::optional<Wait> wait{};            ///< absent: it was running, or what it waited in could not be read
  std::optional<std::int64_t> cpu_ms{};  ///< user and system time
  std::optional<std::int64_t> age_ms{};
  bool operator==(const Activity&) const = default;
};

}  // namespace pyexc
