#pragma once
// One error type for every room: a code that programs decide on, and the data (errno, address) that a
// person needs. The text says what we were doing, innermost first; only app/ turns it into advice.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pyexc {

enum class Errc : std::uint8_t {
  // Usage and processes.
  usage,               // the command line does not make sense
  no_such_process,     // never was, ended, or a zombie
  process_ended,       // ended or replaced its image while we looked
  not_permitted,       // the kernel refused (EPERM, EACCES, seccomp)
  already_traced,      // another tracer holds it; `number` is that tracer's pid, 0 if unknown
  not_python,          // no CPython runtime in the process
  not_initialised,     // a CPython that is still starting or already gone
  unsupported,         // a Python, an architecture or a layout this build does not read
  // Memory of the target.
  unmapped,            // EFAULT: nothing is mapped there
  not_captured,        // the page was not read while the target was frozen
  thawed,              // the freeze was over before this read was made
  short_read,          // fewer bytes than a structure needs
  invalid,             // bytes were read, and are not what they must be
  limit,               // a limit of ours, not of the target
  cycle,               // a chain that comes back to itself
  // Files.
  no_such_file,
  unreadable_file,     // a core or recording that is damaged, cut or unknown
  exists,              // refused to write over something
  write_failed,
  // Ourselves.
  timeout,
  interrupted,         // `number` is the signal
  internal,
};

/// The name used in JSON (`problems[].code`) and in tests, e.g. "unmapped".
std::string_view errc_name(Errc code) noexcept;

struct Error {
  Errc code = Errc::internal;
  int sys_errno = 0;          ///< errno of the failed call, 0 if none
  std::uint64_t address = 0;  ///< address in the target, 0 if none
  std::int64_t number = 0;    ///< meaning depends on the code, see Errc
  std::string what;           ///< what we were doing, innermost first

  Error() = default;
  explicit Error(Errc c, std::string text = {}) : code(c), what(std::move(text)) {}

  static Error system(Errc c, int err, std::string text) {
    Error error(c, std::move(text));
    error.sys_errno = err;
    return error;
  }
  static Error at(Errc c, std::uint64_t addr, std::string text) {
    Error error(c, std::move(text));
    error.address = addr;
    return error;
  }

  /// Adds the outer action: "reading the type name: reading exc_info of thread 4711".
  [[nodiscard]] Error context(std::string_view outer) && {
    if (!what.empty()) what += ": ";
    what += outer;
    return std::move(*this);
  }

  /// One line for people: what, address and errno text.
  [[nodiscard]] std::string message() const;
};

}  // namespace pyexc
