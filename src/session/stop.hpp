#pragma once
// Requests to stop the run in progress, from a signal watcher or a watchdog.

#include "base/result.hpp"

namespace pyexc {

class Freeze;

/// Registers the freeze that a stop request must end; unregisters it at the end of its scope.
class HeldTarget {
 public:
  explicit HeldTarget(Freeze& freeze) noexcept;
  ~HeldTarget();
  HeldTarget(const HeldTarget&) = delete;
  /// What the destructor does, for a scope that may never end: its thread hangs and the target runs again.
  static void forget() noexcept;
  HeldTarget& operator=(const HeldTarget&) = delete;
};

/// The error a run that was told to stop ends with.
[[nodiscard]] Result<void> check_not_stopped();

}  // namespace pyexc
