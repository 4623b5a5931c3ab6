#pragma once
// Fills Frame::source of a report with the lines that linecache.getline() would give to traceback.py in the
// target. Done after the thaw; the target itself is not looked at again.

#include <cstdint>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "report/report.hpp"
#include "source/context.hpp"

namespace pyexc {

/// Reads files in a thread of its own, which has the target's ids and no capability; a file system that
/// never answers costs that thread and not the report. What Python might have found and we did not becomes
/// a problem of the report.
void resolve_sources(Report& report, const SourceContext& context);

/// The lines of one source file that a recording keeps: every line asked for, "" where there was none.
struct ResolvedLines {
  PyText file;
  LoaderFacts loader;
  std::map<std::int64_t, PyText> lines;
};

/// After resolve_sources(): what apply_resolved() needs to do the same without the files.
[[nodiscard]] std::vector<ResolvedLines> resolved(const Report& report);

/// Instead of resolve_sources(), for a recorded report. A line that the recording lacks is "" and a problem.
void apply_resolved(Report& report, const std::vector<ResolvedLines>& recorded);

}  // namespace pyexc
