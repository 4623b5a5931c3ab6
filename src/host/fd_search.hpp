#pragma once
// Which processes have a pipe or a socket open: a search of all /proc/PID/fd, with a time limit.

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace pyexc::host {

/// One end of something two processes share.
struct FarEnd {
  enum class Kind : std::uint8_t { pipe_reader, pipe_writer, socket };
  Kind kind = Kind::socket;
  std::uint64_t inode = 0;
  auto operator<=>(const FarEnd&) const = default;
};

using Owners = std::map<FarEnd, std::vector<std::int64_t>>;

/// The processes that have each, ascending. Nothing at all if the time was not enough: a part of
/// the answer would look like the whole.
[[nodiscard]] Owners find_owners(int proc_fd, const std::set<FarEnd>& wanted,
                                 std::chrono::steady_clock::time_point deadline);

}  // namespace pyexc::host
