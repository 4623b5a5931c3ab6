#pragma once
// The mapped files as unwinding and naming see them: where each one's tables are, and bytes of it from the
// file, or from kept memory where there is no file.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "elf/image.hpp"
#include "elf/memory_image.hpp"
#include "memory/page_cache.hpp"
#include "native/mapped_files.hpp"

namespace pyexc::native {

/// One file, or the vdso.
struct Module {
  std::string name;  ///< as the target names it
  int fd = -1;       ///< of the file, owned by MappedFiles
  std::optional<elf::Image> image;           ///< with a file
  std::optional<elf::MemoryImage> in_memory; ///< without
  std::string build_id;

  [[nodiscard]] const std::vector<elf::Segment>& segments() const noexcept {
    return image ? image->segments() : in_memory->segments();
  }
  [[nodiscard]] const std::optional<elf::EhFrameHeader>& eh_frame_header() const noexcept {
    return image ? image->eh_frame_header() : in_memory->eh_frame_header();
  }
};

/// Where a module is: address in the process = address in the file + bias.
struct Place {
  const Module* module = nullptr;
  std::uint64_t bias = 0;
  const Mapping* mapping = nullptr;
};

class Modules {
 public:
  Modules(const std::vector<Mapping>& mappings, const MappedFiles& files, PageCache& memory);

  /// The code at `address`; `module` is null if it is of no file that can be read, `mapping` too if nothing
  /// executable is there.
  [[nodiscard]] Place code_at(std::uint64_t address);

  /// `address` is of a file, in a part that the process or its loader may have written to.
  [[nodiscard]] bool is_data(std::uint64_t address);

  /// Eight bytes as the process has them, from kept memory or a part of a file that it cannot have changed.
  [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t address);

 private:
  struct OfMapping {
    bool looked_at = false;
    Module* module = nullptr;
    std::uint64_t bias = 0;
    bool constant = false;  ///< its bytes are those of the file
  };
  [[nodiscard]] const Mapping* mapping_at(std::uint64_t address) const;
  OfMapping& look_at(const Mapping& mapping);
  Module* module_of(const Mapping& mapping);
  std::optional<std::uint64_t> bias_of_code(const Mapping& mapping);
  std::optional<std::uint64_t> file_word(int fd, std::uint64_t offset);

  const std::vector<Mapping>& mappings_;
  const MappedFiles& files_;
  PageCache& memory_;
  std::vector<OfMapping> of_mapping_;
  std::unordered_map<std::string, std::unique_ptr<Module>> modules_;
  std::unordered_map<std::uint64_t, std::vector<std::byte>> chunks_;  // by fd and number
};

}  // namespace pyexc::native
