#pragma once
// Tokens of Python source, as far as is needed to tell whether ast.parse() would accept it and where
// its expressions begin and end. What CPython's tokenizer refuses is refused here: source that belongs
// to another version of the file must give no carets where Python gives none.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/text_rules.hpp"
#include "text/unicode.hpp"

namespace pyexc::traceback::syntax {

/// What a version's grammar accepts.
struct Grammar {
  text::Database database = text::Database::u17_0;
  bool fstring_tokens = true;
  bool template_strings = true;
  bool unpack_in_comprehension = true;
  bool type_statement = true;
  bool type_parameter_defaults = true;
  bool lazy_imports = true;
  bool except_without_parentheses = true;

  static Grammar of(const TextRules& rules) noexcept;
};

enum class Kind : std::uint8_t {
  name,
  number,
  string,         ///< a whole literal
  fstring_start,  ///< f" with its prefix; then middles and { ... } groups, then the end
  fstring_middle,
  fstring_end,
  op,
  newline,
  indent,
  dedent,
  end,
};

/// 1-based line, byte in that line: the form of ast positions.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 0;
  bool operator==(const Position&) const = default;
};

struct Token {
  Kind kind = Kind::end;
  std::string_view text;  ///< into the source
  Position start;
  Position end;
  bool bytes = false;  ///< string: b"..."
  bool tstring = false;  ///< fstring_start: t"..."
  bool keyword = false;  ///< name
  /// op: how tight it binds its two operands, from 0 for | to 5 for *; -1 if it is no such operator.
  std::int8_t binding = -1;
};

struct Lexed {
  std::vector<Token> tokens;  ///< ends with Kind::end, unless it failed
  bool failed = false;
  bool ran_out = false;  ///< it failed because the text ended inside something
  std::size_t end_index = 0;  ///< the first of the tokens that the end of the text makes
};

/// `source` has no \r and ends with a newline (see prepare()), and outlives the tokens.
[[nodiscard]] Lexed lex(std::string_view source, const Grammar& grammar);

/// As the tokenize module does: what no grammar could accept is still a token.
[[nodiscard]] Lexed lex_leniently(std::string_view source, const Grammar& grammar);

[[nodiscard]] bool is_keyword(std::string_view word) noexcept;
/// Sorted.
[[nodiscard]] std::span<const std::string_view> keywords() noexcept;

/// The newlines of source text as the tokenizer takes them, with one at the end.
[[nodiscard]] std::string prepare(std::string_view source);

}  // namespace pyexc::traceback::syntax
