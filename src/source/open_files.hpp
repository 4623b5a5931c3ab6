#pragma once
// Opening files for others to read, with the target's rights and below its root as everything here.

#include <string>
#include <vector>

#include "base/fd.hpp"
#include "source/context.hpp"

namespace pyexc {

/// One descriptor for each name, empty where there is no regular file that the target could read, or not in
/// time.
[[nodiscard]] std::vector<UniqueFd> open_files(const SourceContext& context, const std::vector<std::string>& names);

}  // namespace pyexc
