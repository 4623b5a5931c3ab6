#pragma once
// The program: parse, run one subcommand, end with a status of pyexc/exit_status.hpp.

namespace pyexc::app {

[[nodiscard]] int run(int argc, char** argv);

}  // namespace pyexc::app
