#pragma once
// An ELF file as the dynamic loader left it in a process: the dynamic symbols of a module without
// its file, which may have been deleted, replaced by an upgrade, or be out of our sight in a
// container. It costs a few pages, so it is also the quick way while the file is there.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "elf/image.hpp"
#include "memory/page_cache.hpp"

namespace pyexc::elf {

class MemoryImage {
 public:
  /// `start` is where the file's offset 0 is mapped.
  [[nodiscard]] static Result<MemoryImage> open(PageCache& memory, RemoteAddr start);

  [[nodiscard]] bool is_64bit() const noexcept { return is_64bit_; }
  [[nodiscard]] std::uint16_t machine() const noexcept { return machine_; }
  [[nodiscard]] std::uint16_t type() const noexcept { return type_; }
  [[nodiscard]] std::uint64_t bias() const noexcept { return bias_; }
  [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }

  [[nodiscard]] const std::optional<EhFrameHeader>& eh_frame_header() const noexcept { return eh_frame_header_; }

  /// Defined dynamic symbols, `value` being an address in the file as Image has it. The names live during the call.
  void each_symbol(const std::function<void(const NamedSymbol&)>& visit);

  /// A defined dynamic symbol, by the GNU or the System V hash table; `value` is already an address
  /// in the process.
  [[nodiscard]] std::optional<Symbol> symbol(std::string_view name);
  /// DT_SONAME; empty if there is none.
  [[nodiscard]] std::string soname();

 private:
  explicit MemoryImage(PageCache& memory) : memory_(&memory) {}
  [[nodiscard]] Result<void> read_dynamic(std::uint64_t vaddr, std::uint64_t size);
  [[nodiscard]] std::uint64_t loaded_address(std::uint64_t value) const noexcept;
  [[nodiscard]] std::optional<Symbol> find_gnu(std::string_view name);
  [[nodiscard]] std::optional<Symbol> find_sysv(std::string_view name);
  [[nodiscard]] std::optional<Symbol> match(std::uint64_t index, std::string_view name);

  PageCache* memory_;
  bool is_64bit_ = false;
  std::uint16_t machine_ = 0, type_ = 0;
  std::uint64_t bias_ = 0;
  std::vector<Segment> segments_;
  std::optional<EhFrameHeader> eh_frame_header_;
  std::uint64_t symbols_ = 0, strings_ = 0, strings_size_ = 0, gnu_hash_ = 0, sysv_hash_ = 0;
  std::optional<std::uint64_t> soname_;
};

}  // namespace pyexc::elf
