#pragma once
// Which lines of which files a report needs, and where each of them goes.

#include <cstdint>
#include <vector>

#include "report/report.hpp"
#include "source/linecache.hpp"

namespace pyexc {

/// One per Report::source_files, at the same index.
struct PlannedFile {
  WantedLines wanted;
  bool in_memory = false;  ///< the target's linecache holds all of it: nothing is looked for
};

class SourcePlan {
 public:
  SourcePlan(Report& report, std::size_t max_lines);

  [[nodiscard]] const std::vector<PlannedFile>& files() const noexcept { return files_; }
  [[nodiscard]] SourceRequest request(std::uint32_t file) const;

  /// Sets the lines of every frame of `file` that exist; the others become "".
  void deliver(std::uint32_t file, const Lines& lines, std::size_t& bytes_left);
  /// deliver() for the files that are in memory.
  void deliver_in_memory(std::size_t& bytes_left);

  [[nodiscard]] bool lines_left_out() const noexcept { return lines_left_out_; }
  [[nodiscard]] bool bytes_left_out() const noexcept { return bytes_left_out_; }

 private:
  Report& report_;
  std::vector<PlannedFile> files_;
  std::vector<std::vector<Frame*>> frames_;  ///< by source file
  std::map<PyTextView, const LoaderFacts*> loaders_;  ///< of each file name, the one that linecache gets
  bool lines_left_out_ = false;
  bool bytes_left_out_ = false;
};

/// How many lines of its file an entry shows.
[[nodiscard]] std::int64_t line_count(const Frame& frame, const TextRules& rules);

/// Calls `use` for every frame of the report, in the order in which traceback.py would get to them.
template <class Report_, class Use>
void for_each_frame(Report_& report, Use use) {
  for (auto& exception : report.exceptions)
    for (auto& frame : exception.frames) use(frame);
  for (auto& interpreter : report.interpreters)
    for (auto& thread : interpreter.threads)
      for (auto& frame : thread.stack) use(frame);
  if (report.tasks)
    for (auto& task : *report.tasks)
      for (auto& frame : task.stack) use(frame);
  if (report.suspended)
    for (auto& suspended : *report.suspended)
      for (auto& frame : suspended.stack) use(frame);
}

void add_problem(Report& report, PyTextView file, std::string what);

}  // namespace pyexc
