#pragma once
// How the program around a run (Ctrl-C, Ctrl-Z, --timeout) and the run itself keep out of each other's way:
// a run that is told to stop lets its target go first, and nothing stops this program while it holds one.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "base/error.hpp"

namespace pyexc {

/// Tells the run in progress, and every later one, to let its target go at once and to return `code`:
/// Errc::interrupted with the signal as Error::number, or Errc::timeout. The first call decides.
/// From any thread, at any time; it does not wait.
void request_stop(Errc code, int signal = 0);

/// What request_stop() was told. A run asks between its steps.
[[nodiscard]] std::optional<Error> interrupted();

/// Held by a run from before the first thread of a target is stopped until after the last was let go.
/// `thaw` must be callable from another thread and return at once; request_stop() calls it. If a stop was
/// requested already, the run finds out from interrupted(), before it stops anything.
class FreezeScope {
 public:
  explicit FreezeScope(std::function<void()> thaw);
  ~FreezeScope();
  FreezeScope(const FreezeScope&) = delete;
  FreezeScope& operator=(const FreezeScope&) = delete;
};

/// Waits until no target is held, and keeps runs from stopping one until the lock is let go; at most for
/// `limit`, after which the lock owns nothing.
[[nodiscard]] std::unique_lock<std::timed_mutex> hold_off_freezes(std::chrono::nanoseconds limit);

}  // namespace pyexc
