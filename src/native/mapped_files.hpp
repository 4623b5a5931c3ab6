#pragma once
// The files whose code a process has mapped, opened before it is stopped: unwinding looks into them after
// it was let go, when they may be gone.

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "base/fd.hpp"
#include "target/target.hpp"

namespace pyexc::native {

class MappedFiles {
 public:
  /// A few system calls a file, at most max_files of them.
  [[nodiscard]] static MappedFiles open(const TargetBase& target);

  /// -1: it is of no file, or that could not be opened.
  [[nodiscard]] int fd(const Mapping& mapping) const;

  /// What there is only in memory: the vdso, and the read-only parts of files that cannot be opened, as
  /// addresses [begin, end). To be read before the freeze.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> only_in_memory(
      const std::vector<Mapping>& mappings) const;

  static constexpr std::size_t max_files = 700;  // below the usual limit of 1024 descriptors

 private:
  using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;  // device, inode
  static Key key(const Mapping& mapping) { return {mapping.dev_major, mapping.dev_minor, mapping.inode}; }

  std::map<Key, UniqueFd> files_;
};

}  // namespace pyexc::native
