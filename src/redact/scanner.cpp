#include "redact/scanner.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pyexc::redact {

namespace {

enum class Class : std::uint8_t { other, word, colon, equals, dash, comma };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (std::size_t c = 0; c < classes.size(); ++c)
    if (is_word(static_cast<char>(c))) classes[c] = Class::word;
  classes[':'] = Class::colon;
  classes['='] = Class::equals;
  classes['-'] = Class::dash;
  classes[','] = Class::comma;
  return classes;
}

constexpr auto classes = make_classes();

Class class_of(char c) { return classes[static_cast<unsigned char>(c)]; }

}  // namespace

bool is_cut(std::string_view text, std::size_t at) {
  for (std::size_t quotes = 0;
       quotes < 4 && at < text.size() && (text[at] == '\'' || text[at] == '"'); ++quotes)
    ++at;
  return at < text.size() && text.substr(at, 4) == "...<";
}

void Scanner::found(std::size_t begin, std::size_t end, std::size_t from, std::size_t to,
                    bool by_name) {
  if (begin < end) findings_.push_back({begin, end, from, to, by_name});
}

const Region* Scanner::region_of(std::size_t at) {
  if (!has_regions_) {
    regions_ = string_regions(s_);
    has_regions_ = true;
  }
  const auto next =
      std::upper_bound(regions_.begin(), regions_.end(), at,
                       [](std::size_t i, const Region& region) { return i < region.begin; });
  if (next == regions_.begin()) return nullptr;
  const Region& region = *(next - 1);
  return at < region.end ? &region : nullptr;
}

Findings Scanner::run() {
  for (std::size_t i = 0; i < s_.size();) {
    switch (class_of(s_[i])) {
      case Class::other: ++i; break;
      case Class::word: i = word(i); break;
      case Class::colon: i = s_.substr(i, 3) == "://" ? url(i) : assignment(i); break;
      case Class::equals: i = assignment(i); break;
      case Class::dash: i = dashes(i); break;
      case Class::comma: i = pair(i); break;
    }
  }
  return std::move(findings_);
}

std::size_t Scanner::word(std::size_t at) {
  std::size_t end = at + 1;
  while (end < s_.size() && class_of(s_[end]) == Class::word) ++end;
  if (const auto behind = secret_word(at)) return std::max(*behind, at + 1);
  if (at == 0 || s_[at - 1] != '\\') return end;
  // In a repr an escape is glued to the word: \nghp_…, \x00ghp_…
  const std::size_t escape = s_[at] == 'x' ? 3 : s_[at] == 'u' ? 5 : s_[at] == 'U' ? 9 : 1;
  if (at + escape >= end) return end;
  if (const auto behind = secret_word(at + escape)) return std::max(*behind, end);
  return end;
}

std::size_t Scanner::dashes(std::size_t at) {
  if (char_at(at + 1) != '-') return at + 1;
  if (const auto behind = private_key(at)) return *behind;
  if (char_at(at + 2) != '-') return option(at);
  std::size_t end = at + 1;  // a ruler
  while (char_at(end) == '-' && s_.substr(end, 11) != "-----BEGIN ") ++end;
  return end;
}

}  // namespace pyexc::redact
