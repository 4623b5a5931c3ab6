#pragma once
// The arguments of one system call, decoded as far as this takes no other process and no other
// table than the thread's own descriptors and memory. Every pointer and number is the target's:
// bounded before use.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/call_rules.hpp"
#include "host/proc_thread.hpp"

namespace pyexc::host {

using ReadMemory = std::function<bool(std::uint64_t address, std::span<std::byte> out)>;

/// The descriptors of a poll or select; absent if the memory could not be read. `count` is how many
/// the call names, `fds` at most `max` of them.
struct WaitedFds {
  std::size_t count = 0;
  std::vector<std::int64_t> fds;
};
[[nodiscard]] std::optional<WaitedFds> polled_fds(const SyscallLine& line, const ReadMemory& memory,
                                                  std::size_t max);
[[nodiscard]] std::optional<WaitedFds> selected_fds(const SyscallLine& line,
                                                    const ReadMemory& memory, std::size_t max);

/// A path argument, up to its NUL; absent if it cannot be read or has no end within PATH_MAX.
[[nodiscard]] std::optional<std::string> path_argument(std::uint64_t address,
                                                       const ReadMemory& memory);

/// A socket address: "127.0.0.1:80", "[::1]:80", a path, "@name"; "" if it is of another family or
/// cannot be read.
[[nodiscard]] std::string socket_address(std::uint64_t address, std::uint64_t size,
                                         const ReadMemory& memory);

/// What a futex call does, of the words "wait", "wake", "lock_pi", …; "" for an unknown one.
[[nodiscard]] std::string_view futex_operation(std::int32_t operation) noexcept;

/// A wait until a moment of some clock, rather than for a while.
struct Deadline {
  int clock = 0;  ///< CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME
  std::int64_t ns = 0;
};
[[nodiscard]] std::optional<Deadline> deadline_of(Shape shape, const SyscallLine& line,
                                                  const ReadMemory& memory);

}  // namespace pyexc::host
