#pragma once
// One function and one file per subcommand.

#include "app/options.hpp"
#include "app/watchdog.hpp"
#include "pyexc/exit_status.hpp"

namespace pyexc::app {

[[nodiscard]] ExitStatus attach_command(const Options& options, Watchdog& watchdog);
[[nodiscard]] ExitStatus core_command(const Options& options, Watchdog& watchdog);
[[nodiscard]] ExitStatus replay_command(const Options& options, Watchdog& watchdog);

}  // namespace pyexc::app
