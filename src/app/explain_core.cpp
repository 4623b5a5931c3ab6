// What is wrong with a core, and what to do about it.

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "app/explain.hpp"
#include "target/core/core_file.hpp"

namespace pyexc::app {

namespace {

std::string hint_of(core::Fault fault, const Error& error) {
  switch (fault) {
    case core::Fault::not_a_core:
      return "where cores go: cat /proc/sys/kernel/core_pattern; with systemd: coredumpctl list";
    case core::Fault::program:
      return "the core comes first, then the executable: pyexc-attach core COREFILE EXECUTABLE";
    case core::Fault::cut:
      return "it was cut when it was written (ulimit -c, a full disk) or copied; gcore writes its "
             "notes last";
    case core::Fault::no_executable:
      return "name the executable behind the core, or give the directory that has the machine's "
             "files: --sysroot DIR";
    case core::Fault::wrong_executable:
      return "give the files that were running then: EXECUTABLE behind the core, --sysroot DIR, "
             "--debug-dir DIR";
    case core::Fault::too_large:
      return "allow more with --max-unpacked SIZE, as far as the disk has room";
    case core::Fault::no_room:
      return error.sys_errno == EOPNOTSUPP || error.sys_errno == EISDIR
                 ? "that filesystem has no files without names; give another directory in TMPDIR"
                 : "give a directory with room in TMPDIR, or unpack it yourself";
    case core::Fault::damaged: break;
  }
  return "a complete core, as the kernel or gcore wrote it, is needed";
}

}  // namespace

Explanation explain_core(const Error& error, const std::string& path) {
  const std::string line = fmt::format("core {}: {}", path, error.message());
  switch (error.code) {
    case Errc::no_such_file:
      if (error.what == "opening it")
        return {fmt::format("core {}: {}", path, ::strerror(error.sys_errno)),
                error.sys_errno == EACCES ? "cores are readable by their owner only"
                                          : "where cores go: cat /proc/sys/kernel/core_pattern; "
                                            "with systemd: coredumpctl list"};
      return {line, "the directory given with --sysroot must exist"};
    case Errc::unreadable_file:
      return {line, hint_of(static_cast<core::Fault>(error.number), error)};
    case Errc::not_python:
      return {line,
              "if Python is a library in it, all files that were mapped must be at hand: --sysroot "
              "DIR"};
    case Errc::not_initialised:
      return {fmt::format("core {}: its Python was still starting, or had shut down", path),
              "there is nothing of Python to show"};
    case Errc::unsupported:
      return {line, "read are CPython 3.8 to 3.15 in 64-bit processes on x86"};
    default:
      return {fmt::format("core {}: cannot make sense of its Python: {}", path, error.message()),
              "-v says what was tried"};
  }
}

}  // namespace pyexc::app
