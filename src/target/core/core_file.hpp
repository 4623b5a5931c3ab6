#pragma once
// A core as a file: its kind, its segments, its notes, and the bytes of memory it holds.

#include <cstdint>
#include <span>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "target/core/notes.hpp"

namespace pyexc::core {

/// Why a file is no core that can be read, as Error::number of `unreadable_file`. What to do about
/// it depends on this.
enum class Fault : std::int64_t {
  damaged = 0,
  not_a_core,        ///< nor an ELF file
  program,           ///< an executable or a library
  cut,               ///< before the end of what is needed
  no_executable,     ///< the memory needed is in files that are not here
  wrong_executable,  ///< the file given or found is another one
  too_large,         ///< unpacked, it is larger than allowed
  no_room,           ///< to unpack it
};

[[nodiscard]] inline Error fault(Fault why, std::string what) {
  Error error(Errc::unreadable_file, std::move(what));
  error.number = static_cast<std::int64_t>(why);
  return error;
}

/// A PT_LOAD: a piece of memory, of which the core holds the first `held` bytes.
struct Segment {
  std::uint64_t start = 0, end = 0;
  std::uint64_t offset = 0, held = 0;
  bool readable = false, writable = false, executable = false;
};

class CoreFile {
 public:
  /// `unsupported`: of a 32-bit process or of another machine; `unreadable_file` with a Fault: no
  /// core, or one whose headers or notes cannot be read.
  [[nodiscard]] static Result<CoreFile> open(UniqueFd fd);

  [[nodiscard]] const std::vector<Segment>& segments() const noexcept {
    return segments_;
  }  ///< ascending
  [[nodiscard]] const Notes& notes() const noexcept { return notes_; }
  [[nodiscard]] const Segment* segment_of(std::uint64_t address) const noexcept;

  /// Copies the bytes at `address` that the core has, at most up to the end of their segment.
  [[nodiscard]] std::size_t read(std::uint64_t address, std::span<std::byte> out) const noexcept;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// How large it would be if it were whole.
  [[nodiscard]] std::uint64_t whole_size() const noexcept { return whole_size_; }
  [[nodiscard]] bool cut() const noexcept { return size_ < whole_size_; }

 private:
  UniqueFd fd_;
  std::uint64_t size_ = 0, whole_size_ = 0;
  std::vector<Segment> segments_;
  Notes notes_;
};

}  // namespace pyexc::core
