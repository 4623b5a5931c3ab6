#pragma once
// Where bytes go. A sink knows nothing of reports: it delivers all of them or says why not.

#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace pyexc::sink {

/// Writes everything, through interruptions, partial writes and descriptors in non-blocking mode.
/// Errc::write_failed carries the errno: EPIPE means that the reader has gone.
[[nodiscard]] Result<> write_all(int fd, std::string_view bytes, std::string_view name);

[[nodiscard]] Result<> write_stdout(std::string_view bytes);

/// A file that is not there yet: nothing is overwritten, no symlink is followed at its name, only
/// its owner can read it, and it appears under its name complete or not at all.
class NewFile {
 public:
  enum class How { best, named };  ///< `named`: as on a filesystem without O_TMPFILE

  [[nodiscard]] static Result<NewFile> create(const std::string& path, How how = How::best);

  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();  ///< takes away what was not committed

  [[nodiscard]] Result<> write(std::string_view bytes);
  [[nodiscard]] Result<> commit();

 private:
  NewFile() = default;

  std::string path_;       ///< as given, for messages
  std::string name_;       ///< last component
  std::string temporary_;  ///< name beside it, empty with O_TMPFILE
  UniqueFd directory_;
  UniqueFd file_;
};

/// All of the above in one step.
[[nodiscard]] Result<> write_new_file(const std::string& path, std::string_view bytes);

}  // namespace pyexc::sink
