#include "traceback/width.hpp"

#include <algorithm>

#include "text/codepoints.hpp"
#include "text/unicode.hpp"

namespace pyexc::traceback {

namespace {

std::size_t terminal_width(char32_t c, text::Database database) {
  constexpr char32_t soft_hyphen = 0xad;
  if (c < 0x80) return 1;
  if (text::is_combining(c, database)) return 0;
  if (c != soft_hyphen && text::is_format(c, database)) return 0;
  return text::is_wide(c, database) ? 2 : 1;
}

/// Characters of the escape sequences in it: ESC [, parameters, a final letter.
std::size_t escape_sequences(std::u32string_view s) {
  std::size_t total = 0;
  for (std::size_t i = s.find(U"\x1b["); i != std::u32string_view::npos; i = s.find(U"\x1b[", i)) {
    std::size_t end = i + 2;
    while (end < s.size() && s[end] >= U' ' && s[end] <= U'@') ++end;
    if (end < s.size() && s[end] >= U'A' && s[end] <= U'~') {
      total += end + 1 - i;
      i = end + 1;
    } else {
      i += 2;
    }
  }
  return total;
}

}  // namespace

std::size_t display_width(std::u32string_view s, const TextRules& rules) {
  if (rules.width == TextRules::Width::one) return s.size();
  const auto database = text::database_for(rules.unicode_major, rules.unicode_minor);
  std::size_t width = 0;
  if (rules.width == TextRules::Width::east_asian) {
    for (const char32_t c : s) width += text::is_wide(c, database) ? 2 : 1;
    return width;
  }
  constexpr char32_t control_z = 0x1a;
  for (const char32_t c : s) width += terminal_width(c, database);
  if (s.size() == 1 && s.front() != control_z) return width;
  const std::size_t hidden = escape_sequences(s);
  const auto control = static_cast<std::size_t>(std::count(s.begin(), s.end(), control_z));
  return width + control - std::min(width, hidden);
}

std::size_t display_width(std::u32string_view s, std::size_t characters, const TextRules& rules) {
  if (rules.width != TextRules::Width::terminal && text::is_ascii(s)) return characters;
  return display_width(s.substr(0, std::min(characters, s.size())), rules);
}

}  // namespace pyexc::traceback
