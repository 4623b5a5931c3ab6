#pragma once
// The processes below one, for --children.

#include <vector>

#include "session/session.hpp"

namespace pyexc {

/// All processes below `pid`, each behind its parent; this program itself is not among them. Which of them
/// are Python is not known yet. Secrets in their command lines are masked if `options` say so. At most 10,000.
[[nodiscard]] Result<std::vector<Child>> processes_below(std::int64_t pid, const AttachOptions& options);

}  // namespace pyexc
