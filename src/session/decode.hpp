#pragma once
// From what was captured, or recorded, to a Report with every fact in it. Reads nothing but kept pages.

#include <vector>

#include "cpython/locate.hpp"
#include "cpython/walk.hpp"
#include "memory/page_cache.hpp"
#include "report/report.hpp"
#include "target/target.hpp"

namespace pyexc {

struct Moment {
  PageCache& pages;  ///< sealed
  const cpython::Runtime& runtime;
  cpython::LookupHints& hints;
  const Identity& identity;
  const std::vector<TargetThread>& threads;
  const std::vector<Activity>& activity;
  const FreezeFacts& freeze;
  std::vector<Problem> problems;  ///< of the capture
  std::int64_t captured_at_us = 0;
};

[[nodiscard]] Result<Report> decode(Moment moment, std::string_view target_kind, const cpython::WalkOptions& options);

/// Sets `complete` by the problems there are.
void judge_completeness(Report& report);

}  // namespace pyexc
