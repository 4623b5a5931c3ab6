// Secrets that are known by the name in front of them: key=value, key: value, --key value, ("key",
// "value").

#include <algorithm>
#include <array>

#include "redact/rules.hpp"
#include "redact/scanner.hpp"

namespace pyexc::redact {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t max_name = 128;
constexpr std::size_t max_blanks = 64;

bool in_name(char c) { return is_word(c) || c == '-' || c == '.'; }
bool is_quote(char c) { return c == '\'' || c == '"'; }
bool is_escape(char c) { return "nrtabfv"sv.find(c) != std::string_view::npos; }

}  // namespace

NameKind Scanner::kind_of_name(std::size_t begin, std::size_t end) const {
  const NameKind kind = rules_.kind_of(s_.substr(begin, end - begin));
  // In a repr an escape is glued to the name: \napi_key=…
  if (begin == 0 || s_[begin - 1] != '\\' || !is_escape(s_[begin])) return kind;
  return std::max(kind, rules_.kind_of(s_.substr(begin + 1, end - begin - 1)));
}

/// The name that ends before `at`, with what may stand between: blanks, a bracket, a quote.
Scanner::Name Scanner::name_before(std::size_t at, std::size_t from) const {
  Name name;
  std::size_t end = at;
  while (end > from && at - end < max_blanks && s_[end - 1] == ' ') --end;
  if (end > from && s_[end - 1] == ']') --end;
  if (end > from && is_quote(s_[end - 1])) {
    name.quoted = true;
    --end;
    while (end > from && s_[end - 1] == '\\') --end;
  }
  std::size_t begin = end;
  while (begin > from && end - begin < max_name && in_name(s_[begin - 1])) --begin;
  name.begin = begin;
  name.end = end;
  name.text = s_.substr(begin, end - begin);
  if (end - begin >= 2) name.kind = kind_of_name(begin, end);
  // Signatures are only called so in addresses.
  const bool in_query = begin > 0 && (s_[begin - 1] == '?' || s_[begin - 1] == '&');
  constexpr std::array signatures = {"sig"sv, "signature"sv, "X-Amz-Signature"sv,
                                     "X-Goog-Signature"sv, "hmac"sv};
  if (in_query && std::ranges::find(signatures, name.text) != signatures.end())
    name.kind = NameKind::any;
  return name;
}

/// With the backslashes that quotes have inside another literal.
std::optional<Scanner::Literal> Scanner::literal(std::size_t at) const {
  for (int i = 0; i < 2 && "bBrRuUfFtT"sv.find(char_at(at)) != "bBrRuUfFtT"sv.npos; ++i) {
    const char next = char_at(at + 1);
    if (!is_quote(next) && next != '\\' && (i == 1 || !is_alnum(next))) return std::nullopt;
    ++at;
  }
  std::size_t escapes = 0;
  while (char_at(at) == '\\') ++at, ++escapes;
  const char quote = char_at(at);
  if (!is_quote(quote)) return std::nullopt;
  const bool triple = escapes == 0 && char_at(at + 1) == quote && char_at(at + 2) == quote;
  const std::size_t width = triple ? 3 : 1;
  Literal literal;
  literal.begin = at + width;
  std::size_t run = 0;  // backslashes in front
  for (std::size_t i = literal.begin; i < s_.size(); ++i) {
    const char c = s_[i];
    if (c == '\\') {
      ++run;
      continue;
    }
    if (c == '\n' && !triple && run == 0) {
      literal.end = literal.behind = i;
      return literal;
    }
    // A quote that is part of the text has more backslashes, twice as many for each literal around.
    if (c == quote && run >= escapes && (run - escapes) % (2 * (escapes + 1)) == 0 &&
        (!triple || s_.substr(i, 3) == std::string_view(&s_[at], 3))) {
      literal.end = i - escapes;
      literal.behind = i + width;
      return literal;
    }
    run = 0;
  }
  literal.end = literal.behind = s_.size();  // it was cut
  return literal;
}

bool Scanner::nothing_to_hide(std::string_view value, NameKind kind) const {
  constexpr std::array constants = {"None"sv, "True"sv,  "False"sv, "null"sv,
                                    "true"sv, "false"sv, "nil"sv};
  if (value.empty() || std::ranges::find(constants, value) != constants.end() ||
      is_placeholder(value))
    return true;
  if (std::ranges::all_of(value, [](char c) { return c == '*' || c == '.'; }) ||
      value.starts_with("<redacted"))
    return true;
  const bool number =
      std::ranges::all_of(value, [](char c) { return is_digit(c) || c == '.' || c == '_'; });
  return number && kind != NameKind::any;
}

