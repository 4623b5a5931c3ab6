#pragma once
// Masks secrets, before anything is formatted: report in, report out.

#include "redact/rules.hpp"
#include "report/report.hpp"

namespace pyexc::redact {

/// Report::masked counts the masks; what holds one is marked, so that formatting does not promise
/// Python's own text for it.
[[nodiscard]] Report redact(Report report, const Rules& rules);

}  // namespace pyexc::redact
