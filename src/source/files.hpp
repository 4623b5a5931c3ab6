#pragma once
// Files by the names that the target uses for them. Only regular files of real file systems are ever
// opened for reading; the rest is told apart by what os.stat() and open() of the target would have done.

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "report/pystr.hpp"
#include "source/context.hpp"
#include "source/credentials.hpp"

namespace pyexc {

struct FoundFile {
  enum class State : std::uint8_t {
    missing,   ///< os.stat() fails
    unusable,  ///< os.stat() works, open() fails: a directory, no permission
    refused,   ///< Python might read it, we do not; `why` says what it is
    open,
  };
  State state = State::missing;
  UniqueFd fd;
  std::int64_t size = 0;
  double mtime = 0;  ///< as os.stat().st_mtime
  std::string why;
};

class TargetFiles {
 public:
  TargetFiles(const SourceRoots& roots, const SourceLimits& limits, Leftover leftover)
      : roots_(roots), limits_(limits), leftover_(std::move(leftover)) {}

  /// Opens a regular file for reading, of any size.
  [[nodiscard]] FoundFile open(PyTextView name) const;

  /// Size and time alone; `fd` stays empty, and `open` means that os.stat() works.
  [[nodiscard]] FoundFile stat(PyTextView name) const;

  /// All bytes of an open file; false if it is larger than max_file or cannot be read.
  [[nodiscard]] bool read(const FoundFile& file, std::string& bytes) const;

  /// Exactly `size` bytes at `offset`; false if there are fewer.
  [[nodiscard]] static bool read_at(const FoundFile& file, std::int64_t offset, std::size_t size,
                                    std::string& bytes);

  [[nodiscard]] const SourceLimits& limits() const noexcept { return limits_; }

 private:
  [[nodiscard]] UniqueFd look_up(const std::string& name, int flags) const;
  [[nodiscard]] bool only_through_leftover(const struct stat& status) const;

  const SourceRoots& roots_;
  const SourceLimits& limits_;
  Leftover leftover_;
};

/// os.fsencode(): lone surrogates U+DC80..U+DCFF stand for single bytes. False where it raises.
[[nodiscard]] bool fs_encode(PyTextView name, std::string& out);

/// Whether openat2 works here at all; without it nothing is read.
[[nodiscard]] bool openat2_works(const SourceRoots& roots);

}  // namespace pyexc
