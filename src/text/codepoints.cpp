#include "text/codepoints.hpp"

#include <algorithm>
#include <cstdint>

namespace pyexc::text {

namespace {

bool continues(std::string_view s, std::size_t at) {
  return at < s.size() && (static_cast<unsigned char>(s[at]) & 0xc0U) == 0x80;
}

char32_t low_bits(std::string_view s, std::size_t at) {
  return static_cast<unsigned char>(s[at]) & 0x3fU;
}

/// One code point at `at`, which moves past it.
char32_t next(std::string_view s, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(s[at]);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  if (lead >= 0xc2 && lead < 0xe0 && continues(s, at + 1)) {
    const char32_t c = ((lead & 0x1fU) << 6U) | low_bits(s, at + 1);
    at += 2;
    return c;
  }
  if ((lead & 0xf0U) == 0xe0 && continues(s, at + 1) && continues(s, at + 2)) {
    const char32_t c = ((lead & 0x0fU) << 12U) | (low_bits(s, at + 1) << 6U) | low_bits(s, at + 2);
    if (c >= 0x800) {
      at += 3;
      return c;
    }
  }
  if ((lead & 0xf8U) == 0xf0 && continues(s, at + 1) && continues(s, at + 2) && continues(s, at + 3)) {
    const char32_t c = ((lead & 0x07U) << 18U) | (low_bits(s, at + 1) << 12U) |
                       (low_bits(s, at + 2) << 6U) | low_bits(s, at + 3);
    if (c >= 0x10000 && c <= 0x10ffff) {
      at += 4;
      return c;
    }
  }
  ++at;
  return 0xfffd;
}

}  // namespace

std::u32string decode(std::string_view utf8) {
  // Nearly all text is ASCII: one code point for each byte, as long as that lasts.
  const auto ascii = std::find_if(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  std::u32string s(utf8.begin(), ascii);
  auto at = static_cast<std::size_t>(ascii - utf8.begin());
  if (at < utf8.size()) s.reserve(utf8.size());
  while (at < utf8.size()) s.push_back(next(utf8, at));
  return s;
}

void append(std::string& to, char32_t c) {
  const auto byte = [&to](char32_t value) { to.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | (c >> 6U));
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | (c >> 12U));
    byte(0x80 | ((c >> 6U) & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | (c >> 18U));
    byte(0x80 | ((c >> 12U) & 0x3f));
    byte(0x80 | ((c >> 6U) & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

void append(std::string& to, std::u32string_view code_points) {
  const auto ascii = std::find_if(code_points.begin(), code_points.end(), [](char32_t c) { return c >= 0x80; });
  const auto count = static_cast<std::size_t>(ascii - code_points.begin());
  const std::size_t before = to.size();
  to.resize(before + count);
  std::transform(code_points.begin(), ascii, to.begin() + static_cast<std::ptrdiff_t>(before),
                 [](char32_t c) { return static_cast<char>(c); });
  for (const char32_t c : code_points.substr(count)) append(to, c);
}

std::string encode(std::u32string_view code_points) {
  std::string utf8;
  append(utf8, code_points);
  return utf8;
}

bool is_ascii(std::string_view utf8) noexcept {
  return std::all_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_ascii(std::u32string_view code_points) noexcept {
  return std::all_of(code_points.begin(), code_points.end(), [](char32_t c) { return c < 0x80; });
}

std::size_t byte_to_character_offset(std::u32string_view s, std::int64_t offset) noexcept {
  if (offset < 0) {
    std::int64_t total = 0;
    for (const char32_t c : s) total += static_cast<std::int64_t>(utf8_size(c));
    offset = std::max<std::int64_t>(0, total + offset);
  }
  std::int64_t bytes = 0;
  std::size_t characters = 0;
  while (characters < s.size() && bytes < offset) {
    bytes += static_cast<std::int64_t>(utf8_size(s[characters]));
    ++characters;
  }
  return characters;
}

}  // namespace pyexc::text
