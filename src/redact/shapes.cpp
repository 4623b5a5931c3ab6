// Secrets that are known by how they look, under whatever name.

#include <algorithm>
#include <array>

#include "redact/scanner.hpp"

namespace pyexc::redact {

namespace {

using namespace std::string_view_literals;

bool is_base64(char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; }
bool is_base64url(char c) { return is_word(c) || c == '-'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
bool ends_authority(char c) {
  return is_space(c) || c == '\'' || c == '"' || c == '<' || c == '>' || c == '\\' || c == '`' ||
         c == '|';
}

bool starts_with_any_case(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                  [](char a, char b) { return a == lower(b); });
}

}  // namespace

bool is_prose(std::string_view word) {
  return std::all_of(word.begin() + 1, word.end(), is_lower) &&
         (is_lower(word.front()) || is_upper(word.front()));
}

bool is_placeholder(std::string_view text) {
  if (text == "%s" || text == "%r") return true;
  if (text.starts_with("%(") && text.ends_with(")s")) return true;
  if (text.starts_with("${") && text.ends_with('}')) text.remove_prefix(1);
  else if (text.starts_with('$'))
    return std::all_of(text.begin() + 1, text.end(),
                       [](char c) { return is_upper(c) || c == '_'; });
  if (!text.starts_with('{') || !text.ends_with('}')) return false;
  return std::all_of(text.begin() + 1, text.end() - 1, [](char c) {
    return is_word(c) || c == '.' || c == '[' || c == ']' || c == '!';
  });
}

namespace {

int base64_value(char c) {
  if (is_upper(c)) return c - 'A';
  if (is_lower(c)) return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// What Basic credentials are when decoded: text with a colon.
bool decodes_to_a_pair(std::string_view base64) {
  unsigned bits = 0, count = 0;
  bool colon = false;
  for (const char c : base64) {
    const int value = base64_value(c);
    if (value < 0) break;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const unsigned byte = (bits >> count) & 0xffU;
    if (byte < 0x20 || byte == 0x7f) return false;
    colon = colon || byte == ':';
  }
  return colon;
}

bool luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

struct Issuer {
  int from, to;  // of the first four digits
  std::size_t shortest, longest;
};
constexpr std::array issuers = {
    Issuer{4000, 4999, 13, 19},                              // Visa
    Issuer{5100, 5599, 16, 16}, Issuer{2221, 2720, 16, 16},  // Mastercard
    Issuer{3400, 3499, 15, 15}, Issuer{3700, 3799, 15, 15},  // American Express
    Issuer{6011, 6011, 16, 19}, Issuer{6440, 6599, 16, 19},  // Discover
    Issuer{3000, 3059, 14, 19}, Issuer{3095, 3095, 14, 19}, Issuer{3600, 3699, 14, 19},
    Issuer{3800, 3999, 14, 19},  // Diners Club
    Issuer{3528, 3589, 16, 19},  // JCB
    Issuer{6200, 6299, 16, 19},  // UnionPay
    Issuer{5018, 5018, 13, 19}, Issuer{5020, 5020, 13, 19}, Issuer{5038, 5038, 13, 19},
    Issuer{5893, 5893, 13, 19}, Issuer{6304, 6304, 13, 19}, Issuer{6759, 6763, 13, 19},  // Maestro
    Issuer{2200, 2204, 16, 19},                                                          // Mir
};

bool is_card(std::string_view digits) {
  const int four = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 +
                   (digits[3] - '0');
  const bool issued = std::ranges::any_of(issuers, [&](const Issuer& issuer) {
    return four >= issuer.from && four <= issuer.to && digits.size() >= issuer.shortest &&
           digits.size() <= issuer.longest;
  });
  return issued && luhn(digits);
}

}  // namespace

std::optional<std::size_t> Scanner::secret_word(std::size_t at) {
  const char c = s_[at];
  if (is_digit(c)) return card_number(at);
  if (c == 'e' && s_.substr(at, 3) == "eyJ") return web_token(at);
  if (c == 'B' || c == 'b')
    if (const auto behind = credentials_behind_scheme(at)) return behind;
  const std::size_t length = issued_key(s_, at);
  if (length == 0) return std::nullopt;
  found(at, at + length, at, at + length);
  return at + length;
}

std::optional<std::size_t> Scanner::private_key(std::size_t at) {
  constexpr auto begin_mark = "-----BEGIN "sv, end_mark = "-----END "sv;
  constexpr std::size_t max_label = 60;
  if (!s_.substr(at).starts_with(begin_mark)) return std::nullopt;
  const std::size_t label = at + begin_mark.size();
  const std::size_t close = s_.substr(label, max_label).find("-----");
  if (close == s_.npos) return std::nullopt;
  if (s_.substr(label, close).find("PRIVATE KEY") == s_.npos) return std::nullopt;
  const std::size_t begin = label + close + 5;
  // What can stand inside a block, over lines, in a repr, or in a literal of several pieces; a
  // block that was cut has no other end.
  const auto body = [this](char c) {
    const bool quotes = language_ == Language::python && (c == '"' || c == '\'');
    return is_base64(c) || is_space(c) || c == '\\' || c == ':' || c == ',' || c == '-' ||
           c == '_' || c == '.' || quotes;
  };
  std::size_t end = begin;
  while (end < s_.size() && body(s_[end]) && s_.substr(end, end_mark.size()) != end_mark &&
         s_.substr(end, 4) != "...<")
    ++end;
  found(begin, end, at, end);
  return end;
}

std::optional<std::size_t> Scanner::web_token(std::size_t at) {
  constexpr std::size_t shortest_header = 10, shortest_alone = 20;
  if (at < no_web_token_before_) return std::nullopt;
  std::size_t end = at;
  std::size_t dots = 0;
  while (end < s_.size() &&
         (is_base64url(s_[end]) || (s_[end] == '.' && s_.substr(end, 4) != "...<"))) {
    if (s_[end] == '.' && ++dots == 1 && end - at < shortest_header) return std::nullopt;
    ++end;
  }
  while (s_[end - 1] == '.') --end, --dots;
  const bool alone = end - at >= shortest_alone && (is_cut(s_, end) || end == s_.size());
  if (dots == 0 && !alone) {
    no_web_token_before_ = end;
    return std::nullopt;
  }
  found(at, end, at, end);
  return end;
}

std::optional<std::size_t> Scanner::credentials_behind_scheme(std::size_t at) {
  const bool bearer = starts_with_any_case(s_.substr(at, 6), "bearer");
  if (!bearer && !starts_with_any_case(s_.substr(at, 5), "basic")) return std::nullopt;
  std::size_t begin = at + (bearer ? 6 : 5);
  if (char_at(begin) != ' ') return std::nullopt;
  while (char_at(begin) == ' ') ++begin;
  std::size_t end = begin;
  while (end < s_.size() &&
         (is_base64(s_[end]) || is_base64url(s_[end]) || s_[end] == '.' || s_[end] == '~') &&
         s_.substr(end, 4) != "...<")
    ++end;
  const auto token = s_.substr(begin, end - begin);
  constexpr std::size_t shortest = 8;
  if (token.size() < shortest && !(token.size() >= 4 && is_cut(s_, end))) return std::nullopt;
  if (is_prose(token)) return std::nullopt;
  if (!bearer && !decodes_to_a_pair(token) && !is_cut(s_, end)) return std::nullopt;
  found(begin, end, at, end);
  return end;
}

std::optional<std::size_t> Scanner::card_number(std::size_t at) {
  constexpr std::size_t fewest = 13, most = 19;
  if (at > 0 && (s_[at - 1] == '.' || (is_digit(s_[at - 1])))) return std::nullopt;
  std::array<char, most + 1> digits{};
  std::size_t count = 0, end = at;
  char separator = '\0';
  while (end < s_.size() && count <= most) {
    const char c = s_[end];
    if (is_digit(c)) {
      digits[count++] = c;
      ++end;
      continue;
    }
    const bool separates = (c == ' ' || c == '-') && (separator == '\0' || separator == c) &&
                           is_digit(char_at(end + 1));
    if (!separates) break;
    separator = c;
    ++end;
  }
  if (count < fewest || count > most || is_word(char_at(end)) ||
      (char_at(end) == '.' && is_digit(char_at(end + 1))))
    return std::nullopt;
  if (!is_card({digits.data(), count})) return std::nullopt;
  if (language_ != Language::text && region_of(at) == nullptr) return std::nullopt;
  found(at, end, at, end);
  return end;
}

std::size_t Scanner::url(std::size_t colon) {
  constexpr std::size_t max_scheme = 32;
  std::size_t from = colon;
  while (
      from > 0 && colon - from < max_scheme &&
      (is_alnum(s_[from - 1]) || s_[from - 1] == '+' || s_[from - 1] == '.' || s_[from - 1] == '-'))
    --from;
  const std::size_t begin = colon + 3;
  // A password may hold what should have been quoted, '/' and '@' included: the last '@' ends it,
  // unless the authority has ended before with a port.
  std::size_t authority = begin;
  while (authority < s_.size() && !ends_authority(s_[authority]) && s_[authority] != '/' &&
         s_[authority] != '?' && s_[authority] != '#' && s_.substr(authority, 4) != "...<")
    ++authority;
  if (from == colon || authority == begin) return begin;
  auto user = s_.substr(begin, authority - begin);
  std::size_t end = begin + (user.rfind('@') == user.npos ? user.size() : user.rfind('@'));
  const std::size_t password = user.find(':');
  const bool at_sign = user.rfind('@') != user.npos;
  if (!at_sign) {
    if (password == user.npos || user.starts_with('[')) return authority;
    const auto port = user.substr(password + 1);
    const bool number = std::all_of(port.begin(), port.end(), is_digit);
    if (number && !(is_cut(s_, authority) && !port.empty())) return authority;
    constexpr std::size_t longest = 1'000;
    std::size_t last = authority;
    for (std::size_t i = authority; i < s_.size() && i - authority < longest &&
                                    !ends_authority(s_[i]) && s_.substr(i, 4) != "...<";
         ++i)
      if (s_[i] == '@') last = i;
    end = last;  // without any '@' it was cut, or is no URL
  } else if (password == user.npos) {
    // https://TOKEN@host: a name is short.
    constexpr std::size_t longest_name = 20;
    const auto token = s_.substr(begin, end - begin);
    if (token.size() <= longest_name || !std::all_of(token.begin(), token.end(), is_base64url))
      return authority;
    found(begin, end, from, authority);
    return authority;
  }
  const std::size_t secret = begin + password + 1;
  if (end <= secret || is_placeholder(s_.substr(secret, end - secret)))
    return std::max(authority, begin);
  found(secret, end, from, std::max(end, authority));
  return std::max(end, authority);
}

}  // namespace pyexc::redact
