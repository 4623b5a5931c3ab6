#include "source/plan.hpp"

#include <algorithm>

#include "report/problem_codes.hpp"

namespace pyexc {

std::int64_t line_count(const Frame& frame, const TextRules& rules) {
  if (!frame.line || *frame.line < 1) return frame.line ? 1 : 0;
  const bool whole_range = rules.carets == TextRules::Carets::all_lines;
  if (!whole_range || !frame.end_line || *frame.end_line <= *frame.line) return 1;
  // Both are positive, so the difference fits.
  const std::int64_t more = *frame.end_line - *frame.line;
  return std::min(more, static_cast<std::int64_t>(Frame::max_source_lines) - 1) + 1;
}

SourcePlan::SourcePlan(Report& report, std::size_t max_lines)
    : report_(report), files_(report.source_files.size()), frames_(report.source_files.size()) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const auto& cached = report.source_files[i].cached;
    files_[i].in_memory = cached && !cached->lazy && cached->mtime_none;
  }
  std::size_t total = 0;
  for_each_frame(report, [&](Frame& frame) {
    frame.source.clear();
    if (frame.source_file >= files_.size()) return;
    const SourceFile& file = report.source_files[frame.source_file];
    // linecache keeps the first loader it is given for a name.
    if (file.loader.kind != LoaderFacts::Kind::none) loaders_.try_emplace(file.file, &file.loader);
    std::int64_t count = line_count(frame, report.text_rules);
    if (count == 0) return;
    frames_[frame.source_file].push_back(&frame);
    if (total + static_cast<std::size_t>(count) > max_lines) {
      lines_left_out_ = lines_left_out_ || count > 1;
      count = 1;
    }
    total += static_cast<std::size_t>(count);
    frame.source.resize(static_cast<std::size_t>(count));
    auto& wanted = files_[frame.source_file].wanted;
    for (std::int64_t i = 0; i < count && *frame.line >= 1; ++i)
      if (*frame.line <= INT64_MAX - i) wanted.push_back(*frame.line + i);
  });
  for (PlannedFile& file : files_) {
    std::sort(file.wanted.begin(), file.wanted.end());
    file.wanted.erase(std::unique(file.wanted.begin(), file.wanted.end()), file.wanted.end());
  }
}

SourceRequest SourcePlan::request(std::uint32_t file) const {
  const SourceFile& facts = report_.source_files[file];
  SourceRequest request;
  request.file = facts.file;
  request.cached = facts.cached;
  if (const auto found = loaders_.find(facts.file); found != loaders_.end()) request.loader = *found->second;
  request.wanted = files_[file].wanted;
  return request;
}

void SourcePlan::deliver(std::uint32_t file, const Lines& lines, std::size_t& bytes_left) {
  for (Frame* frame : frames_[file]) {
    std::int64_t number = *frame->line;
    for (PyText& line : frame->source) {
      if (const auto found = lines.find(number); found != lines.end()) {
        if (found->second.size() > bytes_left) {
          bytes_left_out_ = true;
        } else {
          bytes_left -= found->second.size();
          line = found->second;
        }
      }
      if (number == INT64_MAX) break;
      ++number;
    }
  }
}

void SourcePlan::deliver_in_memory(std::size_t& bytes_left) {
  for (std::uint32_t i = 0; i < files_.size(); ++i)
    if (files_[i].in_memory) deliver(i, report_.source_files[i].cached->lines, bytes_left);
}

void add_problem(Report& report, PyTextView file, std::string what) {
  report.problems.push_back(
      {std::string(problem::source_unreadable), "source of " + std::string(file), std::move(what)});
  report.complete = false;
}

}  // namespace pyexc
