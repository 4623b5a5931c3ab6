#pragma once
// The targets of kill_sweep and signal_stream, and the memory they share with the driver. They run
// in a plain child of the driver, or inside a Python (loaded by ctypes), so that the real tool has
// something to read.

#include <signal.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace freeze_test {

constexpr int max_threads = 2048;
struct Counters {
  std::atomic<std::uint32_t> ready, finish;
  std::atomic<std::uint64_t> counts[max_threads];
};

constexpr int streams = 4;
enum Stream { process_handler, thread_handler, process_wait, thread_wait };
struct Streams {
  std::atomic<std::uint32_t> ready, finish;
  std::atomic<pid_t> sender;
  std::atomic<pid_t> tids[streams];
  std::atomic<std::uint64_t> expected[streams];  // number of the next value
  std::atomic<std::uint64_t>
      wrong[streams];  // of another number, or with another siginfo than was sent
  std::atomic<std::uint64_t> handled;
};
int signal_of(int stream);

constexpr int standard_signals[] = {SIGUSR1, SIGUSR2, SIGTERM,  SIGHUP, SIGALRM,
                                    SIGINT,  SIGCHLD, SIGWINCH, SIGTRAP};

/// Starts `function(shared_fd, number)` of the target library: in a child, or in `python` if that
/// is not empty.
pid_t start_target(const std::string& python, const char* function, int shared_fd, int number);

}  // namespace freeze_test

extern "C" {
/// Each returns the exit status of the target: 0 if its own accounts agree.
__attribute__((visibility("default"))) int freeze_count_target(int shared_fd, int threads);
__attribute__((visibility("default"))) int freeze_realtime_target(int shared_fd, int unused);
__attribute__((visibility("default"))) int freeze_standard_target(int shared_fd,
                                                                  int acknowledge_fd);
}
