#include "session/decode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "report/problem_codes.hpp"

namespace pyexc {

namespace {

std::string_view layout_source(layout::Source source) {
  switch (source) {
    case layout::Source::table: return "table";
    case layout::Source::debug_offsets: return "debug-offsets";
    case layout::Source::dwarf: return "dwarf";
  }
  return "table";
}

void describe(Report& report, const Moment& moment, std::string_view kind) {
  report.captured_at_us = moment.captured_at_us;
  report.target.kind = kind;
  report.target.pid = moment.identity.pid;
  report.target.executable = moment.identity.executable;
  report.target.command_line = moment.identity.command_line;
  const auto& layout = moment.runtime.layout;
  report.python.version = moment.runtime.version.text();
  if (layout.free_threaded) report.python.build.emplace_back("free-threaded");
  if (layout.debug) report.python.build.emplace_back("debug");
  report.python.layout = layout_source(layout.source);
  report.freeze = moment.freeze;
  report.text_rules = layout.text;
}

void note_missing_threads(Report& report, const std::vector<std::int64_t>& wanted) {
  for (const std::int64_t tid : wanted) {
    const bool found = std::any_of(report.interpreters.begin(), report.interpreters.end(), [tid](const Interpreter& interp) {
      return std::any_of(interp.threads.begin(), interp.threads.end(),
                         [tid](const Thread& thread) { return thread.tid == tid || thread.ns_tid == tid; });
    });
    if (!found)
      report.problems.push_back({std::string(problem::thread_not_found), fmt::format("thread {}", tid),
                                 "no Python thread has this tid"});
  }
}

/// What each thread was doing just before the freeze. One that was started after that look has none.
void add_activity(Report& report, const std::vector<Activity>& activity) {
  std::unordered_map<std::int64_t, const Activity*> by_tid;
  for (const Activity& one : activity) by_tid.emplace(one.tid, &one);
  for (Interpreter& interpreter : report.interpreters) {
    for (Thread& thread : interpreter.threads) {
      const auto found = by_tid.find(thread.tid);
      if (found == by_tid.end()) continue;
      thread.waiting = found->second->wait;
      thread.cpu_ms = found->second->cpu_ms;
      thread.age_ms = found->second->age_ms;
    }
  }
}

}  // namespace

Result<Report> decode(Moment moment, std::string_view target_kind, const cpython::WalkOptions& options) {
  Report report;
  describe(report, moment, target_kind);
  const Limits limits;
  cpython::Heap heap(moment.pages, moment.runtime.layout, limits, moment.hints, cpython::Phase::decode);
  moment.pages.forget_failures();
  PYEXC_TRY(const auto outcome,
            cpython::walk(heap, moment.runtime, moment.threads, moment.identity.pid, options, report,
                          moment.activity));
  add_activity(report, moment.activity);
  if (const auto& failures = moment.pages.failures(); failures.count != 0)
    report.problems.push_back({std::string(errc_name(Errc::not_captured)), "process",
                               fmt::format("{} reads of its memory failed, the first at {:#x}", failures.count,
                                           failures.first_address)});
  if (outcome.torn != 0)
    report.problems.push_back({std::string(problem::changing), "process",
                               fmt::format("{} thread{} could not be read in a settled state", outcome.torn,
                                           outcome.torn == 1 ? "" : "s")});
  note_missing_threads(report, options.threads);
  report.problems.insert(report.problems.end(), std::make_move_iterator(moment.problems.begin()),
                         std::make_move_iterator(moment.problems.end()));
  // Not having been frozen, and a release that nobody has checked, are said; neither is a missing part.
  if (!moment.runtime.layout.verified)
    report.problems.push_back({std::string(problem::layout_unverified), "process",
                               fmt::format("the layout of Python {} is taken from its nearest release", report.python.version)});
  judge_completeness(report);
  return report;
}

void judge_completeness(Report& report) {
  report.complete = std::all_of(report.problems.begin(), report.problems.end(), [](const Problem& p) {
    return p.code == problem::not_frozen || p.code == problem::layout_unverified || p.code == problem::native_unmerged ||
           p.code == problem::file_unchecked;
  });
}

}  // namespace pyexc
