#include "source/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pyexc {
namespace {

/// Length of the well-formed sequence at `p` (Unicode, table 3-7), 0 if there is none.
std::size_t sequence(const unsigned char* p, std::size_t left) noexcept {
  const auto tail = [&](std::size_t i) { return (p[i] & 0xc0U) == 0x80U; };
  const unsigned char lead = p[0];
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return left >= 2 && tail(1) ? 2 : 0;
  if (lead < 0xf0) {
    if (left < 3 || !tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && p[1] < 0xa0) return 0;
    if (lead == 0xed && p[1] > 0x9f) return 0;
    return 3;
  }
  if (lead > 0xf4 || left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  if (lead == 0xf0 && p[1] < 0x90) return 0;
  if (lead == 0xf4 && p[1] > 0x8f) return 0;
  return 4;
}

}  // namespace

bool valid_utf8(std::string_view bytes) noexcept {
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = p + bytes.size();
  while (p != end) {
    // Source is nearly all ASCII: 32 bytes at a time while that holds.
    while (end - p >= 32) {
      std::uint64_t words[4];
      std::memcpy(words, p, sizeof words);
      if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080U) != 0) break;
      p += 32;
    }
    while (p != end && *p < 0x80) ++p;
    while (p != end && *p >= 0x80) {
      const std::size_t length = sequence(p, static_cast<std::size_t>(end - p));
      if (length == 0) return false;
      p += length;
    }
  }
  return true;
}

}  // namespace pyexc
