// What issuers of keys and tokens put in front of them so that they are found: each row is from the
// issuer's own documentation or from what secret scanners agree on.

#include <array>
#include <cstdint>

#include "redact/scanner.hpp"

namespace pyexc::redact {

namespace {

enum class Body {
  alnum,   // A-Z a-z 0-9
  word,    // and _ -
  dotted,  // and . / + = ~
  upper,   // A-Z 0-9
  hex,
};

struct Row {
  std::string_view prefix;
  std::size_t least;  // characters behind the prefix
  Body body;
  bool mixed = false;    // a digit and a letter at least: the prefix begins ordinary words too
  std::size_t most = 0;  // 0: any number
};

constexpr std::array rows = {
    // Clouds
    Row{"AKIA", 16, Body::upper, false, 16},
    Row{"ASIA", 16, Body::upper, false, 16},
    Row{"ABIA", 16, Body::upper, false, 16},
    Row{"ACCA", 16, Body::upper, false, 16},
    Row{"AIza", 30, Body::word},
    Row{"ya29.", 20, Body::dotted},
    Row{"GOCSPX-", 20, Body::word},
    Row{"dop_v1_", 32, Body::hex},
    Row{"doo_v1_", 32, Body::hex},
    Row{"dor_v1_", 32, Body::hex},
    Row{"dapi", 32, Body::hex},
    Row{"HRKU-", 30, Body::word},
    Row{"fm2_", 20, Body::dotted},
    Row{"tskey-", 16, Body::word},
    Row{"pul-", 40, Body::hex},
    Row{"hvs.", 20, Body::word},
    Row{"hvb.", 20, Body::word},
    Row{"hvr.", 20, Body::word},
    Row{"dp.pt.", 30, Body::alnum},
    Row{"dp.st.", 30, Body::dotted},
    Row{"pscale_tkn_", 20, Body::dotted},
    Row{"pscale_pw_", 20, Body::dotted},
    Row{"sbp_", 30, Body::hex},
    // Code and packages
    Row{"ghp_", 16, Body::alnum},
    Row{"gho_", 16, Body::alnum},
    Row{"ghu_", 16, Body::alnum},
    Row{"ghs_", 16, Body::dotted},
    Row{"ghr_", 16, Body::alnum},
    Row{"github_pat_", 20, Body::word},
    Row{"glpat-", 16, Body::dotted},
    Row{"gldt-", 16, Body::word},
    Row{"glrt-", 16, Body::word},
    Row{"glcbt-", 16, Body::word},
    Row{"glptt-", 16, Body::word},
    Row{"glft-", 16, Body::word},
    Row{"glsoat-", 16, Body::word},
    Row{"glimt-", 16, Body::word},
    Row{"glagent-", 16, Body::word},
    Row{"ATBB", 24, Body::alnum, true},
    Row{"ATATT3xFf", 20, Body::dotted},
    Row{"ATCTT3xFf", 20, Body::dotted},
    Row{"npm_", 30, Body::alnum},
    Row{"pypi-", 32, Body::word, true},
    Row{"rubygems_", 32, Body::hex},
    Row{"dckr_pat_", 16, Body::word},
    Row{"dckr_oat_", 16, Body::word},
    Row{"sntrys_", 20, Body::dotted},
    Row{"sntryu_", 32, Body::hex},
    Row{"PMAK-", 30, Body::word},
    Row{"lin_api_", 30, Body::alnum},
    Row{"AGE-SECRET-KEY-1", 20, Body::upper},
    // Messages
    Row{"xoxb-", 10, Body::word},
    Row{"xoxp-", 10, Body::word},
    Row{"xoxa-", 10, Body::word},
    Row{"xoxr-", 10, Body::word},
    Row{"xoxs-", 10, Body::word},
    Row{"xoxe-", 10, Body::word},
    Row{"xoxe.", 10, Body::dotted},
    Row{"xoxc-", 10, Body::word},
    Row{"xoxd-", 10, Body::dotted},
    Row{"xapp-", 10, Body::word},
    Row{"SG.", 22, Body::dotted, true},
    Row{"key-", 32, Body::hex, true},
    Row{"SK", 32, Body::hex, true, 32},
    Row{"NRAK-", 20, Body::upper},
    Row{"glsa_", 20, Body::word},
    Row{"glc_", 20, Body::dotted},
    // Money and shops
    Row{"sk_live_", 10, Body::alnum},
    Row{"sk_test_", 10, Body::alnum},
    Row{"rk_live_", 10, Body::alnum},
    Row{"rk_test_", 10, Body::alnum},
    Row{"whsec_", 16, Body::dotted},
    Row{"shpat_", 20, Body::hex},
    Row{"shpca_", 20, Body::hex},
    Row{"shppa_", 20, Body::hex},
    Row{"shpss_", 20, Body::hex},
    Row{"sq0atp-", 20, Body::word},
    Row{"sq0csp-", 20, Body::word},
    Row{"shippo_live_", 20, Body::hex},
    // Models
    Row{"sk-ant-", 16, Body::word},
    Row{"sk-proj-", 16, Body::word},
    Row{"sk-svcacct-", 16, Body::word},
    Row{"sk-admin-", 16, Body::word},
    Row{"sk-or-", 16, Body::word},
    Row{"sk-", 20, Body::alnum, true},
    Row{"hf_", 30, Body::alnum},
    Row{"gsk_", 40, Body::alnum},
    Row{"xai-", 40, Body::alnum},
    Row{"pplx-", 40, Body::alnum},
    Row{"r8_", 30, Body::alnum},
    // Others
    Row{"secret_", 32, Body::alnum, true},
    Row{"ntn_", 30, Body::alnum},
    Row{"figd_", 20, Body::word},
    Row{"sk_", 32, Body::alnum, true},
};

bool in_body(char c, Body body) {
  switch (body) {
    case Body::alnum: return is_alnum(c);
    case Body::word: return is_word(c) || c == '-';
    case Body::dotted:
      return is_word(c) || c == '-' || c == '.' || c == '/' || c == '+' || c == '=' || c == '~' ||
             c == '%';
    case Body::upper: return is_upper(c) || is_digit(c);
    case Body::hex: return is_digit(c) || (c >= 'a' && c <= 'f');
  }
  return false;
}

/// The first two characters of all rows, as bits: most words end here.
constexpr std::size_t two(std::string_view text) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text[0])) << 8U |
         static_cast<unsigned char>(text[1]);
}
constexpr std::array<std::uint64_t, 1024> make_beginnings() {
  std::array<std::uint64_t, 1024> bits{};
  for (const Row& row : rows)
    bits[two(row.prefix) / 64] |= std::uint64_t{1} << (two(row.prefix) % 64);
  return bits;
}
constexpr auto beginnings = make_beginnings();

