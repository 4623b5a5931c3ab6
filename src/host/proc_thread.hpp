#pragma once
// /proc/PID/task/TID/syscall and sched, parsed.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pyexc::host {

struct SyscallLine {
  std::int64_t number = -1;
  std::array<std::uint64_t, 6> arguments{};
  std::uint64_t stack = 0, instruction = 0;
  bool operator==(const SyscallLine&) const = default;

  /// An argument that the kernel takes as an int.
  [[nodiscard]] std::int32_t integer(std::size_t index) const noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(arguments[index]));
  }
};

/// Absent for "running", for a thread that waits outside of any call ("-1 …"), and for anything
/// else.
[[nodiscard]] std::optional<SyscallLine> parse_syscall(std::string_view text);

/// se.exec_start in nanoseconds: on the clock of the CPU it last ran on, when it left that CPU.
[[nodiscard]] std::optional<std::int64_t> parse_exec_start(std::string_view text);

}  // namespace pyexc::host
