#include "session/record.hpp"

#include <algorithm>

#include "report/problem_codes.hpp"
#include "session/decode.hpp"
#include "session/native.hpp"
#include "sink/sink.hpp"
#include "source/resolve.hpp"
#include "target/recording/recording_target.hpp"

namespace pyexc {

namespace {

Recording::Asked asked(const cpython::WalkOptions& walk) { 
  return {.stacks = walk.stacks, .threads = walk.threads, .locals = walk.locals, .tasks = walk.tasks};
 }

Recording make_recording(const Captured& captured, const cpython::WalkOptions& walk, const Report& report,
                         std::vector<NativeStack> native_stacks) {
  Recording recording;
  recording.tool_name = "pyexc-attach";
  recording.tool_version = PYEXC_VERSION;
  recording.captured_at_us = captured.captured_at_us;
  recording.freeze = captured.freeze;
  recording.problems = captured.problems;
  recording.identity = captured.identity;
  recording.mappings = captured.mappings;
  recording.threads = captured.threads;
  recording.activity = captured.activity;
  recording.runtime = captured.runtime.runtime.value();
  recording.debug = captured.runtime.layout.debug;
  recording.asked = asked(walk);
  recording.native = captured.native.which;
  recording.native_stacks = std::move(native_stacks);
  recording.python_children = report.target.python_children;
  // What resolving source files left as problems is found again only here.
  for (const Problem& p : report.problems)
    if (p.code == problem::source_unreadable) recording.problems.push_back(p);
  for (const auto& [key, place] : captured.hints.places)
    recording.hints.push_back({key.keys, key.name, place.index, place.entries, place.used});
  // Ways are addresses without a name: index 0 of what lies on one, 1 of what was found there, -1 if there may be more.
  const auto& reached = captured.hints.reached;
  for (const std::uint64_t address : reached.path)
    recording.hints.push_back({address, "", reached.found.contains(address) ? 1 : 0, 0, 0});
  if (reached.cut) recording.hints.push_back({0, "", -1, 0, 0});
  if (captured.hints.lock_failures != 0) recording.hints.push_back({captured.hints.lock_failures, "", -2, 0, 0});
  for (ResolvedLines& lines : resolved(report)) {
    Recording::Source source;
    source.file.file = std::move(lines.file);
    source.file.loader = std::move(lines.loader);
    source.lines = std::move(lines.lines);
    recording.sources.push_back(std::move(source));
  }
  for (const auto& page : captured.pages->kept()) recording.pages.push_back({page.page, page.bytes});
  recording.missing = captured.pages->missing();
  recording.storage = captured.keep_alive;
  return recording;
}

}  // namespace

Result<void> record(const std::string& path, const Captured& captured, const cpython::WalkOptions& walk,
                    const Report& report, std::vector<NativeStack> native_stacks) {
  PYEXC_TRY(const auto bytes, encode(make_recording(captured, walk, report, std::move(native_stacks))));
  return sink::write_new_file(path, bytes);
}

Result<Report> decode_recording(Recording recording, const cpython::WalkOptions& options, NativeThreads native) {
  RecordingTarget target(std::move(recording));
  const Recording& kept = target.recording();
  const Limits limits;
  PageCache cache(target.pages(), std::max(limits.max_pages, kept.pages.size() + kept.missing.size()));
  PYEXC_CHECK(target.load(cache));
  PYEXC_TRY(const auto runtime, cpython::locate_at(target, cache, RemoteAddr(kept.runtime), kept.debug));
  cpython::LookupHints hints;
  for (const auto& hint : kept.hints) {
    if (!hint.name.empty()) hints.places[{hint.keys, hint.name}] = {hint.index, hint.entries, hint.used};
    else if (hint.index == -2) hints.lock_failures = hint.keys;
    else if (hint.index < 0) hints.reached.cut = true;
    else hints.reached.path.insert(hint.keys);
    if (hint.name.empty() && hint.index == 1) hints.reached.found.insert(hint.keys);
  }
  // Asking for less than was recorded is fine; asking for more cannot be answered.
  cpython::WalkOptions walk = options;
  std::vector<Problem> problems = kept.problems;
  if (walk.stacks && !kept.asked.stacks) {
    walk.stacks = walk.locks = false;
    problems.push_back({std::string(problem::not_recorded), "process", "stacks: recorded with --exceptions-only"});
  }
  if (walk.tasks && !kept.asked.tasks) {
    walk.tasks = false;
    problems.push_back({std::string(problem::not_recorded), "process", "tasks: recorded with --tasks=none"});
  }
  if (walk.locals && !kept.asked.locals) {
    walk.locals = false;
    problems.push_back({std::string(problem::not_recorded), "process", "variables: recorded without --locals"});
  }
  if (native > kept.native) {
    problems.push_back({std::string(problem::not_recorded), "process",
                        kept.native == NativeThreads::none ? "frames of C: recorded without --native"
                                                           : "threads that Python does not know: recorded without --native=all"});
    native = kept.native;
  }
  walk.native = native != NativeThreads::none;
  if (walk.threads.empty()) {
    walk.threads = kept.asked.threads;
  } else if (!kept.asked.threads.empty()) {
    for (const std::int64_t tid : walk.threads)
      if (std::find(kept.asked.threads.begin(), kept.asked.threads.end(), tid) == kept.asked.threads.end())
        problems.push_back({std::string(problem::not_recorded), "thread " + std::to_string(tid),
                            "recorded with --thread for others only"});
  }
  PYEXC_TRY(auto report, decode(Moment{.pages = cache,
                                       .runtime = runtime,
                                       .hints = hints,
                                       .identity = kept.identity,
                                       .threads = kept.threads,
                                       .activity = kept.activity,
                                       .freeze = kept.freeze,
                                       .problems = std::move(problems),
                                       .captured_at_us = kept.captured_at_us},
                                "recording", walk));
  std::vector<ResolvedLines> lines;
  for (const auto& source : kept.sources) lines.push_back({source.file.file, source.file.loader, source.lines});
  apply_resolved(report, lines);
  report.target.python_children = kept.python_children;
  add_native(report, kept.native_stacks, kept.threads, kept.activity, native);
  return report;
}

}  // namespace pyexc
