#pragma once
// Signals to the tool itself while it holds a target. A signal that stopped or ended a thread of
// ours at the wrong moment would prolong the freeze, so all that can be blocked are, in every
// thread; they stay pending and act after the thaw. How app/ uses it:
//
//   int main() { SignalShield shield;      // first thing: threads started from here on inherit the
//   mask
//     ... session ...                      // between targets: if (shield.pending()) leave the loop
//     const int signal = shield.pending(); // after the thaw, output may be skipped
//     if (signal != 0) return 128 + signal;
//     shield.lift(); }                     // a pending Ctrl-Z stops us here, where nothing is held
//
// A thread that waits for the reader can use wait() instead of a plain condition, so that Ctrl-C
// ends even a freeze of a second at once: wait() returns the signal, then Freeze::request_thaw(),
// Freeze::end(), leave.

#include <signal.h>

#include <chrono>

namespace pyexc {

class SignalShield {
 public:
  /// Blocks, in the calling thread, every signal but those that report a fault of its own.
  SignalShield() noexcept;
  ~SignalShield() { lift(); }  ///< restores the mask that was
  SignalShield(const SignalShield&) = delete;
  SignalShield& operator=(const SignalShield&) = delete;

  /// SIGINT, SIGTERM, SIGHUP or SIGQUIT if one is waiting for this process, else 0. It stays
  /// pending.
  [[nodiscard]] static int pending() noexcept;
  /// Waits for one of those four; returns it (it is then no longer pending) or 0 after `timeout`.
  [[nodiscard]] static int wait(std::chrono::nanoseconds timeout) noexcept;
  void lift() noexcept;

 private:
  sigset_t before_{};
  bool active_ = false;
};

}  // namespace pyexc
