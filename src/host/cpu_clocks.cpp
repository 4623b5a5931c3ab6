#include "host/cpu_clocks.hpp"

#include <fcntl.h>
#include <sched.h>

#include <condition_variable>
#include <ctime>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/proc_thread.hpp"
#include "target/live/proc_status.hpp"

namespace pyexc::host {

namespace {

constexpr int max_cpus = 8192;  // CONFIG_NR_CPUS has no higher maximum

struct FreeSet {
  void operator()(cpu_set_t* set) const noexcept { CPU_FREE(set); }
};

std::int64_t monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// What the thread that goes from CPU to CPU shares with the one that waits for it and may give it
/// up.
struct Tour {
  std::set<int> cpus;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<int, CpuClock> clocks;
  bool done = false, given_up = false;

  void run() {
    const std::unique_ptr<cpu_set_t, FreeSet> set(CPU_ALLOC(max_cpus));
    const std::size_t size = CPU_ALLOC_SIZE(max_cpus);
    for (const int cpu : cpus) {
      if (!set || cpu < 0 || cpu >= max_cpus) continue;
      CPU_ZERO_S(size, set.get());
      CPU_SET_S(static_cast<std::size_t>(cpu), size, set.get());
      if (::sched_setaffinity(0, size, set.get()) != 0) continue;
      // Asking for the CPU time so far brings our exec_start up to the present
      // (kernel/sched/core.c, task_sched_runtime).
      timespec used{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
      const std::int64_t now = monotonic_now();
      const auto text = read_file_at(AT_FDCWD, "/proc/thread-self/sched", 4096);
      const auto exec_start = text ? parse_exec_start(*text) : std::nullopt;
      const std::lock_guard lock(mutex);
      if (given_up) return;
      if (exec_start && ::sched_getcpu() == cpu) clocks[cpu] = {*exec_start, now};
    }
    const std::lock_guard lock(mutex);
    done = true;
    changed.notify_all();
  }
};

}  // namespace

std::map<int, CpuClock> cpu_clocks(const std::set<int>& cpus,
                                   std::chrono::steady_clock::time_point deadline) {
  if (cpus.empty()) return {};
  auto tour = std::make_shared<Tour>();
  tour->cpus = cpus;
  std::thread([tour] { tour->run(); }).detach();
  std::unique_lock lock(tour->mutex);
  if (!tour->changed.wait_until(lock, deadline, [&] { return tour->done; })) tour->given_up = true;
  return tour->clocks;
}

}  // namespace pyexc::host
