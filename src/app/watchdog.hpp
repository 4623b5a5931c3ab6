#pragma once
// Ends the program when it is told to (SIGINT, SIGTERM, --timeout) and stops it when asked
// (Ctrl-Z), but never while it holds a target. A thread of its own does it, because the others may
// be inside a read of a target's memory, or a write to a pipe, that does not return.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "base/error.hpp"

namespace pyexc::app {

class Watchdog {
 public:
  /// Called with the reason just before the program ends.
  using Explain = std::function<void(const Error&)>;

  /// Blocks signals in this thread and in all that are started from now on: construct it first.
  Watchdog(std::optional<std::chrono::nanoseconds> timeout, Explain explain);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// From here on a run that still finishes keeps its own exit status.
  void delivering();

  /// To be called last: returns unless the program is being ended, which then happens in here.
  void finish();

 private:
  void watch();
  void end(Errc code, int signal);

  const std::optional<std::chrono::steady_clock::time_point> deadline_;
  const Explain explain_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool delivering_ = false;
  bool finished_ = false;
  bool ending_ = false;
};

}  // namespace pyexc::app
