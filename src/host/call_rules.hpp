#pragma once
// What the arguments of the system calls mean that a thread can wait in. A call that is not listed
// is shown by its name alone.

#include <cstdint>
#include <string_view>

namespace pyexc::host {

enum class Shape : std::uint8_t {
  name_only,
  fd,       ///< the first argument is a descriptor
  path,     ///< the first argument is a path
  path_at,  ///< the second argument is a path
  futex,
  poll,    ///< an array of pollfd and its length
  select,  ///< a number and three sets
  epoll,
  child,        ///< wait4
  child_id,     ///< waitid
  lock,         ///< flock
  record_lock,  ///< fcntl
  address,      ///< connect: a descriptor and a socket address
  clock_sleep,  ///< clock_nanosleep
};

[[nodiscard]] Shape shape_of(std::string_view call) noexcept;

/// The call that restart_syscall goes on with, by the kernel function that the thread waits in
/// (wchan) and the arguments, which are those of the original call; "" if that does not tell. Only
/// calls that return ERESTART_RESTARTBLOCK when they are disturbed are restarted so.
[[nodiscard]] std::string_view restarted_call(std::string_view wchan,
                                              std::uint64_t first_argument) noexcept;

}  // namespace pyexc::host
