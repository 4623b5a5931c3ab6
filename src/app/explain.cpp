#include "app/explain.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "app/permission.hpp"
#include "host/process.hpp"
#include "render/escape.hpp"
#include "sink/sink.hpp"

namespace pyexc::app {

namespace {

/// "4711 (sleep)"
std::string with_name(std::int64_t pid) {
  const auto comm = host::comm_of(pid);
  return comm ? fmt::format("{} ({})", pid, *comm) : std::to_string(pid);
}

std::string joined(const std::vector<std::int64_t>& pids, std::string_view separator) {
  std::string text;
  for (const std::int64_t pid : pids) {
    if (!text.empty()) text += separator;
    text += std::to_string(pid);
  }
  return text;
}

/// A field of /proc/PID/status as it stands there, "" if there is none.
std::string status_field(std::int64_t pid, std::string_view field) {
  std::ifstream stream(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(field) || line.size() <= field.size() || line[field.size()] != ':')
      continue;
    const std::size_t start = line.find_first_not_of(" \t", field.size() + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return {};
}

constexpr const char* find_python = "the Python processes that you can see: pgrep -a python";

Explanation no_such_process(std::int64_t pid) {
  if (status_field(pid, "State").starts_with("Z"))
    return {fmt::format("process {} is a zombie: it has ended and nothing of it is left to read",
                        with_name(pid)),
            fmt::format("its parent, {}, has not asked for its exit status yet; try that one",
                        status_field(pid, "PPid"))};
  if (const std::string group = status_field(pid, "Tgid");
      !group.empty() && group != std::to_string(pid))
    return {fmt::format("{} is a thread of process {}", with_name(pid), group),
            fmt::format("pyexc-attach --thread {} {}", pid, group)};
  return {fmt::format("no process {}", pid), find_python};
}

Explanation not_python(const Error& error, std::int64_t pid) {
  if (host::is_kernel_thread(pid))
    return {fmt::format("{} is a kernel thread, not a Python process", with_name(pid)),
            find_python};
  const auto children = host::python_descendants(pid);
  const std::string hint =
      children.empty()
          ? std::string(find_python)
          : fmt::format("it has Python children; try: pyexc-attach {}", joined(children, " "));
  if (error.what.find("PyPy") != std::string::npos)
    return {fmt::format("process {} runs PyPy; only CPython is read", with_name(pid)), hint};
  return {fmt::format("process {} is not a CPython process", with_name(pid)), hint};
}

Explanation already_traced(const Error& error, std::int64_t pid) {
  const std::int64_t tracer = error.number > 0 ? error.number : host::tracer_of(pid);
  const std::string hint =
      fmt::format("end that tracer, or read without stopping: pyexc-attach --no-freeze {}", pid);
  if (tracer <= 0) return {fmt::format("process {} is already being traced", with_name(pid)), hint};
  return {
      fmt::format("process {} is already being traced by {}", with_name(pid), with_name(tracer)),
      hint};
}

Explanation unsupported(const Error& error, std::int64_t pid) {
  constexpr const char* readable = "read are CPython 3.8 to 3.15 in 64-bit processes";
  if (host::is_32_bit(pid) == true)
    return {fmt::format("process {} is a 32-bit process", with_name(pid)), readable};
  return {fmt::format("process {}: {}", with_name(pid), error.message()), readable};
}

Explanation not_written(const Error& error) {
  switch (error.sys_errno) {
    case ENOSPC:
    case EDQUOT: return {error.message(), "make room, or write somewhere else with --output"};
    case EACCES:
    case EPERM:
    case EROFS: return {error.message(), "choose a directory that you can write to"};
    case ENOENT:
    case ENOTDIR: return {error.message(), "the directory must exist already"};
    case EISDIR: return {error.message(), "give the name of a file in it"};
    case EBADF: return {error.message(), "stdout is closed; use --output to write to a file"};
    default: return {error.message(), "write somewhere else with --output"};
  }
}

Explanation about_file(const Error& error, const std::string& path) {
  if (error.code == Errc::no_such_file && error.sys_errno == EACCES)
    return {fmt::format("recording {}: {}", path, ::strerror(EACCES)),
            "recordings are readable by their owner only"};
  if (error.code == Errc::no_such_file)
    return {fmt::format("recording {}: {}", path,
                        error.sys_errno != 0 ? ::strerror(error.sys_errno) : "no such file"),
            "recordings are written by: pyexc-attach --record FILE PID"};
  return {fmt::format("recording {}: {}", path, error.message()),
          "it must be a complete file written by --record of this version or an older one"};
}

Explanation interrupted(const Error& error) {
  const char* name = ::sigabbrev_np(static_cast<int>(error.number));
  return {fmt::format("ended by SIG{}; no process is left stopped", name != nullptr ? name : "?"),
          "run it again for a report"};
}

Explanation about_process(const Error& error, std::int64_t pid) {
  switch (error.code) {
    case Errc::no_such_process: return no_such_process(pid);
    case Errc::process_ended:
      return {
          fmt::format("process {} ended, or became another program, while it was looked at", pid),
          "look for its successor: pgrep -a python"};
    case Errc::not_permitted: return explain_refusal(error, pid);
    case Errc::already_traced: return already_traced(error, pid);
    case Errc::not_python: return not_python(error, pid);
    case Errc::not_initialised:
      return {fmt::format("the Python in process {} is still starting, or shutting down",
                          with_name(pid)),
              "try again in a moment"};
    case Errc::unsupported: return unsupported(error, pid);
    default:
      return {fmt::format("process {}: cannot make sense of its Python: {}", with_name(pid),
                          error.message()),
              "-v says what was tried; a recording made with --record helps in a bug report"};
  }
}

}  // namespace

Explanation explain(const Error& error, const Subject& subject) {
  switch (error.code) {
    case Errc::usage: return {error.message(), "pyexc-attach --help lists what can be asked for"};
    case Errc::exists:
      return {error.message(), "nothing is overwritten: remove it first, or give another name"};
    case Errc::write_failed: return not_written(error);
    case Errc::timeout:
      return {"the time given by --timeout has passed; no process is left stopped",
              "give it more time, or ask for less: --exceptions-only, --thread"};
    case Errc::interrupted: return interrupted(error);
    case Errc::internal:
      return {"internal error: " + error.message(),
              "this is a defect of pyexc-attach; please report it with -v"};
    default: break;
  }
  if (subject.core) return explain_core(error, *subject.core);
  if (subject.path) return about_file(error, *subject.path);
  if (subject.pid) return about_process(error, *subject.pid);
  return {error.message(), "-v says what was tried"};
}

void complain(const Error& error, const Subject& subject) {
  const Explanation explanation = explain(error, subject);
  const std::string text =
      fmt::format("pyexc-attach: {}\nhint: {}\n", render::one_line(explanation.line),
                  render::one_line(explanation.hint));
  (void)sink::write_all(STDERR_FILENO, text, "stderr");
}

}  // namespace pyexc::app
