#include "elf/symbol_table.hpp"

#include <elf.h>

#include <algorithm>
#include <tuple>

namespace pyexc::elf {

namespace {

constexpr std::size_t max_entries = 4U << 20;
/// Symbols that begin between an address and the function it lies in: local labels, parts of it.
constexpr std::size_t max_steps_back = 256;

std::size_t leading_underscores(std::string_view name) {
  return std::min(name.find_first_not_of('_'), name.size());
}

/// Of names for one place: global before weak before local, then those meant for others.
int rank(std::uint8_t binding) { return binding == STB_GLOBAL ? 0 : binding == STB_WEAK ? 1 : 2; }

}  // namespace

SymbolTable SymbolTable::of(const Image& image, const Image* debug_file) {
  SymbolTable table;
  for (const Image* one : {&image, debug_file})
    if (one != nullptr)
      one->each_symbol([&](const NamedSymbol& symbol) { table.add(symbol, image.segments()); });
  table.sort();
  return table;
}

SymbolTable SymbolTable::of(MemoryImage& image) {
  SymbolTable table;
  image.each_symbol([&](const NamedSymbol& symbol) {
    const std::string& name = table.owned_.emplace_back(symbol.name);
    table.add({symbol.symbol, name, symbol.info}, image.segments());
  });
  table.sort();
  return table;
}

void SymbolTable::add(const NamedSymbol& named, const std::vector<Segment>& segments) {
  const unsigned type = named.info & 0xfU;
  if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) return;
  if (named.name.empty() || entries_.size() >= max_entries) return;
  const bool code = std::ranges::any_of(segments, [&](const Segment& segment) {
    return segment.executable && named.symbol.value - segment.vaddr < segment.memory_size;
  });
  if (!code) return;
  entries_.push_back({named.symbol.value, named.symbol.size, named.name,
                      static_cast<std::uint8_t>(named.info >> 4U)});
}

void SymbolTable::sort() {
  // The best name for a place comes last, where find() looks first.
  const auto key = [](const Entry& entry) {
    return std::tuple(entry.begin, entry.size != 0 ? 1 : 0, -rank(entry.binding),
                      -static_cast<int>(std::min<std::size_t>(leading_underscores(entry.name), 100)));
  };
  std::ranges::sort(entries_, [&](const Entry& a, const Entry& b) {
    const auto left = key(a), right = key(b);
    return left != right ? left < right : a.name > b.name;
  });
}

std::optional<SymbolTable::Found> SymbolTable::find(std::uint64_t address) const {
  auto entry = std::ranges::upper_bound(entries_, address, {}, &Entry::begin);
  for (std::size_t steps = 0; entry != entries_.begin() && steps < max_steps_back; ++steps) {
    --entry;
    // One without a size (assembler) reaches up to the next symbol.
    if (entry->size == 0 ? steps == 0 : address - entry->begin < entry->size)
      return Found{entry->name, entry->begin};
  }
  return std::nullopt;
}

}  // namespace pyexc::elf
