#pragma once
// The thread that makes the ptrace calls of one freeze (see freeze.hpp). Internal to this room.

#include <signal.h>
#include <sys/types.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "target/live/freeze.hpp"

namespace pyexc {

/// A word that two threads hand over to each other. No spinning: measured with two processors, one thread that
/// spins takes the processor from the other or from the target that is to stop, which costs milliseconds.
class Baton {
 public:
  [[nodiscard]] std::uint32_t get() const noexcept { return value_.load(std::memory_order_acquire); }
  void set(std::uint32_t value) noexcept;
  /// Returns once the value is at least `wanted` or CLOCK_MONOTONIC reaches `deadline_ns`.
  bool wait_for(std::uint32_t wanted, std::uint64_t deadline_ns) noexcept;

 private:
  std::atomic<std::uint32_t> value_{0};
  std::atomic<std::uint32_t> sleepers_{0};
};

[[nodiscard]] std::uint64_t monotonic_ns() noexcept;

class Tracer {
 public:
  /// What `progress` holds, in order.
  enum Progress : std::uint32_t { starting, stopped, failed, thawed };

  Tracer(pid_t pid, UniqueFd task_fd, const FreezeOptions& options, std::size_t threads_expected);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Starts the thread and returns when `progress` is stopped, failed or thawed.
  Result<void> start();
  void request_thaw() noexcept { thaw_wanted_.set(1); }
  /// Waits for the end of the thread and for what its end releases.
  void finish();

  [[nodiscard]] bool is_thawed() const noexcept { return progress_.get() == thawed; }
  [[nodiscard]] const FreezeOutcome& outcome() const noexcept { return outcome_; }
  /// Sorted; valid from `stopped` on.
  [[nodiscard]] const std::vector<pid_t>& stopped_tids() const noexcept { return stopped_tids_; }
  [[nodiscard]] const std::vector<pid_t>& existing_tids() const noexcept { return existing_tids_; }

 private:
  enum class State : std::uint8_t {
    seized,       // traced and running
    interrupted,  // asked to stop
    held,         // stopped
    gone,         // exited and reaped, or renamed by execve
    zombie,       // exited, not to be reaped by us: the main thread of a process that goes on
  };
  struct Tracee {
    pid_t tid = 0;
    State state = State::seized;
    std::uint32_t seen = 0;  // number of the last listing that had it
    int signal = 0;          // to be handed back when it is let go
  };

  void run() noexcept;
  bool seize_all();
  bool list_and_seize(bool interrupt, std::size_t& added);
  bool seize(pid_t tid);
  pid_t tracer_of(pid_t tid, pid_t& process) const;
  void stop_all();
  void wait_for_stop(Tracee& tracee);
  bool look(Tracee& tracee, bool block);
  void hold();
  void thaw();
  void detach(const Tracee& tracee);
  void record();
  [[nodiscard]] Tracee* find(pid_t tid);
  [[nodiscard]] std::size_t existing() const;
  bool start_timer();

  pid_t pid_;
  UniqueFd task_fd_;
  FreezeOptions options_;
  std::vector<Tracee> tracees_;
  std::size_t sorted_ = 0;      // tracees_ up to here are in order of tid
  std::size_t untraceable_ = 0; // threads that exist and are zombies nobody traces
  std::uint32_t listing_ = 0;
  std::uint64_t first_stop_ns_ = 0, deadline_ns_ = 0, last_deadline_ns_ = 0;
  bool left_behind_ = false;    // something is released only by the end of the thread
  timer_t timer_{};
  pid_t own_tid_ = 0;

  Baton progress_, thaw_wanted_;
  Error error_;
  FreezeOutcome outcome_;
  std::vector<pid_t> stopped_tids_, existing_tids_;
  std::thread thread_;
};

}  // namespace pyexc
