#pragma once
// The files that were mapped into the process of a core. Their text and constants are not in it, so
// they are read from the files of this machine, if these are the same ones: a library may have been
// upgraded since, or the core been moved here. The page that begins each ELF file is in the core by
// default, and with it the build-id.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "target/core/core_file.hpp"

namespace pyexc::core {

struct FilePlaces {
  std::optional<std::string> executable;  ///< instead of the one that the core names
  std::optional<std::string> sysroot;     ///< names are looked up below it
  std::vector<std::string> debug_dirs;    ///< with .build-id/ in them
};

class MappedFiles {
 public:
  enum class State : std::uint8_t {
    unknown,    ///< not looked for yet
    same,       ///< compared
    unchecked,  ///< the core holds nothing to compare it with
    other,      ///< another file has its name now
    missing,
    data,  ///< no ELF file: nothing tells whether it is the same, and it may be anybody's secret
  };
  struct File {
    std::string path;  ///< as the core names it, without " (deleted)"
    bool deleted = false;
    State state = State::unknown;
    bool used = false;  ///< bytes were asked of it since forget_uses()
    std::string where;  ///< what was opened
    std::string why;    ///< states other and missing
    UniqueFd fd;
  };

  /// `core` must outlive this. `program`: index of the executable among the core's files.
  MappedFiles(const CoreFile& core, FilePlaces places, std::optional<std::uint32_t> program);

  /// Looks for it, once. `fd` is set for `same` and `unchecked`.
  [[nodiscard]] File& open(std::uint32_t file);
  /// Fills a page with what the file has there; false if it has nothing there, or is not to be had.
  [[nodiscard]] bool read_page(const MappedPiece& piece, std::uint64_t address,
                               std::span<std::byte> page);
  /// A file with the symbols of another, from the debug directories; none if there is none.
  [[nodiscard]] UniqueFd open_debug_file(std::uint32_t file) const;

  [[nodiscard]] const std::vector<File>& files() const noexcept { return files_; }
  void forget_uses() noexcept;

 private:
  struct Expected {
    std::vector<std::byte> page;  ///< that begins it, as the core has it; empty if it does not
    std::string build_id;
  };
  [[nodiscard]] Expected expected(std::uint32_t file) const;
  void look_for(std::uint32_t file);
  [[nodiscard]] State compare(const UniqueFd& fd, const Expected& expected, std::string& why) const;
  bool consider(File& file, UniqueFd fd, const std::string& where, const Expected& expected);
  [[nodiscard]] UniqueFd open_named(const std::string& path) const;

  const CoreFile& core_;
  FilePlaces places_;
  std::optional<std::uint32_t> program_;
  UniqueFd sysroot_;
  std::vector<File> files_;
};

}  // namespace pyexc::core
