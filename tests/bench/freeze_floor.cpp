// What a freeze costs at least, and what ours costs: a target with one spinning and N-1 sleeping
// threads is stopped and released by straight single-threaded ptrace calls (the floor: seize,
// interrupt, wait, detach, nothing read), and by Freeze with nothing between begin() and end(), in
// alternating pairs. The spinning thread itself measures the longest time it did not run.
//
//   freeze_floor [pairs [threads...]]

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "target/live/freeze.hpp"
#include "target/live/live_target.hpp"
#include "target/live/signals.hpp"

namespace {

using pyexc::FreezeOutcome;

struct SharedPage {
  std::atomic<std::uint64_t> longest_gap;
  std::atomic<std::uint32_t> ready;
};

std::uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

[[noreturn]] void run_target(SharedPage* page, int threads) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64U << 10);
  for (int i = 1; i < threads; ++i) {
    pthread_t thread;
    const auto sleep_for_ever = [](void*) -> void* {
      for (;;) pause();
    };
    if (pthread_create(&thread, &attributes, sleep_for_ever, nullptr) != 0) _exit(1);
  }
  page->ready = 1;
  std::uint64_t last = now_ns();
  for (;;) {
    const std::uint64_t now = now_ns();
    if (now - last > page->longest_gap.load(std::memory_order_relaxed))
      page->longest_gap = now - last;
    last = now;
  }
}

/// The straight way. Returns the time from the first PTRACE_INTERRUPT to the last PTRACE_DETACH.
std::uint64_t floor_once(const std::vector<pid_t>& tids) {
  for (const pid_t tid : tids)
    if (ptrace(PTRACE_SEIZE, tid, nullptr, nullptr) != 0) std::abort();
  const std::uint64_t begin = now_ns();
  for (const pid_t tid : tids)
    if (ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr) != 0) std::abort();
  for (const pid_t tid : tids) {
    int status = 0;
    if (waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status)) std::abort();
  }
  for (const pid_t tid : tids)
    if (ptrace(PTRACE_DETACH, tid, nullptr, nullptr) != 0) std::abort();
  return now_ns() - begin;
}

struct Series {
  std::vector<std::uint64_t> values;
  void add(std::uint64_t value) { values.push_back(value); }
  double at(double quantile) {
    std::ranges::sort(values);
    return static_cast<double>(values[static_cast<std::size_t>(
               quantile * static_cast<double>(values.size() - 1))]) /
           1000;
  }
};

int measure(int threads, int pairs) {
  auto* page = static_cast<SharedPage*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const pid_t pid = fork();
  if (pid == 0) run_target(page, threads);
  while (page->ready == 0) usleep(1000);

  auto target = pyexc::LiveTarget::open(pid);
  int result = 1;
  if (!target || (*target)->threads().size() != static_cast<std::size_t>(threads)) {
    std::fprintf(stderr, "target with %d threads: %s\n", threads,
                 target ? "wrong number" : target.error().message().c_str());
  } else {
    std::vector<pid_t> tids;
    for (const auto& thread : (*target)->threads()) tids.push_back(static_cast<pid_t>(thread.tid));
    const pyexc::SignalShield shield;
    Series floor_time, floor_gap, own_time, own_gap;
    for (int i = 0; i < pairs; ++i) {
      page->longest_gap = 0;
      floor_time.add(floor_once(tids));
      usleep(500);
      floor_gap.add(page->longest_gap.exchange(0));

      pyexc::Freeze freeze(**target);
      if (auto begun = freeze.begin(); !begun) {
        std::fprintf(stderr, "freeze: %s\n", begun.error().message().c_str());
        break;
      }
      const FreezeOutcome outcome = freeze.end();
      if (outcome.threads_stopped != tids.size())
        std::fprintf(stderr, "only %zu stopped\n", outcome.threads_stopped);
      own_time.add(outcome.duration_ns);
      usleep(500);
      own_gap.add(page->longest_gap.load());
      usleep(500);
    }
    if (!own_gap.values.empty()) {
      std::printf(
          "%5d threads, %d pairs: floor %8.1f us, freeze %8.1f us, ratio %.2f | pause seen: floor "
          "%8.1f us, "
          "freeze %8.1f us, ratio %.2f | p90 %8.1f and %8.1f us\n",
          threads, pairs, floor_time.at(0.5), own_time.at(0.5),
          own_time.at(0.5) / floor_time.at(0.5), floor_gap.at(0.5), own_gap.at(0.5),
          own_gap.at(0.5) / floor_gap.at(0.5), floor_gap.at(0.9), own_gap.at(0.9));
      result = 0;
    }
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  munmap(page, 4096);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 101;
  std::vector<int> counts;
  for (int i = 2; i < argc; ++i) counts.push_back(std::atoi(argv[i]));
  if (counts.empty()) counts = {1, 10, 41, 100, 1000};
  int result = 0;
  for (const int threads : counts) result |= measure(threads, pairs);
  return result;
}
