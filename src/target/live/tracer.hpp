#pragma once
// The two sides of one freeze (see freeze.hpp). Internal to this room.
//
// The tracer thread (tracer.cpp) makes every ptrace call: it seizes and interrupts all threads,
// then sleeps until it is told to thaw or max_freeze passes. The thread that called begin()
// (stop_wait.cpp) waits for the stops itself: waitpid() sees the tracees of every thread of a
// process, and one handing over less makes the pause shorter.
//
// Who may touch `tracees_`: the tracer until `progress_` is stopping; then the waiting thread,
// except while it waits for a round that it asked for; after `handed_over_` nobody changes it. A
// tracer that runs out of time before that uses only the tids, which nobody changes, and looks at
// the threads anew.
//
// PTRACE_SEIZE can block: a thread inside execve holds a mutex that it needs, and may hold it until
// the zombies of the other threads, which are ours to reap, are gone; or for as long as a dead file
// server does not answer. So who waits for the tracer reaps meanwhile, and when the time is up ends
// a tracer that is stuck there, which releases all.

#include <signal.h>
#include <sys/types.h>
#include <sys/user.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "target/live/baton.hpp"
#include "target/live/freeze.hpp"

namespace pyexc {

class Tracer {
 public:
  Tracer(pid_t pid, UniqueFd task_fd, const FreezeOptions& options, std::size_t threads_expected);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Returns with the threads stopped or given up; on an error nothing is traced any more.
  Result<void> start();
  void request_thaw() noexcept { command_.raise(thaw_now); }
  /// Waits for the end of the thread and for what its end releases.
  void finish();

  [[nodiscard]] bool is_thawed() const noexcept { return progress_.get() == thawed; }
  /// Complete after finish().
  [[nodiscard]] const FreezeOutcome& outcome() const noexcept { return outcome_; }
  /// Sorted; valid after start().
  [[nodiscard]] const std::vector<pid_t>& stopped_tids() const noexcept { return stopped_tids_; }
  [[nodiscard]] const std::vector<pid_t>& existing_tids() const noexcept { return existing_tids_; }

  /// After start(), with FreezeOptions::registers: the tracer reads them and the caller goes on.
  void request_registers();
  /// False: the tracer thawed before it had read them.
  bool await_registers();
  /// As many as stopped_tids(), at its places; those that could not be read are absent.
  [[nodiscard]] const std::vector<std::optional<user_regs_struct>>& registers() const noexcept { return registers_; }

 private:
  enum Progress : std::uint32_t { starting, stopping, failed, thawed };
  static constexpr std::uint32_t thaw_now =
      ~std::uint32_t{0};  // lower commands: rounds of listing wanted

  enum class State : std::uint8_t {
    traced,  // and not known to have stopped
    held,    // stopped
    gone,    // exited and reaped, renamed by execve, or never a thread of this process
    zombie,  // exited, not to be reaped by us: the main thread of a process that goes on
  };
  struct Tracee {
    pid_t tid = 0;
    State state = State::traced;
    std::uint32_t seen = 0;  // number of the last listing that had it
    int signal = 0;          // to be handed back when it is let go
  };

  static int wake_signal();
  static void on_wake_signal(int);

  // The tracer thread.
  void run() noexcept;
  bool ptrace_seize(pid_t tid);
  void arm_timer();
  bool seize_all();
  bool list_and_seize(bool interrupt);
  bool seize(pid_t tid);
  pid_t tracer_of(pid_t tid, pid_t& process) const;
  void hold();
  void read_registers();
  void thaw();
  void detach(const Tracee& tracee);
  [[nodiscard]] Tracee* find(pid_t tid);

  // The thread that called start().
  Result<void> create_timer();
  void disarm_timer();
  void wait_for_stops();
  void wait_for_stop(Tracee& tracee);
  [[nodiscard]] bool passed(std::int64_t wait_ns) const noexcept;
  void record();
  void raise_priority();
  bool await(Baton& baton, std::uint32_t wanted, std::uint64_t limit_ns);
  void reap_exited();
  void abandon();

  // Either.
  bool look(Tracee& tracee, bool block) const;
  [[nodiscard]] std::size_t existing() const;

  pid_t pid_;
  UniqueFd task_fd_;
  FreezeOptions options_;
  std::vector<Tracee> tracees_;
  std::size_t sorted_ = 0;       // tracees_ up to here are in order of tid
  std::size_t untraceable_ = 0;  // threads that exist and are zombies nobody traces
  std::uint32_t listing_ = 0;
  std::size_t added_ = 0;  // by the last listing
  bool listed_ = true;
  // Every tid that was ever seized, as far as there is room: appended by the tracer, readable by
  // both at any time.
  std::vector<pid_t> seized_;
  std::atomic<std::size_t> seized_count_{0};
  std::atomic<bool> in_seize_{false}, abandoned_{false};
  std::atomic<std::uint64_t> first_stop_ns_{0};
  std::atomic<std::uint64_t> all_interrupted_ns_{
      0};                     // when every thread had been asked to stop; 0: not yet
  bool left_behind_ = false;  // something is released only by the end of the thread
  timer_t timer_{};
  bool have_timer_ = false;
  std::atomic<pid_t> own_tid_{0};
  pid_t reader_tid_ = 0;
  int reader_nice_ = 0;

  Baton progress_, command_, rounds_;
  std::atomic<bool> handed_over_{false};
  Error error_;
  FreezeOutcome outcome_;
  std::vector<pid_t> stopped_tids_, existing_tids_;
  std::vector<std::optional<user_regs_struct>> registers_;
  std::uint32_t command_round_ = 0;   // the last command given
  bool registers_wanted_ = false;     // by it; otherwise a listing
  std::thread thread_;
};

}  // namespace pyexc
