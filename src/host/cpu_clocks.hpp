#pragma once
// The clock that the scheduler measures a thread by, for each CPU. se.exec_start of /proc/TID/sched
// is the moment a thread last left its CPU on that CPU's own clock, which stands still while the
// hypervisor has the CPU and in interrupts: clocks of two CPUs drift apart by seconds. What it
// shows now can only be read on that CPU: a thread of ours goes there, and its own se.exec_start is
// the answer.

#include <chrono>
#include <cstdint>
#include <map>
#include <set>

namespace pyexc::host {

/// A moment of a CPU's clock, and CLOCK_MONOTONIC at that moment, in nanoseconds.
struct CpuClock {
  std::int64_t cpu_ns = 0;
  std::int64_t monotonic_ns = 0;
};

/// The clocks of those CPUs that we may run on and that gave us a turn before the deadline.
[[nodiscard]] std::map<int, CpuClock> cpu_clocks(const std::set<int>& cpus,
                                                 std::chrono::steady_clock::time_point deadline);

}  // namespace pyexc::host
