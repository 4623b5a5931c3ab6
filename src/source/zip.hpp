#pragma once
// Source text inside a zip archive, found as zipimport finds it. The directory is read anew; a target whose
// archive was replaced under it is not imitated further than that.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "source/files.hpp"

namespace pyexc {

class ZipArchive {
 public:
  enum class Read : std::uint8_t {
    done,
    absent,      ///< no such member
    fails,       ///< zipimport raises what linecache takes for "no source here" (ImportError, OSError)
    raises,      ///< zipimport raises something else, which ends the caller
    too_large,   ///< a limit of ours
  };

  /// Anything but `done` leaves it unusable.
  [[nodiscard]] static Read open(const TargetFiles& files, PyTextView path, ZipArchive& out);

  [[nodiscard]] bool contains(PyTextView name) const { return members_.contains(std::string(name)); }
  [[nodiscard]] Read read(PyTextView name, std::int64_t max_size, std::string& bytes) const;

  /// get_source() of a module below `prefix`: undecoded bytes. `absent`: the module is there without it.
  [[nodiscard]] Read source_of(PyTextView prefix, PyTextView module, std::int64_t max_size,
                               std::string& bytes) const;

 private:
  struct Member {
    std::uint16_t method = 0;
    std::int64_t packed = 0;
    std::int64_t header = 0;
  };
  [[nodiscard]] Read read_directory(std::string_view directory, std::int64_t before,
                                    std::int64_t directory_offset);

  FoundFile file_;
  std::unordered_map<std::string, Member> members_;
};

}  // namespace pyexc
