#pragma once
// The files mapped into a process, as places where a symbol may be. Dynamic symbols are looked up
// in the process's own memory, where they are whatever has happened to the file; the file is asked
// only for what is not loaded: the full symbol table and the section headers.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elf/image.hpp"
#include "elf/memory_image.hpp"
#include "target/target.hpp"

namespace pyexc::cpython {

class Module {
 public:
  Module(const TargetBase& target, PageCache& memory, const Mapping& first) noexcept
      : target_(&target), memory_(&memory), first_(&first) {}

  [[nodiscard]] const std::string& path() const noexcept { return first_->path; }
  [[nodiscard]] std::string_view file_name() const noexcept;
  /// Null if there is no ELF header in memory where this file is mapped.
  [[nodiscard]] elf::MemoryImage* loaded();
  [[nodiscard]] bool is_64bit() { return loaded() == nullptr || loaded()->is_64bit(); }

  /// Address of a dynamic symbol in the process.
  [[nodiscard]] std::optional<RemoteAddr> dynamic_symbol(std::string_view name);
  /// Address of a symbol or section that only the file names.
  [[nodiscard]] std::optional<RemoteAddr> file_symbol(std::string_view name);
  [[nodiscard]] std::optional<RemoteAddr> file_section(std::string_view name);
  [[nodiscard]] std::optional<RemoteAddr> any_symbol(std::string_view name);

 private:
  struct File {
    UniqueFd fd;
    elf::Image image;
    std::uint64_t bias;
  };
  [[nodiscard]] const File* file();

  const TargetBase* target_;
  PageCache* memory_;
  const Mapping* first_;  // of offset 0
  bool loaded_known_ = false, file_known_ = false;
  std::optional<elf::MemoryImage> loaded_;
  std::unique_ptr<File> file_;
};

/// Every mapped file that may be a program or library: the executable first, then those with
/// "python" in their name, then the others in order of address.
[[nodiscard]] std::vector<Module> modules_of(const TargetBase& target, PageCache& memory);

/// The minor versions of Python 3 that names of mapped files speak of, most telling first.
[[nodiscard]] std::vector<int> minors_in_names(const TargetBase& target);

/// The file name of PyPy's library or executable, if the process has one.
[[nodiscard]] std::string pypy_file(const TargetBase& target);

}  // namespace pyexc::cpython
