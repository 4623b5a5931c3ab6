#pragma once
// Pages of private mappings that nobody may write to: the text and constants of mapped files. They are the same
// before, in and after the freeze, so the rehearsal's copy will do.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "memory/page_cache.hpp"
#include "target/target.hpp"

namespace pyexc {

class ConstantPages {
 public:
  explicit ConstantPages(const std::vector<Mapping>& mappings) {
    for (const Mapping& mapping : mappings) {
      if (mapping.writable || mapping.shared || mapping.inode == 0) continue;
      const std::uint64_t first = mapping.start / page_size, end = mapping.end / page_size;
      if (!ranges_.empty() && ranges_.back().second == first) ranges_.back().second = end;
      else ranges_.emplace_back(first, end);
    }
  }

  [[nodiscard]] bool contains(std::uint64_t page) const {
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), page,
                                        [](std::uint64_t p, const auto& range) { return p < range.first; });
    return after != ranges_.begin() && page < std::prev(after)->second;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_;  ///< [first, end) pages, ascending
};

}  // namespace pyexc
