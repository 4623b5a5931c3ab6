#pragma once
// Where the target's files are looked for: its root and working directory, opened before the freeze so
// that they stay the target's own whatever happens to it later, and the credentials that a read of them
// must not exceed. File names come from the target and are never trusted.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace pyexc {

/// Whom the files are read as. Ids as the tool's user namespace sees them.
struct FileCredentials {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

struct SourceLimits {
  std::int64_t max_file = std::int64_t{64} << 20;      ///< bytes of one source file or zip member
  std::int64_t max_directory = std::int64_t{64} << 20;  ///< bytes of a zip's central directory
  std::size_t max_line = std::size_t{1} << 20;         ///< bytes of one line; a longer one is not shown
  std::size_t max_report_bytes = std::size_t{64} << 20;  ///< of all source lines of a report
  std::size_t max_report_lines = std::size_t{1} << 19;
  std::chrono::milliseconds wall{2'000};               ///< for all files of a report together
};

/// The two directories, shared with a reader that may outlive a report it was given up for.
struct SourceRoots {
  UniqueFd root;
  UniqueFd cwd;
  /// The working directory as a path below `root`; empty if it is not (or not surely) reachable there.
  std::string cwd_below_root;
  FileCredentials credentials;
};

struct SourceContext {
  std::shared_ptr<const SourceRoots> roots;
  SourceLimits limits;
};

/// A few system calls; done before the freeze.
[[nodiscard]] Result<SourceContext> open_context(std::int64_t pid, uid_t uid, gid_t gid,
                                                 std::vector<gid_t> groups);

/// Of a process that is no more: the files of this machine, or those below `root`, as far as we may read them
/// without capabilities. `cwd` is a path below `root`; relative names stay unfound if there is none.
[[nodiscard]] Result<SourceContext> open_context_here(const std::string& root, const std::string& cwd);

/// The ids that decide about files (fsuid, fsgid, supplementary groups) of a process.
[[nodiscard]] Result<FileCredentials> file_credentials(std::int64_t pid);

}  // namespace pyexc
