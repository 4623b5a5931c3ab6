#pragma once
// What each thread of a process waits in, from /proc, while the process runs. A stop would change
// it: it turns poll, nanosleep and a timed futex into restart_syscall (kernel/signal.c). All best
// effort: what cannot be read is absent, and no failure of the report.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "report/wait.hpp"
#include "target/target.hpp"

namespace pyexc::host {

struct WaitSources {
  std::int64_t pid = 0;
  bool other_pid_namespace = false;
  int proc_fd = -1;  ///< the directory /proc
  int task_fd = -1;  ///< the directory /proc/PID/task
  /// Reads the target's memory; false if not all of it could be had.
  std::function<bool(std::uint64_t address, std::span<std::byte> out)> memory;
};

struct WaitOptions {
  /// For all that goes beyond the target's own files: the processes at the other ends, the CPUs'
  /// clocks.
  std::chrono::milliseconds patience{300};
  bool off_cpu = true;  ///< ask how long each thread has been off the CPU
};

/// One for each of `threads`, in that order.
[[nodiscard]] std::vector<Activity> read_activity(const WaitSources& sources,
                                                  const std::vector<TargetThread>& threads,
                                                  const WaitOptions& options = {});

/// Of the threads that wait on a futex, its address and nothing else: a first, quick look.
[[nodiscard]] std::vector<Activity> read_futexes(int task_fd, const std::vector<TargetThread>& threads);

}  // namespace pyexc::host
