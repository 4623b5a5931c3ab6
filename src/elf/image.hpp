#pragma once
// An ELF file opened by descriptor: its segments, sections, symbols and names, as our own types
// over libelf. Nothing here trusts the file; one that is damaged gives errors or finds nothing. The
// file is read, not mapped, so that one truncated meanwhile is a short read and no SIGBUS.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pyexc::elf {

/// A PT_LOAD.
struct Segment {
  std::uint64_t vaddr = 0, memory_size = 0;
  std::uint64_t offset = 0, file_size = 0;
  bool writable = false, executable = false;
};

struct Section {
  std::uint64_t address = 0, size = 0, offset = 0;
  std::uint32_t type = 0;  ///< SHT_*: SHT_NOBITS in a separate debug file
};

struct Symbol {
  std::uint64_t value = 0, size = 0;
};

/// A symbol with its name, which lives as long as what it was read from.
struct NamedSymbol {
  Symbol symbol;
  std::string_view name;
  std::uint8_t info = 0;  ///< st_info: STB_*, STT_*
};

/// PT_GNU_EH_FRAME: where the table is by which unwinding finds what it needs.
struct EhFrameHeader {
  std::uint64_t vaddr = 0, size = 0;
};

class Image {
 public:
  /// `fd` must stay open as long as the Image lives. Fails with `unreadable_file` if it is no ELF
  /// file.
  [[nodiscard]] static Result<Image> open(int fd);
  Image(Image&&) noexcept;
  Image& operator=(Image&&) noexcept;
  ~Image();

  [[nodiscard]] bool is_64bit() const noexcept { return is_64bit_; }
  [[nodiscard]] bool little_endian() const noexcept { return little_endian_; }
  [[nodiscard]] std::uint16_t machine() const noexcept { return machine_; }
  /// ET_EXEC, ET_DYN, ...
  [[nodiscard]] std::uint16_t type() const noexcept { return type_; }
  [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }

  [[nodiscard]] const std::optional<EhFrameHeader>& eh_frame_header() const noexcept { return eh_frame_header_; }

  /// Every defined symbol of .dynsym and .symtab; the names live as long as the Image.
  void each_symbol(const std::function<void(const NamedSymbol&)>& visit) const;
  /// The file name in .gnu_debuglink; empty if there is none.
  [[nodiscard]] std::string debug_link() const;

  /// A defined symbol, from .dynsym, or from .symtab if .dynsym has none of that name.
  [[nodiscard]] std::optional<Symbol> symbol(std::string_view name) const;
  [[nodiscard]] std::optional<Section> section(std::string_view name) const;
  /// As lower-case hexadecimal digits; empty if the file has none.
  [[nodiscard]] std::string build_id() const;
  [[nodiscard]] std::string soname() const;
  [[nodiscard]] std::vector<std::string> needed() const;

 private:
  struct Handle;
  explicit Image(std::unique_ptr<Handle> handle);
  [[nodiscard]] std::optional<Symbol> find_symbol(std::uint32_t table_type,
                                                  std::string_view name) const;
  [[nodiscard]] std::vector<std::string> dynamic_strings(std::int64_t tag) const;

  std::unique_ptr<Handle> handle_;
  bool is_64bit_ = false, little_endian_ = false;
  std::uint16_t machine_ = 0, type_ = 0;
  std::vector<Segment> segments_;
  std::optional<EhFrameHeader> eh_frame_header_;
};

/// The difference between addresses in the process and those in the file: `first_mapping` is where
/// the file's offset 0 is mapped. An ET_EXEC file is where it says.
[[nodiscard]] std::optional<std::uint64_t> load_bias(std::uint16_t type,
                                                     const std::vector<Segment>& segments,
                                                     std::uint64_t first_mapping);

}  // namespace pyexc::elf
