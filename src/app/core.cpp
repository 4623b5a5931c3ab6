// pyexc-attach core COREFILE [EXECUTABLE]

#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.hpp"
#include "app/explain.hpp"
#include "app/output.hpp"
#include "render/escape.hpp"
#include "session/exit_status.hpp"
#include "session/session.hpp"
#include "sink/sink.hpp"

namespace pyexc::app {

ExitStatus core_command(const Options& options, Watchdog& watchdog) {
  Output output(options);
  if (const auto possible = files_possible(options, output); !possible) {
    complain(possible.error(), {});
    return exit_status(possible.error());
  }
  CoreOptions core = options.core;
  core.announce = [](const std::string& text) {
    (void)sink::write_all(STDERR_FILENO, fmt::format("pyexc-attach: {}\n", render::one_line(text)),
                          "stderr");
  };
  const auto report = post_mortem(core, options.session);
  if (interrupted()) return ExitStatus::interrupted;
  if (!report) {
    complain(report.error(), {.pid = {}, .path = {}, .core = core.path});
    return exit_status(report.error());
  }
  output.add(*report);
  return output.deliver(watchdog);
}

}  // namespace pyexc::app
