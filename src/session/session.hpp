#pragma once
// The flow from a pid or a recording to a finished Report: open, locate, freeze, capture, thaw, resolve,
// redact. Callers above only render and deliver. One run at a time in a process.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "redact/rules.hpp"
#include "report/report.hpp"

namespace pyexc {

struct AttachOptions {
  bool freeze = true;
  std::chrono::nanoseconds max_freeze = std::chrono::seconds(1);
  bool exceptions_only = false;             ///< stacks are neither read nor resolved
  std::vector<std::int64_t> threads;        ///< tids, the host's or the target's own; empty: all
  NativeThreads native = NativeThreads::none;  ///< frames of C, too
  bool tasks = true;                        ///< those of asyncio are looked at
  bool locals = false;                      ///< the values of each frame's variables
  ValueLimits values;                       ///< how much of them is shown
  bool redact = true;                       ///< secrets are masked
  redact::Patterns redaction;               ///< what else is one, and what is none
  std::optional<std::string> record_path;   ///< a new file; written before attach() returns
};

/// A core file, and where to find the files that were mapped into its process.
struct CoreOptions {
  std::string path;
  std::optional<std::string> executable;  ///< instead of the one that the core names
  std::optional<std::string> sysroot;     ///< mapped files and sources are looked up below it
  std::vector<std::string> debug_dirs;    ///< empty: the usual one
  std::uint64_t max_unpacked = std::uint64_t{16} << 30;
  std::function<void(const std::string&)> announce;  ///< told what takes long, before it does
};

[[nodiscard]] Result<Report> attach(std::int64_t pid, const AttachOptions& options);

/// Of `options` only `exceptions_only`, `threads`, `locals`, `values`, `redact` and `redaction` mean anything for a recording.
[[nodiscard]] Result<Report> replay(const std::string& path, const AttachOptions& options);

/// Of `options` those about freezing mean nothing here.
[[nodiscard]] Result<Report> post_mortem(const CoreOptions& core, const AttachOptions& options);

/// Tells the run in progress, and every later one, to let its target go and to return `code`
/// (Errc::interrupted with the signal as Error::number, or Errc::timeout). From any thread, at any time.
void request_stop(Errc code, int signal) noexcept;

/// What request_stop() was told.
[[nodiscard]] std::optional<Error> interrupted();

/// True from just before the first thread of a target is stopped until the last one was let go. While it
/// is, the program must neither be stopped (Ctrl-Z) nor end, but for the end that SIGKILL gives it.
[[nodiscard]] bool holding_target() noexcept;

/// What Ctrl-Z asks for: stops this program, with SIGSTOP, unless it holds a target; false if it does. No
/// target can come to be held in between.
[[nodiscard]] bool suspend_unless_holding() noexcept;

}  // namespace pyexc