/// The literal at `at` and, in source, those that continue it; their insides are masked.
std::size_t Scanner::mask_literals(const Name& name, std::size_t at) {
  std::size_t behind = at;
  for (auto next = literal(at); next; next = literal(at)) {
    const auto inside = s_.substr(next->begin, next->end - next->begin);
    if (!is_placeholder(inside) && !inside.starts_with("<redacted"))
      found(next->begin, next->end, name.begin, next->behind, true);
    behind = at = next->behind;
    if (language_ != Language::python) break;
    while (at < s_.size() && is_space(s_[at])) ++at;
  }
  return behind;
}

std::size_t Scanner::run_end(std::size_t at, std::size_t limit) const {
  constexpr std::size_t max_next_name = 64;
  for (; at < limit; ++at) {
    const char c = s_[at];
    if (is_space(c) || s_.substr(at, 4) == "...<") break;
    if (is_quote(c) && !(at > 0 && is_alnum(s_[at - 1]) && is_alnum(char_at(at + 1)))) break;
    if (c == '\\' &&
        (is_escape(char_at(at + 1)) || is_quote(char_at(at + 1)) || char_at(at + 1) == '\\'))
      break;
    if (c == ',' || c == ';' || c == '&') {
      // It ends the value if something with a name follows; else it may be one of its characters.
      std::size_t next = at + 1;
      while (next < limit && next - at < max_next_name && in_name(s_[next])) ++next;
      if (next >= limit || is_space(s_[next]) || is_quote(s_[next]) || s_[next] == '=' ||
          s_[next] == ':')
        break;
    }
    if ((c == ')' || c == ']' || c == '}' || c == '>') && !is_alnum(char_at(at + 1))) break;
  }
  return at;
}

std::size_t Scanner::line_end(std::size_t at, std::size_t limit) const {
  for (; at < limit; ++at) {
    if (s_[at] == '\n' || s_[at] == '\r' || is_quote(s_[at]) || s_.substr(at, 4) == "...<") break;
    if (s_[at] == '\\' && (is_escape(char_at(at + 1)) || is_quote(char_at(at + 1)))) break;
  }
  return at;
}

std::size_t Scanner::balanced_end(std::size_t at, std::size_t limit) const {
  std::size_t depth = 0;
  for (std::size_t i = at; i < limit;) {
    const char c = s_[i];
    if (is_quote(c)) {
      const auto inner = literal(i);
      i = inner ? std::max(inner->behind, i + 1) : i + 1;
      continue;
    }
    ++i;
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && --depth == 0) return i;
  }
  return limit;
}

std::size_t Scanner::unquoted(const Name& name, char separator, std::size_t at, std::size_t limit) {
  const char c = char_at(at);
  if (at >= limit) return at;
  if (separator == ':' && names_header(name.text)) {
    const std::size_t end = line_end(at, limit);
    if (!nothing_to_hide(s_.substr(at, end - at), name.kind) &&
        !(end > at && is_prose(s_.substr(at, end - at))))
      found(at, end, name.begin, end, true);
    return std::max(end, at);
  }
  if (c == '[' || c == '{' || c == '(') {
    const std::size_t end = balanced_end(at, limit);
    if (end > at + 2 && !is_placeholder(s_.substr(at, end - at))) {
      found(at, end, name.begin, end, true);
      return end;
    }
    return at;
  }
  if (c == '<') {
    if (separator != '=' || name.kind == NameKind::plain_only ||
        s_.substr(at).starts_with("<redacted"))
      return at;
    constexpr std::size_t longest = 1'000;
    const std::size_t close = s_.substr(at, std::min(longest, limit - at)).find('>');
    const std::size_t end = close == s_.npos ? std::min(limit, at + longest) : at + close + 1;
    found(at, end, name.begin, end, true);
    return end;
  }
  std::size_t call = at;
  while (call < limit && (is_word(s_[call]) || s_[call] == '.')) ++call;
  const bool object = call > at && call < limit && s_[call] == '(';  // Secret('hunter2')
  if (object && name.kind == NameKind::plain_only) return at;
  const std::size_t end = object ? balanced_end(call, limit) : run_end(at, limit);
  const auto value = s_.substr(at, end - at);
  if (nothing_to_hide(value, name.kind)) return at;
  const bool prose = is_prose(value) && !names_password(name.text);
  if (separator == ':' && !name.quoted && prose) return at;  // "token: expected"
  found(at, end, name.begin, end, true);
  return end;
}

