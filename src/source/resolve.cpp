#include "source/resolve.hpp"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/log.hpp"
#include "source/credentials.hpp"
#include "source/files.hpp"
#include "source/plan.hpp"

namespace pyexc {
namespace {

constexpr std::size_t max_problems = 50;

struct Numbered {
  std::uint32_t file = 0;
  SourceRequest request;
};

/// Everything the reading thread uses. It is shared, because the thread may be given up and then outlive
/// the call that started it.
struct Reading {
  std::shared_ptr<const SourceRoots> roots;
  SourceLimits limits;
  SourceRules rules;
  std::vector<PyText> search_path;
  std::vector<Numbered> requests;
  std::chrono::steady_clock::time_point deadline;

  std::mutex mutex;
  std::condition_variable progress;
  std::vector<std::optional<SourceAnswer>> answers;  ///< guarded by mutex
  std::string refused;                               ///< guarded: why nothing at all is read
  bool done = false;                                 ///< guarded
};

void run(Reading& reading) {
  std::string refused;
  auto leftover = become(reading.roots->credentials);
  if (!leftover) {
    refused = leftover.error().message();
  } else if (!openat2_works(*reading.roots)) {
    refused = "the kernel does not offer openat2 here, without which the target's names cannot be followed";
  } else {
    const TargetFiles files(*reading.roots, reading.limits, std::move(*leftover));
    const LineFinder finder(files, reading.rules, reading.search_path);
    for (std::size_t i = 0; i < reading.requests.size(); ++i) {
      if (std::chrono::steady_clock::now() >= reading.deadline) break;
      SourceAnswer answer = finder.find(reading.requests[i].request);
      const std::lock_guard lock(reading.mutex);
      reading.answers[i] = std::move(answer);
    }
  }
  const std::lock_guard lock(reading.mutex);
  reading.refused = std::move(refused);
  reading.done = true;
  reading.progress.notify_one();
}

/// False if no thread could be started.
bool start(const std::shared_ptr<Reading>& reading) {
  try {
    std::thread([reading] { run(*reading); }).detach();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void report_left_out(Report& report, const SourcePlan& plan) {
  if (plan.lines_left_out()) add_problem(report, "long statements", "cut to their first line: too many in all");
  if (plan.bytes_left_out()) add_problem(report, "later frames", "not shown: too much text in all");
}

}  // namespace

void resolve_sources(Report& report, const SourceContext& context) {
  SourcePlan plan(report, context.limits.max_report_lines);
  std::size_t bytes_left = context.limits.max_report_bytes;
  plan.deliver_in_memory(bytes_left);

  auto reading = std::make_shared<Reading>();
  for (std::uint32_t i = 0; i < plan.files().size(); ++i) {
    const PlannedFile& file = plan.files()[i];
    if (file.in_memory || file.wanted.empty() || report.source_files[i].file.empty()) continue;
    // Nothing is looked for under such a name, unless an entry with a file was put there.
    if (has_no_file(report.source_files[i].file) && !report.source_files[i].cached) continue;
    reading->requests.push_back({i, plan.request(i)});
  }
  if (reading->requests.empty()) return report_left_out(report, plan);
  reading->roots = context.roots;
  reading->limits = context.limits;
  reading->rules = report.text_rules.source;
  reading->search_path = report.search_path;
  reading->answers.resize(reading->requests.size());
  reading->deadline = std::chrono::steady_clock::now() + context.limits.wall;

  std::string nothing;
  std::vector<std::optional<SourceAnswer>> answers;
  if (!reading->roots) {
    nothing = "the files of the process are not accessible";
  } else if (!start(reading)) {
    nothing = "no thread could be started to read files with the target's rights";
  } else {
    std::unique_lock lock(reading->mutex);
    reading->progress.wait_until(lock, reading->deadline, [&] { return reading->done; });
    nothing = reading->refused;
    answers = std::move(reading->answers);
    // A thread that was given up writes to these, if it ever gets that far.
    reading->answers.assign(reading->requests.size(), std::nullopt);
  }
  if (!nothing.empty()) {
    add_problem(report, "every file", nothing);
    return report_left_out(report, plan);
  }
  std::size_t problems = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::uint32_t file = reading->requests[i].file;
    if (!answers[i]) answers[i].emplace().problem = "not read in time";
    if (!answers[i]->problem.empty() && ++problems <= max_problems)
      add_problem(report, report.source_files[file].file, answers[i]->problem);
    plan.deliver(file, answers[i]->lines, bytes_left);
  }
  if (problems > max_problems)
    add_problem(report, fmt::format("{} more files", problems - max_problems), "not shown either");
  report_left_out(report, plan);
  log::debug("source", "{} files, {} problems", reading->requests.size(), problems);
}

}  // namespace pyexc
