#include "text/pystring.hpp"

#include <algorithm>
#include <optional>

namespace pyexc::text {

namespace {

bool is_indent(char32_t c) { return c == U' ' || c == U'\t'; }

std::size_t indent_of(std::u32string_view line) {
  return static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_indent) - line.begin());
}

std::vector<std::u32string_view> split_at_newline(std::u32string_view s) {
  std::vector<std::u32string_view> lines;
  for (;;) {
    const auto end = s.find(U'\n');
    lines.push_back(s.substr(0, end));
    if (end == std::u32string_view::npos) return lines;
    s.remove_prefix(end + 1);
  }
}

bool all_space(std::u32string_view line) { return std::all_of(line.begin(), line.end(), is_space); }

/// Byte length of the line end that begins at `at`, 0 if none does.
std::size_t line_end_size(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < s.size() ? static_cast<unsigned char>(s[i]) : static_cast<unsigned char>(0);
  };
  const auto c = byte(at);
  if (c == '\r') return byte(at + 1) == '\n' ? 2 : 1;
  if ((c >= 0x0a && c <= 0x0c) || (c >= 0x1c && c <= 0x1e)) return 1;
  if (c == 0xc2 && byte(at + 1) == 0x85) return 2;
  if (c == 0xe2 && byte(at + 1) == 0x80 && (byte(at + 2) == 0xa8 || byte(at + 2) == 0xa9)) return 3;
  return 0;
}

}  // namespace

bool is_space(char32_t c) noexcept {
  if (c < 0x80) return (c >= 9 && c <= 13) || (c >= 28 && c <= 32);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
         c == 0x202f || c == 0x205f || c == 0x3000;
}

bool is_line_break(char32_t c) noexcept {
  return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

std::u32string_view lstrip(std::u32string_view s) noexcept {
  const auto first = std::find_if_not(s.begin(), s.end(), is_space);
  return s.substr(static_cast<std::size_t>(first - s.begin()));
}

std::u32string_view rstrip(std::u32string_view s) noexcept {
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::u32string_view strip(std::u32string_view s) noexcept { return rstrip(lstrip(s)); }

std::u32string_view lstrip(std::u32string_view s, std::u32string_view characters) noexcept {
  const auto first = s.find_first_not_of(characters);
  return first == std::u32string_view::npos ? s.substr(s.size()) : s.substr(first);
}

std::u32string_view rstrip(std::u32string_view s, std::u32string_view characters) noexcept {
  const auto last = s.find_last_not_of(characters);
  return last == std::u32string_view::npos ? s.substr(0, 0) : s.substr(0, last + 1);
}

std::vector<std::u32string_view> splitlines(std::u32string_view s, bool keepends) {
  std::vector<std::u32string_view> lines;
  std::size_t start = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!is_line_break(s[i])) continue;
    const std::size_t end = i;
    if (s[i] == U'\r' && i + 1 < s.size() && s[i + 1] == U'\n') ++i;
    lines.push_back(s.substr(start, (keepends ? i + 1 : end) - start));
    start = i + 1;
  }
  if (start < s.size()) lines.push_back(s.substr(start));
  return lines;
}

std::u32string dedent(std::u32string_view s, Dedent behaviour) {
  std::vector<std::u32string_view> lines = split_at_newline(s);
  std::optional<std::u32string_view> margin;
  for (auto& line : lines) {
    const std::size_t indent = indent_of(line);
    if (behaviour == Dedent::any_space ? all_space(line) : indent == line.size()) {
      line = {};
      continue;
    }
    const auto own = line.substr(0, indent);
    if (!margin) {
      margin = own;
      continue;
    }
    const auto differs = std::mismatch(margin->begin(), margin->end(), own.begin(), own.end());
    margin = margin->substr(0, static_cast<std::size_t>(differs.first - margin->begin()));
  }
  const std::size_t cut = margin ? margin->size() : 0;
  std::u32string text;
  text.reserve(s.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != 0) text.push_back(U'\n');
    if (!lines[i].empty()) text.append(lines[i].substr(cut));
  }
  return text;
}

void indent_every_line(std::string& to, std::string_view utf8, std::string_view prefix) {
  std::size_t start = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t end = line_end_size(utf8, at);
    if (end == 0) {
      ++at;
      continue;
    }
    at += end;
    to.append(prefix).append(utf8.substr(start, at - start));
    start = at;
  }
  if (start < utf8.size()) to.append(prefix).append(utf8.substr(start));
}

}  // namespace pyexc::text
