#pragma once
// Threads that sleep on a futex, and may wait for a lock: who does, and who no longer does when the process stands
// still, so that nobody is called blocked who was not.

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "report/report.hpp"
#include "target/target.hpp"

namespace pyexc {

/// (tid, address of the futex)
[[nodiscard]] std::set<std::pair<std::int64_t, std::uint64_t>> futexes_of(const std::vector<Activity>& activity);

/// Between the look and the stop a thread may have got the lock that it slept on. One that was stopped in its sleep still
/// has the call's first argument, and a result that says to begin it again. Threads without registers are not judged.
void forget_ended_waits(std::vector<Activity>& activity, const std::vector<TargetThread>& threads);

/// The same without a freeze, as far as two looks can tell: `now` is the second.
void forget_other_futexes(std::vector<Activity>& activity, const std::vector<Activity>& now);

}  // namespace pyexc
