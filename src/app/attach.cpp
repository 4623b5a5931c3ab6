// pyexc-attach PID...

#include "app/commands.hpp"
#include "app/explain.hpp"
#include "app/output.hpp"
#include "session/exit_status.hpp"
#include "session/session.hpp"

namespace pyexc::app {

ExitStatus attach_command(const Options& options, Watchdog& watchdog) {
  Output output(options);
  if (const auto opened = output.open(); !opened) {
    complain(opened.error(), {});
    return exit_status(opened.error());
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
