#pragma once
// The text of /proc/PID/maps. The kernel gives it a page at a time, so a whole file is read before
// it is parsed, through an fd that is kept: it belongs to the address space that was there when it
// was opened, and reads as empty once that is gone (the process ended or called execve).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "target/target.hpp"

namespace pyexc {

/// One line without its newline. Absent if it is not of the form the kernel writes.
[[nodiscard]] std::optional<Mapping> parse_maps_line(std::string_view line);
[[nodiscard]] std::vector<Mapping> parse_maps(std::string_view text);
/// Reads from the beginning. Empty: the address space is gone.
[[nodiscard]] Result<std::string> read_maps(int fd);

}  // namespace pyexc
