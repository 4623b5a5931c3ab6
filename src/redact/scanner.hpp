#pragma once
// One pass over a text for all built-in rules. It stops only at characters that a rule begins with,
// looks backwards no further than a name is long, and what it finds it passes over: its time is
// linear whatever the text holds, which somebody else chose.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "redact/finding.hpp"
#include "redact/names.hpp"

namespace pyexc::redact {

class Rules;

class Scanner {
 public:
  Scanner(std::string_view text, Language language, const Rules& rules)
      : s_(text), language_(language), rules_(rules) {}
  [[nodiscard]] Findings run();

 private:
  struct Name {
    std::size_t begin = 0, end = 0;
    bool quoted = false;
    NameKind kind = NameKind::none;
    std::string_view text;
  };
  /// A string literal: its inside, and where it ends.
  struct Literal {
    std::size_t begin = 0, end = 0, behind = 0;
  };

  // Each looks at what begins at `at` and returns where to go on, which is behind `at`.
  std::size_t word(std::size_t at);
  std::size_t assignment(std::size_t at);
  std::size_t option(std::size_t at);
  std::size_t pair(std::size_t comma);
  std::size_t dashes(std::size_t at);
  std::size_t url(std::size_t colon);

  // shapes.cpp: each returns where what it found ends, or nothing.
  std::optional<std::size_t> private_key(std::size_t at);
  std::optional<std::size_t> secret_word(std::size_t at);
  std::optional<std::size_t> web_token(std::size_t at);
  std::optional<std::size_t> credentials_behind_scheme(std::size_t at);
  std::optional<std::size_t> card_number(std::size_t at);

  // values.cpp
  [[nodiscard]] Name name_before(std::size_t at, std::size_t from) const;
  [[nodiscard]] NameKind kind_of_name(std::size_t begin, std::size_t end) const;
  [[nodiscard]] std::optional<Literal> literal(std::size_t at) const;
  [[nodiscard]] std::size_t mask_literals(const Name& name, std::size_t at);
  [[nodiscard]] std::size_t unquoted(const Name& name, char separator, std::size_t at,
                                     std::size_t limit);
  [[nodiscard]] std::size_t run_end(std::size_t at, std::size_t limit) const;
  [[nodiscard]] std::size_t line_end(std::size_t at, std::size_t limit) const;
  [[nodiscard]] std::size_t balanced_end(std::size_t at, std::size_t limit) const;
  [[nodiscard]] bool nothing_to_hide(std::string_view value, NameKind kind) const;

  void found(std::size_t begin, std::size_t end, std::size_t from, std::size_t to,
             bool by_name = false);
  /// The string or comment that holds it; nothing in code.
  [[nodiscard]] const Region* region_of(std::size_t at);
  [[nodiscard]] char char_at(std::size_t i) const { return i < s_.size() ? s_[i] : '\0'; }

  std::string_view s_;
  Language language_;
  const Rules& rules_;
  Findings findings_;
  std::size_t no_web_token_before_ = 0;
  bool has_regions_ = false;
  std::vector<Region> regions_;
};

/// Bytes of an API key, a token or the like that begins at `at` with what its issuer puts in front;
/// 0 if none does.
[[nodiscard]] std::size_t issued_key(std::string_view text, std::size_t at);

// Characters, as all rules see them.
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_alnum(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
[[nodiscard]] constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
[[nodiscard]] constexpr bool is_word(char c) { return is_alnum(c) || c == '_'; }
/// A word of prose: letters, none but the first of them a capital. Not for an empty text.
[[nodiscard]] bool is_prose(std::string_view word);
/// {name}, %s, %(name)s, $NAME, ${NAME}: a template, not what will stand there.
[[nodiscard]] bool is_placeholder(std::string_view text);
/// Here a limit cut the text, as the value printer writes it: 'abc'...<17 more>, abc...<cut>
[[nodiscard]] bool is_cut(std::string_view text, std::size_t at);

}  // namespace pyexc::redact
