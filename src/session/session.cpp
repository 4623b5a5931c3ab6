#include "session/session.hpp"

#include "host/process.hpp"
#include "redact/redact.hpp"
#include "session/capture.hpp"
#include "session/core.hpp"
#include "session/decode.hpp"
#include "session/native.hpp"
#include "session/record.hpp"
#include "session/stop.hpp"
#include "source/resolve.hpp"
#include "target/recording/recording.hpp"
#include "traceback/format.hpp"

namespace pyexc {

namespace {

cpython::WalkOptions walk_options(const AttachOptions& options) {
  return {.stacks = !options.exceptions_only,
          .threads = options.threads,
          .locks = !options.exceptions_only,
          .tasks = options.tasks,
          .native = options.native != NativeThreads::none,
          .locals = options.locals,
          .values = options.values};
}

Result<Report> decode_captured(Captured& captured, std::string_view kind, const cpython::WalkOptions& walk) {
  return decode({.pages = *captured.pages,
                 .runtime = captured.runtime,
                 .hints = captured.hints,
                 .identity = captured.identity,
                 .threads = captured.threads,
                 .activity = captured.activity,
                 .freeze = captured.freeze,
                 .problems = captured.problems,
                 .captured_at_us = captured.captured_at_us},
                kind, walk);
}

Report finish(Report report, const AttachOptions& options, const redact::Rules& rules) {
  if (options.redact) report = redact::redact(std::move(report), rules);
  traceback::format_report(report);
  return report;
}

}  // namespace

Result<Report> attach(std::int64_t pid, const AttachOptions& options) {
  PYEXC_TRY(const auto rules, redact::Rules::make(options.redaction));
  CaptureOptions capture;
  capture.freeze = options.freeze;
  capture.max_freeze = options.max_freeze;
  capture.walk = walk_options(options);
  capture.native = options.native;
  capture.for_recording = options.record_path.has_value();
  PYEXC_TRY(auto captured, capture_live(pid, capture));
  PYEXC_TRY(auto report, decode_captured(captured, "live", capture.walk));
  if (report.exceptions.empty()) report.target.python_children = host::python_descendants(pid);
  resolve_sources(report, captured.sources);
  PYEXC_CHECK(check_not_stopped());
  std::vector<NativeStack> stacks;
  if (options.native != NativeThreads::none) {
    stacks = native_stacks(captured.threads, captured.mappings, captured.files, *captured.pages, captured.native,
                           captured.sources);
    add_native(report, stacks, captured.threads, captured.activity, options.native);
    PYEXC_CHECK(check_not_stopped());
  }
  if (options.record_path) PYEXC_CHECK(record(*options.record_path, captured, capture.walk, report, std::move(stacks)));
  return finish(std::move(report), options, rules);
}

Result<Report> post_mortem(const CoreOptions& core, const AttachOptions& options) {
  PYEXC_TRY(const auto rules, redact::Rules::make(options.redaction));
  const auto walk = walk_options(options);
  PYEXC_TRY(auto found, capture_core(core, walk, options.record_path.has_value()));
  Captured& captured = found.captured;
  PYEXC_TRY(auto report, decode_captured(captured, "core", walk));
  add_signal(report, found.target->signal());
  resolve_sources(report, captured.sources);
  PYEXC_CHECK(check_not_stopped());
  if (options.record_path) PYEXC_CHECK(record(*options.record_path, captured, walk, report, {}));
  return finish(std::move(report), options, rules);
}

Result<Report> replay(const std::string& path, const AttachOptions& options) {
  PYEXC_TRY(const auto rules, redact::Rules::make(options.redaction));
  PYEXC_TRY(auto recording, read_recording(path));
  PYEXC_TRY(auto report, decode_recording(std::move(recording), walk_options(options), options.native));
  return finish(std::move(report), options, rules);
}

}  // namespace pyexc
