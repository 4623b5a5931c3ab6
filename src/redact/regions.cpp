#include "redact/finding.hpp"

namespace pyexc::redact {

std::vector<Region> string_regions(std::string_view source) {
  std::vector<Region> regions;
  const std::size_t size = source.size();
  for (std::size_t i = 0; i < size;) {
    const char c = source[i];
    if (c == '#') {
      const std::size_t end = std::min(source.find('\n', i), size);
      regions.push_back({i + 1, end});
      i = end;
    } else if (c == '\'' || c == '"') {
      const bool triple = i + 2 < size && source[i + 1] == c && source[i + 2] == c;
      const std::size_t begin = i + (triple ? 3 : 1);
      std::size_t end = begin;
      for (; end < size; ++end) {
        if (source[end] == '\\') ++end;
        else if (source[end] == '\n' && !triple) break;
        else if (source[end] == c &&
                 (!triple || (end + 2 < size && source[end + 1] == c && source[end + 2] == c)))
          break;
      }
      end = std::min(end, size);
      regions.push_back({begin, end});
      i = end + (triple ? 3 : 1);
    } else {
      ++i;
    }
  }
  return regions;
}

}  // namespace pyexc::redact
