#include "traceback/close_matches.hpp"

namespace pyexc::traceback {

namespace {

struct Block {
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t size = 0;
};

/// The longest common run; of several the first in `a`, then the first in `b`.
Block longest(std::u32string_view a, std::u32string_view b) {
  Block best;
  std::vector<std::size_t> lengths(b.size() + 1, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = b.size(); j > 0; --j) {
      lengths[j] = a[i] == b[j - 1] ? lengths[j - 1] + 1 : 0;
    }
    for (std::size_t j = 1; j <= b.size(); ++j) {
      if (lengths[j] > best.size) best = {i + 1 - lengths[j], j - lengths[j], lengths[j]};
    }
  }
  return best;
}

}  // namespace

double similarity(std::u32string_view a, std::u32string_view b) {
  if (a.empty() && b.empty()) return 1.0;
  struct Pair {
    std::u32string_view a;
    std::u32string_view b;
  };
  std::size_t matched = 0;
  std::vector<Pair> open = {{a, b}};
  while (!open.empty()) {
    const Pair pair = open.back();
    open.pop_back();
    const Block block = longest(pair.a, pair.b);
    if (block.size == 0) continue;
    matched += block.size;
    open.push_back({pair.a.substr(0, block.a), pair.b.substr(0, block.b)});
    open.push_back({pair.a.substr(block.a + block.size), pair.b.substr(block.b + block.size)});
  }
  return 2.0 * static_cast<double>(matched) / static_cast<double>(a.size() + b.size());
}

}  // namespace pyexc::traceback
