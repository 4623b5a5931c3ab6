// pyexc-attach replay FILE

#include "app/commands.hpp"
#include "app/explain.hpp"
#include "app/output.hpp"
#include "session/exit_status.hpp"
#include "session/session.hpp"

namespace pyexc::app {

ExitStatus replay_command(const Options& options, Watchdog& watchdog) {
  Output output(options);
  if (const auto opened = output.open(); !opened) {
    complain(opened.error(), {});
    return exit_status(opened.error());
  }
  const auto report = replay(options.recording, options.session);
  if (interrupted()) return ExitStatus::interrupted;
  if (!report) {
    complain(report.error(), {.pid = {}, .path = options.recording});
    return exit_status(report.error());
  }
  output.add(*report);
  return output.deliver(watchdog);
}

}  // namespace pyexc::app