std::size_t Scanner::assignment(std::size_t at) {
  const char separator = s_[at];
  const char next = char_at(at + 1);
  if (next == '=') return at + 1;  // == and := are looked at where they end
  std::size_t name_end = at;
  while (name_end > 0 && at - name_end < 2 && "=!:+"sv.find(s_[name_end - 1]) != "=!:+"sv.npos)
    --name_end;
  if (name_end > 0 && (s_[name_end - 1] == '<' || s_[name_end - 1] == '>')) return at + 1;
  const Name name = name_before(name_end, 0);
  if (name.kind == NameKind::none) return at + 1;

  std::size_t value = at + (separator == '=' && next == '>' ? 2 : 1);
  const Region* region = nullptr;
  bool code = false;
  if (language_ == Language::python) {
    region = region_of(name.begin);
    code = region == nullptr || (name.quoted && region_of(at) == nullptr);
  }
  if (!code) {
    const std::size_t limit = region != nullptr ? region->end : s_.size();
    const std::size_t first = value;
    while (value < limit && value - first < max_blanks && (s_[value] == ' ' || s_[value] == '\t'))
      ++value;
    if (value >= limit) return at + 1;
    if (literal(value)) return std::max(mask_literals(name, value), at + 1);
    return std::max(unquoted(name, separator, value, limit), at + 1);
  }
  const auto skip_blanks = [&] {
    while (value < s_.size() && (is_space(s_[value]) || s_[value] == '(' || s_[value] == '\\'))
      ++value;
  };
  skip_blanks();
  if (separator == ':' && !name.quoted &&
      !literal(value)) {  // an annotation: `password: str = "…"`
    const std::size_t first = value;
    constexpr std::size_t longest = 128;
    while (value < s_.size() && value - first < longest &&
           (in_name(s_[value]) || "[], |"sv.find(s_[value]) != "[], |"sv.npos))
      ++value;
    if (char_at(value) != '=' || char_at(value + 1) == '=') return at + 1;
    ++value;
    skip_blanks();
  }
  if (literal(value)) return std::max(mask_literals(name, value), at + 1);
  std::size_t end = value;
  while (end < s_.size() && (is_digit(s_[end]) || s_[end] == '_')) ++end;
  constexpr std::size_t shortest_number = 4;
  if (name.kind == NameKind::any && end - value >= shortest_number && !is_word(char_at(end)))
    found(value, end, name.begin, end, true);
  return at + 1;
}

std::size_t Scanner::option(std::size_t at) {
  const char before = at == 0 ? ' ' : s_[at - 1];
  if (!is_space(before) && !is_quote(before)) return at + 2;
  if (language_ == Language::python && region_of(at) == nullptr) return at + 2;
  const std::size_t begin = at + 2;
  std::size_t end = begin;
  while (end < s_.size() && end - begin < max_name && in_name(s_[end])) ++end;
  if (end == begin) return begin;
  Name name{begin, end, false, rules_.kind_of(s_.substr(begin, end - begin)),
            s_.substr(begin, end - begin)};
  if (name.kind == NameKind::none || char_at(end) == '=') return end;
  std::size_t value = end;
  if (is_quote(before)) {  // ['--password', 'hunter2']
    if (char_at(value) != before || char_at(value + 1) != ',') return end;
    value += 2;
    while (is_space(char_at(value)) && value - end < max_blanks) ++value;
    return literal(value) && char_at(value + 1) != '-' ? std::max(mask_literals(name, value), end)
                                                       : end;
  }
  while (char_at(value) == ' ' && value - end < max_blanks) ++value;
  if (value == end || value >= s_.size() || s_[value] == '-') return end;
  if (literal(value)) return std::max(mask_literals(name, value), end);
  const std::size_t stop = run_end(value, s_.size());
  const auto word = s_.substr(value, stop - value);
  if (nothing_to_hide(word, name.kind)) return end;
  // "the --token option is required"
  if (is_prose(word) && char_at(stop) == ' ' && is_lower(char_at(stop + 1))) return end;
  found(value, stop, begin, stop, true);
  return stop;
}

/// ("password", "hunter2"), as headers and query strings are kept in lists.
std::size_t Scanner::pair(std::size_t comma) {
  if (comma == 0 || !is_quote(s_[comma - 1])) return comma + 1;
  const Name name = name_before(comma, 0);
  if (name.kind == NameKind::none || !name.quoted) return comma + 1;
  std::size_t open = name.begin;
  if (open > 0 && is_quote(s_[open - 1])) --open;
  while (open > 0 && s_[open - 1] == '\\') --open;
  if (open > 0 && s_[open - 1] == 'b') --open;
  if (open == 0 || s_[open - 1] != '(') return comma + 1;
  std::size_t value = comma + 1;
  while (is_space(char_at(value)) && value - comma < max_blanks) ++value;
  const auto second = literal(value);
  if (!second ||
      (char_at(second->behind) != ')' && second->behind < s_.size() && !is_cut(s_, second->behind)))
    return comma + 1;
  return std::max(mask_literals(name, value), comma + 1);
}

}  // namespace pyexc::redact
