#include <tuple>
#include <utility>

#include "report/problem_codes.hpp"
#include "source/plan.hpp"
#include "source/resolve.hpp"

namespace pyexc {
namespace {

/// What tells two source files of a report apart to linecache; frames of equal ones have equal lines.
auto key(const PyText& file, const LoaderFacts& loader) {
  return std::tie(file, loader.kind, loader.module_name, loader.spec_name, loader.loader_name, loader.path,
                  loader.prefix);
}
using Key = decltype(key(std::declval<const PyText&>(), std::declval<const LoaderFacts&>()));

}  // namespace

std::vector<ResolvedLines> resolved(const Report& report) {
  std::vector<ResolvedLines> out;
  std::map<Key, std::size_t> known;
  for_each_frame(report, [&](const Frame& frame) {
    if (!frame.line || frame.source_file >= report.source_files.size()) return;
    const SourceFile& file = report.source_files[frame.source_file];
    // Lines in the target's memory are among the kept pages already.
    if (file.cached && !file.cached->lazy && file.cached->mtime_none) return;
    const auto [entry, added] = known.try_emplace(key(file.file, file.loader), out.size());
    if (added) out.push_back({file.file, file.loader, {}});
    std::int64_t number = *frame.line;
    for (const PyText& line : frame.source) {
      out[entry->second].lines.try_emplace(number, line);
      if (number == INT64_MAX) break;
      ++number;
    }
  });
  return out;
}

void apply_resolved(Report& report, const std::vector<ResolvedLines>& recorded) {
  const SourceLimits limits;
  SourcePlan plan(report, limits.max_report_lines);
  std::size_t bytes_left = limits.max_report_bytes;
  plan.deliver_in_memory(bytes_left);
  std::map<Key, const std::map<std::int64_t, PyText>*> known;
  for (const ResolvedLines& entry : recorded) known.try_emplace(key(entry.file, entry.loader), &entry.lines);
  bool missing = false;
  for (std::uint32_t i = 0; i < plan.files().size(); ++i) {
    const PlannedFile& file = plan.files()[i];
    if (file.in_memory || file.wanted.empty()) continue;
    const SourceFile& facts = report.source_files[i];
    const auto found = known.find(key(facts.file, facts.loader));
    if (found == known.end()) {
      missing = true;
      continue;
    }
    for (const std::int64_t number : file.wanted) missing = missing || !found->second->contains(number);
    plan.deliver(i, *found->second, bytes_left);
  }
  if (!missing) return;
  report.problems.push_back({std::string(problem::not_recorded), "source lines",
                             "some frames were not part of what was recorded"});
  report.complete = false;
}

}  // namespace pyexc
