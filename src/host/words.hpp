#pragma once
// Words and numbers of the texts of /proc. What is no number is absent, so that a malformed line is
// passed over and never half understood.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace pyexc::host {

/// Takes the next blank-separated word off the front; "" at the end.
[[nodiscard]] inline std::string_view next_word(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return rest = {};
  const std::size_t end = std::min(rest.find_first_of(" \t", begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

/// Takes the next line off the front, without its newline.
[[nodiscard]] inline std::string_view next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

/// The whole of `word` as a number.
template <std::integral T>
[[nodiscard]] std::optional<T> number_of(std::string_view word, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc{} || end != word.data() + word.size() || word.empty()) return std::nullopt;
  return value;
}

/// N of "pipe:[N]" or "socket:[N]".
[[nodiscard]] inline std::optional<std::uint64_t> inode_of(std::string_view link,
                                                           std::string_view kind) {
  if (!link.starts_with(kind) || !link.substr(kind.size()).starts_with(":[") ||
      !link.ends_with(']'))
    return std::nullopt;
  link.remove_prefix(kind.size() + 2);
  link.remove_suffix(1);
  return number_of<std::uint64_t>(link);
}

}  // namespace pyexc::host
