#include "app/run.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>

#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/explain.hpp"
#include "app/help.hpp"
#include "base/log.hpp"
#include "session/exit_status.hpp"
#include "sink/sink.hpp"

namespace pyexc::app {

namespace {

/// A descriptor that our parent closed must not be given to a file of ours: what is meant for
/// stdout would end up in there. What is opened in its place refuses to be written to.
void keep_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0)
      (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

ExitStatus failed(const Error& error) {
  complain(error, {});
  return exit_status(error);
}

ExitStatus print(std::string_view text) {
  const auto written = sink::write_stdout(text);
  return written ? ExitStatus::complete : failed(written.error());
}

ExitStatus run_command(const Options& options) {
  if (options.command == Command::show_help) return print(help_text());
  if (options.command == Command::show_version) return print("pyexc-attach " PYEXC_VERSION "\n");
  if (options.verbose) log::set_level(log::Level::debug);
  // Never destroyed: its thread may still be waiting for a signal when this one ends the program.
  auto& watchdog = *new Watchdog(options.timeout, [](const Error& error) { complain(error, {}); });
  const ExitStatus status = options.command == Command::replay ? replay_command(options, watchdog)
                            : options.command == Command::core ? core_command(options, watchdog)
                                                               : attach_command(options, watchdog);
  watchdog.finish();
  return status;
}

}  // namespace

int run(int argc, char** argv) {
  keep_standard_descriptors();
  try {
    const auto options = parse_command_line(argc, argv);
    return static_cast<int>(options ? run_command(*options) : failed(options.error()));
  } catch (const std::bad_alloc&) {
    return static_cast<int>(failed(Error(Errc::internal, "out of memory")));
  } catch (const std::exception& error) {
    return static_cast<int>(failed(Error(Errc::internal, error.what())));
  }
}

}  // namespace pyexc::app