/// Two kinds of character at least that a word of prose, or of CSS, does not mix.
bool is_mixed(std::string_view body) {
  bool digit = false, letter = false;
  for (const char c : body) {
    digit = digit || is_digit(c);
    letter = letter || is_upper(c) || is_lower(c);
  }
  return digit && letter;
}

std::size_t length_of(const Row& row, std::string_view text) {
  const std::size_t begin = row.prefix.size();
  if (row.mixed && !is_mixed(text.substr(begin, row.least))) return 0;
  std::size_t end = begin;
  while (end < text.size() && in_body(text[end], row.body) && text.substr(end, 4) != "...<") ++end;
  while (row.body == Body::dotted && end > begin && text[end - 1] == '.') --end;
  const std::size_t length = end - begin;
  constexpr std::size_t least_when_cut = 4;
  // What is known of a key that was cut is its prefix; an ordinary word may begin like some.
  const bool whole =
      length >= row.least &&
      (row.most == 0 || (length == row.most && (end >= text.size() || !is_word(text[end]))));
  const bool part = length >= least_when_cut && length < row.least && is_cut(text, end) &&
                    (row.mixed ? length >= 8 : row.prefix.size() >= 4);
  if (!whole && !part) return 0;
  return end;
}

}  // namespace

std::size_t issued_key(std::string_view text, std::size_t at) {
  text.remove_prefix(at);
  if (text.size() < 2 || (beginnings[two(text) / 64] >> (two(text) % 64) & 1U) == 0) return 0;
  for (const Row& row : rows) {
    if (!text.starts_with(row.prefix)) continue;
    if (const std::size_t length = length_of(row, text)) return length;
  }
  return 0;
}

}  // namespace pyexc::redact
