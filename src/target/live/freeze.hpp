#pragma once
// Stops every thread of a process for a bounded time, and lets it go on exactly as it was.
//
// One thread, the tracer, is created before anything is stopped. It alone makes ptrace calls, it
// never reads the target's memory, and it ends with the thaw: its end releases even threads that
// could not be detached. So a read that never returns (userfaultfd, a dead NFS server) cannot hold
// the target, and neither can a tool that is killed: the kernel releases the tracees of a thread
// that ends.
//
//   * PTRACE_SEIZE and PTRACE_INTERRUPT only: no signal is ever sent to the target.
//   * A thread that stops because a signal is being delivered to it is left in that stop and the
//   signal is
//     handed back when it is let go. Stops are looked at with WNOWAIT, so the kernel still knows
//     the signal if the tool is killed in between.
//   * A target stopped by SIGSTOP stays stopped; a SIGCONT that arrives meanwhile takes effect at
//   the thaw.
//   * A thread that does not stop within `stop_wait` (all of them together) is read as it is; it is
//     listed in FreezeOutcome::not_stopped and its TargetThread::stopped is false. Only one that is
//     running, and so will stop once it gets a processor, is given ten times as long.
//   * At `max_freeze` the tracer thaws by itself.
//
// Signals to the tool: hold a SignalShield (signals.hpp) around the freeze in every thread of the
// tool. Nothing that can prevent the thaw is then delivered to a thread of ours; SIGKILL is
// harmless.
//
//   Freeze freeze(target, {.max_freeze = options.max_freeze});
//   PYEXC_CHECK(freeze.begin());       // returns with the threads stopped
//   ... read ...                       // thawed() tells whether the time ran out
//   const FreezeOutcome outcome = freeze.end();
//
// begin() may be called again after end(); each round has a tracer thread of its own.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"

namespace pyexc {

class LiveTarget;
class Tracer;

struct FreezeOptions {
  std::chrono::nanoseconds max_freeze = std::chrono::seconds(1);
  std::chrono::nanoseconds stop_wait = std::chrono::milliseconds(20);
  /// How often begin() looks after a tracer that does not answer (see tracer.hpp).
  std::chrono::nanoseconds look_after = std::chrono::milliseconds(5);
  bool registers = false;  ///< the tracer reads those of every thread that stopped: a call a thread
};

struct FreezeOutcome {
  std::uint64_t duration_ns = 0;  ///< from the first PTRACE_INTERRUPT to the last PTRACE_DETACH
  std::uint64_t stop_ns = 0;      ///< part of it: until all had stopped or were given up
  std::size_t threads_stopped = 0;
  std::size_t signals_returned =
      0;  ///< threads that stopped on their way to a signal, which they then got
  std::vector<std::int64_t> not_stopped;  ///< tids that did not stop in time
  bool complete = true;  ///< false: threads were started faster than they could be stopped
  bool expired = false;  ///< max_freeze passed and the tracer thawed by itself
  bool ended = false;    ///< the process ended or replaced its program meanwhile
};

class Freeze {
 public:
  explicit Freeze(LiveTarget& target, FreezeOptions options = {});
  ~Freeze();  ///< thaws
  Freeze(const Freeze&) = delete;
  Freeze& operator=(const Freeze&) = delete;

  /// Returns once every thread is stopped or given up; target.threads() then tells `stopped` for
  /// each and has the threads that were started meanwhile. On an error nothing is traced any more.
  /// Errors: not_permitted, already_traced (`number`: the tracer), process_ended, timeout (the
  /// kernel did not let us trace or stop it within max_freeze), interrupted (request_thaw() was
  /// called meanwhile).
  [[nodiscard]] Result<void> begin();

  /// With FreezeOptions::registers, after begin(): returns once the tracer has read them, which it does
  /// while the caller reads memory; target.threads() then has them. False: it thawed before that.
  bool await_registers();

  /// True once the target runs again, asked for or not. Cheap; any thread.
  [[nodiscard]] bool thawed() const noexcept;

  /// Asks for the thaw and returns at once; every later begin() fails. Any thread, also a signal
  /// handler.
  void request_thaw() noexcept;

  /// Thaws if it has not happened yet, waits for the tracer's end, and tells how it went. Never
  /// waits for a reader. May be called by another thread than begin().
  FreezeOutcome end();

 private:
  LiveTarget& target_;
  FreezeOptions options_;
  std::vector<std::unique_ptr<Tracer>>
      rounds_;                            // all are kept: request_thaw() may be looking at one
  std::atomic<Tracer*> tracer_{nullptr};  // the round that has begun and not ended
  std::atomic<bool> thaw_wanted_{false};
};

}  // namespace pyexc
