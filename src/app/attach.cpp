// pyexc-attach PID...

#include "app/commands.hpp"
#include "app/explain.hpp"
#include "app/output.hpp"
#include "session/exit_status.hpp"
#include "session/session.hpp"
#include "sink/sink.hpp"

namespace pyexc::app {

namespace {

/// Asked before any process is stopped: a name that is taken, or a directory that is not there,
/// costs nobody a freeze.
Result<> files_possible(const Options& options, Output& output) {
  if (options.session.record_path) {
    const auto recording = sink::NewFile::create(*options.session.record_path);
    if (!recording) return fail(recording.error());
  }
  return output.open();
}

}  // namespace

ExitStatus attach_command(const Options& options, Watchdog& watchdog) {
  Output output(options);
  if (const auto possible = files_possible(options, output); !possible) {
    complain(possible.error(), {});
    return exit_status(possible.error());
  }
  for (const std::int64_t pid : options.pids) {
    const auto report = attach(pid, options.session);
    if (interrupted()) return ExitStatus::interrupted;  // the watchdog says so and ends the program
    if (report) {
      output.add(*report);
    } else {
      complain(report.error(), {.pid = pid, .path = {}});
      output.add_failure(exit_status(report.error()));
    }
  }
  return output.deliver(watchdog);
}

}  // namespace pyexc::app
