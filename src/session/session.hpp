#pragma once
// The flow from a pid or a recording to a finished Report: open, locate, freeze, capture, thaw, resolve,
// redact. Callers above only render and deliver. One run at a time in a process; session/stop.hpp tells
// how it is interrupted.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/report.hpp"
#include "session/stop.hpp"

namespace pyexc {

struct AttachOptions {
  bool freeze = true;
  std::chrono::nanoseconds max_freeze = std::chrono::seconds(1);
  bool exceptions_only = false;             ///< stacks are neither read nor resolved
  std::vector<std::int64_t> threads;        ///< tids, the host's or the target's own; empty: all
  bool redact = true;
  std::optional<std::string> record_path;   ///< a new file; written before attach() returns
};

[[nodiscard]] Result<Report> attach(std::int64_t pid, const AttachOptions& options);

/// Of `options` only `exceptions_only`, `threads` and `redact` mean anything for a recording.
[[nodiscard]] Result<Report> replay(const std::string& path, const AttachOptions& options);

}  // namespace pyexc
