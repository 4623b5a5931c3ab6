#pragma once
// From a core file to the pages and facts of the moment in which the process ended. Nothing moves
// any more, so there is no freeze, and one walk finds all that is wanted.

#include <functional>
#include <memory>
#include <string>

#include "session/capture.hpp"
#include "session/session.hpp"
#include "target/core/core_target.hpp"

namespace pyexc {

struct CapturedCore {
  Captured captured;
  std::shared_ptr<CoreTarget> target;
};

[[nodiscard]] Result<CapturedCore> capture_core(const CoreOptions& core,
                                                const cpython::WalkOptions& walk,
                                                bool for_recording);

/// What only a core has: the signal, and the thread that got it.
void add_signal(Report& report, const std::optional<Signal>& signal);

}  // namespace pyexc
