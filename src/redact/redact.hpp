#pragma once
// Masks secrets, before anything is formatted: report in, report out.

#include "report/report.hpp"

namespace pyexc::redact {

/// No rule masks anything yet: the report comes back as it was, with Report::masked at 0.
[[nodiscard]] Report redact(Report report);

}  // namespace pyexc::redact
