#pragma once
// Text of the target on its way to a person or a program. A terminal obeys control characters and
// reorders text at bidi characters, and a file need not hold valid UTF-8: here every such thing
// becomes a backslash escape, written as Python would write it. Nothing else is changed, a
// backslash included: what needs to be told apart exactly is read from JSON.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pyexc::render {

/// One step through text that may be anything.
struct CodePoint {
  enum class Kind : std::uint8_t { scalar, surrogate, invalid_byte };
  Kind kind = Kind::scalar;
  char32_t value = 0;      ///< the code point, or the byte that belongs to none
  std::size_t length = 1;  ///< bytes
};

/// What stands at `offset`, which must be inside `text`.
[[nodiscard]] CodePoint decode_at(std::string_view text, std::size_t offset) noexcept;

/// True for what must not reach a terminal: control characters other than newline and tab, bidi
/// controls, line and paragraph separators.
[[nodiscard]] bool moves_or_reorders(char32_t c) noexcept;

enum class Lines : std::uint8_t {
  keep,  ///< newline and tab stay
  one,   ///< they are escaped too: names, command lines, paths
};

void append_for_terminal(std::string& out, std::string_view text, Lines lines);
[[nodiscard]] std::string for_terminal(std::string_view text, Lines lines = Lines::keep);
[[nodiscard]] inline std::string one_line(std::string_view text) {
  return for_terminal(text, Lines::one);
}

/// Valid UTF-8: lone surrogates as \udc80, bytes that are no UTF-8 as \xff; all else as it is.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace pyexc::render
