#pragma once
// Changes to bytes that tend to find the weak spots of a reader of lengths and lists. The same generator
// state always gives the same change.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

namespace pyexc::fuzz {

using Random = std::mt19937_64;

inline std::size_t below(Random& random, std::size_t bound) { return bound == 0 ? 0 : random() % bound; }

/// A number at the edge of what a length, a count or an address can be.
inline std::uint64_t edge_number(Random& random) {
  static constexpr std::array<std::uint64_t, 16> numbers = {
      0, 1, 2, 0x7f, 0x80, 0xff, 0x1000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
      (1ULL << 52) - 1, 1ULL << 52, 0x7fffffffffffffff, ~0ULL};
  return numbers[below(random, numbers.size())] + (random() % 4 == 0 ? random() % 3 - 1 : 0);
}

inline void mutate_once(std::string& bytes, Random& random) {
  const std::size_t at = below(random, bytes.size());
  const std::size_t some = 1 + below(random, std::min<std::size_t>(bytes.size(), random() % 8 == 0 ? 5000 : 16));
  switch (random() % 8) {
    case 0:
      if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      break;
    case 1:
      if (!bytes.empty()) bytes[at] = static_cast<char>(random());
      break;
    case 2: {  // a number, little endian
      const std::uint64_t number = edge_number(random);
      const std::size_t size = std::min<std::size_t>(std::size_t{1} << random() % 4, bytes.size() - at);
      std::memcpy(bytes.data() + at, &number, size);
      break;
    }
    case 3: {  // a number a little larger or smaller
      std::uint32_t number = 0;
      const std::size_t size = std::min(sizeof(number), bytes.size() - at);
      std::memcpy(&number, bytes.data() + at, size);
      number += static_cast<std::uint32_t>(random() % 17) - 8;
      std::memcpy(bytes.data() + at, &number, size);
      break;
    }
    case 4: bytes.erase(at, some); break;
    case 5: bytes.insert(at, some, static_cast<char>(random())); break;
    case 6: bytes.insert(below(random, bytes.size()), bytes.substr(at, some)); break;
    default:
      if (random() % 4 == 0) bytes.resize(at);
      break;
  }
}

inline void mutate(std::string& bytes, Random& random) {
  for (std::size_t changes = 1 + below(random, 6); changes != 0; --changes) mutate_once(bytes, random);
}

}  // namespace pyexc::fuzz
