#include "render/escape.hpp"

#include <algorithm>
#include <array>

namespace pyexc::render {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_hex(std::string& out, char32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += hex_digits[(value >> shift) & 0xfU];
}

void append_escape(std::string& out, char32_t value) {
  if (value == U'\n') {
    out += "\\n";
  } else if (value == U'\t') {
    out += "\\t";
  } else if (value == U'\r') {
    out += "\\r";
  } else if (value <= 0xff) {
    out += "\\x";
    append_hex(out, value, 2);
  } else {  // nothing that is escaped lies beyond the basic plane
    out += "\\u";
    append_hex(out, value, 4);
  }
}

/// Length of the run of printable ASCII from `offset` on: most text is nothing else.
std::size_t plain_run(std::string_view text, std::size_t offset) noexcept {
  const auto* begin = text.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto* end = std::find_if(begin, text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f;
  });
  return static_cast<std::size_t>(end - begin);
}

}  // namespace

CodePoint decode_at(std::string_view text, std::size_t offset) noexcept {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(offset);
  const CodePoint invalid{CodePoint::Kind::invalid_byte, static_cast<char32_t>(first), 1};
  if (first < 0x80) return {CodePoint::Kind::scalar, static_cast<char32_t>(first), 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return invalid;
  char32_t value = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned next = byte(offset + i);
    if ((next & 0xc0U) != 0x80) return invalid;
    value = (value << 6) | (next & 0x3fU);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[length] || value > 0x10ffff) return invalid;
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  return {surrogate ? CodePoint::Kind::surrogate : CodePoint::Kind::scalar, value, length};
}

bool moves_or_reorders(char32_t c) noexcept {
  if (c < 0x20) return c != U'\n' && c != U'\t';
  if (c < 0x7f) return false;
  if (c <= 0x9f) return true;                                  // DEL and C1
  if (c == 0x061c || c == 0x200e || c == 0x200f) return true;  // bidi marks
  if (c >= 0x2028 && c <= 0x202e) return true;                 // separators, embeddings, overrides
  return (c >= 0x2066 && c <= 0x2069) ||
         (c >= 0x206a && c <= 0x206f);  // isolates; deprecated shapers
}

void append_for_terminal(std::string& out, std::string_view text, Lines lines) {
  out.reserve(out.size() + text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t run = plain_run(text, i); run > 0) {
      out += text.substr(i, run);
      i += run;
      continue;
    }
    const CodePoint c = decode_at(text, i);
    const bool breaks = lines == Lines::one && (c.value == U'\n' || c.value == U'\t');
    if (c.kind != CodePoint::Kind::scalar || breaks || moves_or_reorders(c.value))
      append_escape(out, c.value);
    else out += text.substr(i, c.length);
    i += c.length;
  }
}

std::string for_terminal(std::string_view text, Lines lines) {
  std::string out;
  append_for_terminal(out, text, lines);
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = decode_at(text, i);
    if (c.kind == CodePoint::Kind::scalar) out += text.substr(i, c.length);
    else append_escape(out, c.value);
    i += c.length;
  }
  return out;
}

}  // namespace pyexc::render
