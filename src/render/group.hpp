#pragma once
// A server with two hundred idle workers has one stack two hundred times. Threads that a reader
// could not tell apart (same exception text, same state,
// waiting in the same kind of call, same stack) are shown once, with all their
// ids; anything that differs keeps them apart.

#include <cstdint>
#include <vector>

#include "report/report.hpp"

namespace pyexc::render {

struct ThreadGroup {
  std::int64_t interpreter = 0;
  std::vector<const Thread*> threads;  ///< at least one, in the order of the report
};

/// Groups that handle something come first, then those that raise, then the rest; otherwise in the
/// order of the report.
[[nodiscard]] std::vector<ThreadGroup> group_threads(const Report& report, bool with_stacks);

}  // namespace pyexc::render
