#include "traceback/syntax/literals.hpp"

#include <algorithm>

namespace pyexc::traceback::syntax {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_binary(char c) { return c == '0' || c == '1'; }

class NumberScanner {
 public:
  NumberScanner(std::string_view s, bool lenient) : s_(s), lenient_(lenient) {}

  std::optional<std::size_t> scan() {
    if (at(0) == '.') {
      ++at_;
      return fraction();
    }
    if (at(0) == '0') return after_zero();
    if (!decimal_tail()) return std::nullopt;
    return after_integer();
  }

 private:
  [[nodiscard]] char at(std::size_t offset) const {
    return at_ + offset < s_.size() ? s_[at_ + offset] : '\0';
  }

  template <class Digit>
  bool radix_digits(Digit is_one) {
    do {
      if (at(0) == '_') ++at_;
      if (!is_one(at(0))) return false;
      while (is_one(at(0))) ++at_;
    } while (at(0) == '_');
    return !is_digit(at(0));
  }

  std::optional<std::size_t> after_zero() {
    ++at_;
    const char radix = at(0);
    if (radix == 'x' || radix == 'X' || radix == 'o' || radix == 'O' || radix == 'b' || radix == 'B') {
      ++at_;
      const bool ok = radix == 'x' || radix == 'X'   ? radix_digits(is_hex)
                      : radix == 'o' || radix == 'O' ? radix_digits(is_octal)
                                                     : radix_digits(is_binary);
      return ok ? end() : std::nullopt;
    }
    for (;;) {
      if (at(0) == '_') {
        ++at_;
        if (!is_digit(at(0))) return std::nullopt;
      }
      if (at(0) != '0') break;
      ++at_;
    }
    const bool not_zero = is_digit(at(0));
    if (not_zero && !decimal_tail()) return std::nullopt;
    const char next = at(0);
    if (not_zero && next != '.' && next != 'e' && next != 'E' && next != 'j' && next != 'J') {
      return std::nullopt;  // leading zeros
    }
    return after_integer();
  }

  bool decimal_tail() {
    for (;;) {
      while (is_digit(at(0))) ++at_;
      if (at(0) != '_') return true;
      ++at_;
      if (!is_digit(at(0))) return false;
    }
  }

  std::optional<std::size_t> after_integer() {
    if (at(0) == '.') {
      ++at_;
      return fraction();
    }
    return exponent();
  }

  std::optional<std::size_t> fraction() {
    integer_ = false;
    if (is_digit(at(0)) && !decimal_tail()) return std::nullopt;
    return exponent();
  }

  std::optional<std::size_t> exponent() {
    if (at(0) == 'e' || at(0) == 'E') {
      const bool has_sign = at(1) == '+' || at(1) == '-';
      if (!is_digit(at(has_sign ? 2 : 1))) return has_sign ? std::nullopt : end();
      integer_ = false;
      at_ += has_sign ? 2 : 1;
      if (!decimal_tail()) return std::nullopt;
    }
    if (at(0) == 'j' || at(0) == 'J') {
      integer_ = false;
      ++at_;
    } else if (integer_) {
      // The limit of int(); a module that sets another one is not known here.
      constexpr std::ptrdiff_t max_digits = 4300;
      if (std::count_if(s_.begin(), s_.begin() + static_cast<std::ptrdiff_t>(at_), is_digit) > max_digits) {
        return std::nullopt;
      }
    }
    return end();
  }

  /// A name may not follow, unless it begins like a keyword that can stand there.
  [[nodiscard]] std::optional<std::size_t> end() const {
    if (lenient_) return at_;
    const std::string_view rest = s_.substr(std::min(at_, s_.size()));
    for (const std::string_view keyword : {"and", "else", "for", "if", "in", "is", "or", "not"}) {
      if (rest.starts_with(keyword)) return at_;
    }
    const char c = at(0);
    if (is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return std::nullopt;
    return at_;
  }

  std::string_view s_;
  bool lenient_;
  std::size_t at_ = 0;
  bool integer_ = true;
};

bool hex_digits(std::string_view s, std::size_t from, std::size_t count) {
  return from + count <= s.size() &&
         std::all_of(s.begin() + static_cast<std::ptrdiff_t>(from),
                     s.begin() + static_cast<std::ptrdiff_t>(from + count), is_hex);
}

/// A character name: its letters are checked, not whether Unicode has it.
std::optional<std::size_t> named_escape(std::string_view s, std::size_t after_n) {
  if (after_n >= s.size() || s[after_n] != '{') return std::nullopt;
  const auto close = s.find('}', after_n);
  if (close == std::string_view::npos || close == after_n + 1) return std::nullopt;
  const auto name = s.substr(after_n + 1, close - after_n - 1);
  const bool plausible = std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || c == ' ' || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (!plausible) return std::nullopt;
  return close + 1;
}

}  // namespace

std::optional<std::size_t> scan_number(std::string_view s, bool lenient) {
  return NumberScanner(s, lenient).scan();
}

bool escapes_are_valid(std::string_view s, bool bytes) {
  for (std::size_t i = 0; i < s.size();) {
    if (s[i] != '\\' || i + 1 >= s.size()) {
      ++i;
      continue;
    }
    const char c = s[i + 1];
    i += 2;
    if (c == 'x') {
      if (!hex_digits(s, i, 2)) return false;
      i += 2;
    } else if (bytes) {
      continue;
    } else if (c == 'u') {
      if (!hex_digits(s, i, 4)) return false;
      i += 4;
    } else if (c == 'U') {
      if (!hex_digits(s, i, 8)) return false;
      if (s.substr(i, 2) != "00" || (s[i + 2] != '0' && s.substr(i + 2, 2) != "10")) return false;
      i += 8;
    } else if (c == 'N') {
      const auto next = named_escape(s, i);
      if (!next) return false;
      i = *next;
    }
  }
  return true;
}

StringParts string_parts(std::string_view literal) {
  StringParts parts;
  std::size_t i = 0;
  for (; i < literal.size() && literal[i] != '"' && literal[i] != '\''; ++i) {
    switch (literal[i]) {
      case 'r':
      case 'R': parts.raw = true; break;
      case 'b':
      case 'B': parts.bytes = true; break;
      case 'f':
      case 'F': parts.formatted = true; break;
      case 't':
      case 'T': parts.formatted = parts.tstring = true; break;
      default: break;
    }
  }
  const std::string_view quoted = literal.substr(i);
  const bool triple = quoted.size() >= 6 && quoted[1] == quoted[0] && quoted[2] == quoted[0];
  const std::size_t quotes = triple ? 3 : 1;
  if (quoted.size() >= 2 * quotes) parts.contents = quoted.substr(quotes, quoted.size() - 2 * quotes);
  return parts;
}

}  // namespace pyexc::traceback::syntax
