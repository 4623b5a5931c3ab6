#include "base/error.hpp"

#include <fmt/format.h>

#include <cstring>

namespace pyexc {

std::string_view errc_name(Errc code) noexcept {
  switch (code) {
    case Errc::usage: return "usage";
    case Errc::no_such_process: return "no-such-process";
    case Errc::process_ended: return "process-ended";
    case Errc::not_permitted: return "not-permitted";
    case Errc::already_traced: return "already-traced";
    case Errc::not_python: return "not-python";
    case Errc::not_initialised: return "not-initialised";
    case Errc::unsupported: return "unsupported";
    case Errc::unmapped: return "unmapped";
    case Errc::not_captured: return "not-captured";
    case Errc::thawed: return "thawed";
    case Errc::short_read: return "short-read";
    case Errc::invalid: return "invalid";
    case Errc::limit: return "limit";
    case Errc::cycle: return "cycle";
    case Errc::no_such_file: return "no-such-file";
    case Errc::unreadable_file: return "unreadable-file";
    case Errc::exists: return "exists";
    case Errc::write_failed: return "write-failed";
    case Errc::timeout: return "timeout";
    case Errc::interrupted: return "interrupted";
    case Errc::internal: return "internal";
  }
  return "internal";
}

std::string Error::message() const {
  std::string text = what.empty() ? std::string(errc_name(code)) : what;
  if (address != 0) text += fmt::format(" (address {:#x})", address);
  if (sys_errno != 0) {
    char buffer[128];
    // The GNU strerror_r may return a constant instead of filling the buffer.
    text += fmt::format(": {}", ::strerror_r(sys_errno, buffer, sizeof buffer));
  }
  return text;
}

}  // namespace pyexc
