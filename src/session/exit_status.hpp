#pragma once
// Which exit status an error means; the one table that the program and the library share.

#include <csignal>

#include "base/error.hpp"
#include "pyexc/exit_status.hpp"

namespace pyexc {

[[nodiscard]] inline ExitStatus exit_status(const Error& error) noexcept {
  switch (error.code) {
    case Errc::usage: return ExitStatus::usage;
    case Errc::no_such_process:
    case Errc::process_ended: return ExitStatus::no_process;
    case Errc::not_permitted:
    case Errc::already_traced: return ExitStatus::not_permitted;
    case Errc::not_python:
    case Errc::not_initialised: return ExitStatus::not_python;
    case Errc::unsupported: return ExitStatus::unsupported;
    case Errc::no_such_file:
    case Errc::unreadable_file: return ExitStatus::unreadable_input;
    case Errc::exists:
    case Errc::write_failed: return ExitStatus::not_written;
    case Errc::timeout: return ExitStatus::timeout;
    case Errc::interrupted:
      return error.number == SIGTERM ? ExitStatus::terminated : ExitStatus::interrupted;
    // The memory of a target that made no report possible: it is no Python that we can read.
    case Errc::unmapped:
    case Errc::not_captured:
    case Errc::thawed:
    case Errc::short_read:
    case Errc::invalid:
    case Errc::limit:
    case Errc::cycle: return ExitStatus::unsupported;
    case Errc::internal: return ExitStatus::internal;
  }
  return ExitStatus::internal;
}

}  // namespace pyexc
