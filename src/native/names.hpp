#pragma once
// Names for the addresses that unwinding found: functions by the symbols of the mapped files and of their
// separate debug files, and lines of source where there is debug information.

#include <functional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "native/modules.hpp"
#include "report/native.hpp"

namespace pyexc::native {

/// Opens files by the names that the target uses for them, with no more rights than it has; an empty
/// descriptor for each that is not there.
using OpenFiles = std::function<std::vector<UniqueFd>(const std::vector<std::string>&)>;

/// Fills everything that names a frame. What cannot be named stays a plain address.
void name_frames(std::vector<NativeStack>& stacks, Modules& modules, const OpenFiles& open_files);

}  // namespace pyexc::native
