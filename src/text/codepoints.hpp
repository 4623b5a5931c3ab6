#pragma once
// Text as Python sees it: a sequence of code points. Strings travel through the tool as generalised
// UTF-8; whatever counts, cuts or aligns characters works on code points and converts at its edges.

#include <string>
#include <string_view>

namespace pyexc::text {

/// Code points of generalised UTF-8: lone surrogates are kept, a byte that belongs to no sequence
/// becomes U+FFFD.
[[nodiscard]] std::u32string decode(std::string_view utf8);

void append(std::string& to, char32_t code_point);
void append(std::string& to, std::u32string_view code_points);
[[nodiscard]] std::string encode(std::u32string_view code_points);

[[nodiscard]] bool is_ascii(std::string_view utf8) noexcept;
[[nodiscard]] bool is_ascii(std::u32string_view code_points) noexcept;

/// Bytes of one code point in UTF-8.
[[nodiscard]] constexpr std::size_t utf8_size(char32_t c) noexcept {
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/// len(s.encode()[:offset].decode(errors="replace")): characters that begin before a byte offset.
/// A negative offset counts from the end, as a slice does.
[[nodiscard]] std::size_t byte_to_character_offset(std::u32string_view s, std::int64_t offset) noexcept;

}  // namespace pyexc::text
