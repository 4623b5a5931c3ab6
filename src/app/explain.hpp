#pragma once
// An error becomes one line that says what, and one `hint:` line that says what the user can do.
// The only place that gives advice; what is specific (who traces it, which setting refused) is
// looked up here.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace pyexc::app {

/// What the failed step was about.
struct Subject {
  std::optional<std::int64_t> pid;
  std::optional<std::string> path{};  ///< a recording
  std::optional<std::string> core{};
};

struct Explanation {
  std::string line;
  std::string hint;
};

[[nodiscard]] Explanation explain(const Error& error, const Subject& subject);

[[nodiscard]] Explanation explain_core(const Error& error, const std::string& path);

/// Both lines to stderr, every character of them harmless to a terminal.
void complain(const Error& error, const Subject& subject);

}  // namespace pyexc::app
