#pragma once
// The library behind pyexc-attach: read what the threads of a running CPython process are handling.
//
//   #include <pyexc/pyexc.hpp>
//
//   pyexc::api::Options options;
//   options.format = pyexc::api::Format::json;
//   const pyexc::api::Outcome outcome = pyexc::api::attach(pid, options);
//   if (outcome.ok()) use(outcome.report);
//   else complain(outcome.error_code, outcome.error);
//
// The process is stopped for some milliseconds (never longer than `max_freeze`), nothing is written
// to it and none of its code runs. A call needs the right to ptrace the process. Calls may come
// from any thread, one at a time; no exception leaves them. This interface is small on purpose:
// reports are text or JSON (the schema pyexc.report/1), whose fields outlive any C++ structure.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "pyexc/exit_status.hpp"

#if defined(__GNUC__)
  #define PYEXC_API __attribute__((visibility("default")))
#else
  #define PYEXC_API
#endif

namespace pyexc::api {

enum class Format { text, json };

struct Options {
  Format format = Format::text;
  bool freeze = true;  ///< false: read while the process runs on, less certain
  std::chrono::nanoseconds max_freeze = std::chrono::seconds(1);
  bool exceptions_only = false;       ///< no stacks
  std::vector<std::int64_t> threads;  ///< only these tids; empty: all
  bool redact = true;                 ///< mask what looks like a secret
  std::vector<std::string> redact_also;  ///< regular expressions (RE2) for names and texts to mask too
  std::vector<std::string> keep;         ///< and for those to show nevertheless
  std::string record_path;            ///< if not empty: also write a recording to this new file
};

struct Outcome {
  ExitStatus status = ExitStatus::internal;  ///< what pyexc-attach would end with
  std::string report;                        ///< UTF-8, ends with a newline; empty if there is none
  std::string error_code;                    ///< "not-permitted", ...; empty if there is a report
  std::string error;                         ///< one line for people

  [[nodiscard]] bool ok() const noexcept {
    return status == ExitStatus::complete || status == ExitStatus::incomplete;
  }
};

/// Reports on a running process.
[[nodiscard]] PYEXC_API Outcome attach(std::int64_t pid, const Options& options);

/// Reports on a recording that an earlier attach() wrote; options about freezing mean nothing here.
[[nodiscard]] PYEXC_API Outcome replay(const std::string& path, const Options& options);

/// "0.1.0"
[[nodiscard]] PYEXC_API const char* version() noexcept;

}  // namespace pyexc::api
