#pragma once
// Which exceptions a traceback shows, in which order: causes, contexts and members of groups, each
// object once, by the visiting order of the version. No recursion: a chain may be thousands long.

#include <cstdint>
#include <optional>
#include <vector>

#include "report/report.hpp"

namespace pyexc::traceback {

/// An exception where it is shown. Members of groups are shown wherever they are named, so one
/// exception can have several nodes.
struct ChainNode {
  ExceptionId exception = 0;
  std::optional<std::uint32_t> cause;
  std::optional<std::uint32_t> context;
  bool is_group = false;
  std::vector<std::uint32_t> members;
};

struct Chain {
  std::vector<ChainNode> nodes;  ///< [0] is the exception itself
  bool exact = true;
  bool cut = false;  ///< there are more nodes than anybody would read
};

[[nodiscard]] Chain expand_chain(const Report& report, ExceptionId root);

}  // namespace pyexc::traceback
