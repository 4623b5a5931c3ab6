#pragma once
// Which function an address of an ELF file lies in.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elf/image.hpp"
#include "elf/memory_image.hpp"

namespace pyexc::elf {

class SymbolTable {
 public:
  SymbolTable() = default;
  SymbolTable(SymbolTable&&) = default;
  SymbolTable& operator=(SymbolTable&&) = default;

  /// The functions of `image`, and those that only its separate debug file names. Both must live on.
  [[nodiscard]] static SymbolTable of(const Image& image, const Image* debug_file);
  [[nodiscard]] static SymbolTable of(MemoryImage& image);

  struct Found {
    std::string_view name;
    std::uint64_t begin = 0;
  };
  /// The function that `address` (of the file, not of the process) lies in; where several names have the same
  /// place, the one that others see.
  [[nodiscard]] std::optional<Found> find(std::uint64_t address) const;
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t begin = 0, size = 0;
    std::string_view name;
    std::uint8_t binding = 0;
  };
  void add(const NamedSymbol& symbol, const std::vector<Segment>& segments);
  void sort();

  std::vector<Entry> entries_;
  std::deque<std::string> owned_;  ///< names read from memory
};

}  // namespace pyexc::elf
