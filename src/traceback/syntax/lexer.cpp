#include "traceback/syntax/lexer.hpp"

#include <algorithm>
#include <array>

#include "text/codepoints.hpp"
#include "traceback/syntax/literals.hpp"

namespace pyexc::traceback::syntax {

namespace {

constexpr std::size_t max_brackets = 200;       // MAXLEVEL
constexpr std::size_t max_indents = 100;        // MAXINDENT
constexpr std::size_t max_fstrings = 150;       // MAXFSTRINGLEVEL
constexpr int max_replacement_nesting = 3;      // MAX_EXPR_NESTING

std::int8_t binding_of(std::string_view op) {
  if (op.size() == 1) {
    switch (op.front()) {
      case '|': return 0;
      case '^': return 1;
      case '&': return 2;
      case '+':
      case '-': return 4;
      case '*':
      case '/':
      case '%':
      case '@': return 5;
      default: return -1;
    }
  }
  if (op == "<<" || op == ">>") return 3;
  return op == "//" ? 5 : -1;
}

/// An f-string that the lexer is inside of, or the module itself.
struct Mode {
  char quote = 0;
  std::size_t quote_size = 0;
  bool raw = false;
  bool literal = false;      ///< between the braces of the string itself, not in an expression
  bool format_spec = false;
  int brackets = 0;          ///< open ones of any kind since the string began
  int expression_depth = -1; ///< how many replacement fields are open, less one
};

class Lexer {
 public:
  Lexer(std::string_view source, const Grammar& grammar, bool lenient)
      : s_(source), grammar_(grammar), lenient_(lenient) {}

  Lexed run() {
    Lexed result;
    if (s_.find('\0') != std::string_view::npos) {
      result.failed = true;
      return result;
    }
    tokens_.reserve(s_.size() / 3 + 4);
    while (!failed_ && (tokens_.empty() || tokens_.back().kind != Kind::end)) {
      if (modes_.back().literal) {
        fstring_part();
      } else {
        normal();
      }
    }
    result.tokens = std::move(tokens_);
    result.failed = failed_;
    result.ran_out = ran_out_;
    result.end_index = end_index_;
    return result;
  }

 private:
  [[nodiscard]] char at(std::size_t offset = 0) const {
    return at_ + offset < s_.size() ? s_[at_ + offset] : '\0';
  }
  [[nodiscard]] bool at_end() const { return at_ >= s_.size(); }
  [[nodiscard]] Position here() const {
    return {line_, static_cast<std::uint32_t>(at_ - line_start_)};
  }

  void fail() { failed_ = true; }
  void run_out() { failed_ = ran_out_ = true; }

  /// Moves over one byte, counting lines.
  void step() {
    if (s_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }

  void emit(Kind kind, std::size_t from, Position start) {
    Token token;
    token.kind = kind;
    token.text = s_.substr(from, at_ - from);
    token.start = start;
    token.end = here();
    if (kind == Kind::name) token.keyword = is_keyword(token.text);
    if (kind == Kind::op) token.binding = binding_of(token.text);
    tokens_.push_back(token);
  }

  void take(Kind kind, std::size_t size) {
    const Position start = here();
    const std::size_t from = at_;
    for (std::size_t i = 0; i < size; ++i) step();
    emit(kind, from, start);
  }

  void normal();
  bool indentation();
  void line_end();
  void end_of_text();
  void name_or_string();
  std::size_t string_prefix(bool& formatted) const;
  void string(std::size_t prefix);
  void fstring_begin(std::size_t prefix);
  void fstring_part();
  void fstring_middle(std::size_t from, Position start);
  void operator_token();
  void open_bracket(char c);
  bool close_bracket(char c);
  [[nodiscard]] bool is_identifier(std::string_view name) const;

  std::string_view s_;
  const Grammar& grammar_;
  bool lenient_;
  std::size_t end_index_ = 0;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::size_t line_start_ = 0;
  bool line_begins_ = true;
  bool failed_ = false;
  bool ran_out_ = false;
  std::vector<Token> tokens_;
  std::vector<Mode> modes_ = {Mode()};
  std::vector<char> brackets_;
  struct Indent {
    std::size_t column;
    std::size_t alternate;
  };
  std::vector<Indent> indents_ = {{0, 0}};
};

/// White space at the beginning of a logical line; false if the line has nothing else.
bool Lexer::indentation() {
  std::size_t column = 0;
  std::size_t alternate = 0;
  std::optional<Indent> continued;
  for (;;) {
    const char c = at();
    if (c == ' ') {
      ++column;
      ++alternate;
    } else if (c == '\t') {
      column = (column / 8 + 1) * 8;
      ++alternate;
    } else if (c == '\f') {
      column = alternate = 0;
    } else if (c == '\\' && at(1) == '\n') {
      if (!continued) continued = Indent{column, alternate};
      step();
    } else {
      break;
    }
    step();
  }
  if (at_end()) return true;
  if (at() == '#' || at() == '\n') {
    while (!at_end() && at() != '\n') step();
    if (!at_end()) step();
    return false;
  }
  if (continued) {
    column = continued->column;
    alternate = continued->alternate;
  }
  if (column == indents_.back().column) {
    if (alternate != indents_.back().alternate) fail();
  } else if (column > indents_.back().column) {
    if (indents_.size() >= max_indents || alternate <= indents_.back().alternate) {
      fail();
      return true;
    }
    indents_.push_back({column, alternate});
    take(Kind::indent, 0);
  } else {
    while (indents_.size() > 1 && column < indents_.back().column) {
      indents_.pop_back();
      take(Kind::dedent, 0);
    }
    if (column != indents_.back().column || alternate != indents_.back().alternate) fail();
  }
  return true;
}

void Lexer::end_of_text() {
  if (!brackets_.empty() || modes_.size() > 1) {
    run_out();
    return;
  }
  end_index_ = tokens_.size();
  while (indents_.size() > 1) {
    indents_.pop_back();
    take(Kind::dedent, 0);
  }
  take(Kind::end, 0);
}

void Lexer::line_end() {
  if (brackets_.empty() && modes_.size() == 1) {
    take(Kind::newline, 1);
    line_begins_ = true;
  } else {
    step();
  }
}

void Lexer::normal() {
  if (line_begins_) {
    line_begins_ = false;
    if (!indentation()) {
      line_begins_ = true;
      return;
    }
    if (failed_) return;
  }
  while (at() == ' ' || at() == '\t' || at() == '\f') step();
  if (at() == '#') {
    while (!at_end() && at() != '\n') step();
  }
  if (at_end()) return end_of_text();
  const char c = at();
  if (c == '\n') return line_end();
  if (c == '\\') {
    step();
    if (at() != '\n') return at_end() ? run_out() : fail();
    step();
    if (at_end()) run_out();
    return;
  }
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80) {
    return name_or_string();
  }
  if ((c >= '0' && c <= '9') || (c == '.' && at(1) >= '0' && at(1) <= '9')) {
    const auto size = scan_number(s_.substr(at_), lenient_);
    return size ? take(Kind::number, *size) : fail();
  }
  if (c == '"' || c == '\'') return string(0);
  operator_token();
}

/// Length of the string prefix that begins here if a quote follows it, else 0.
std::size_t Lexer::string_prefix(bool& formatted) const {
  bool b = false;
  bool u = false;
  bool r = false;
  bool f = false;
  for (std::size_t i = 0;; ++i) {
    const char c = at(i);
    if (c == '"' || c == '\'') {
      formatted = f;
      return i;
    }
    if (!(b || u || f) && (c == 'b' || c == 'B')) {
      b = true;
    } else if (!(b || u || r || f) && (c == 'u' || c == 'U')) {
      u = true;
    } else if (!(r || u) && (c == 'r' || c == 'R')) {
      r = true;
    } else if (!(b || u || f) && (c == 'f' || c == 'F')) {
      f = true;
    } else if (grammar_.template_strings && !(b || u || f) && (c == 't' || c == 'T')) {
      f = true;
    } else {
      return 0;
    }
  }
}

bool Lexer::is_identifier(std::string_view name) const {
  if (text::is_ascii(name)) return true;
  bool first = true;
  for (const char32_t c : text::decode(name)) {
    if (!(first ? text::is_identifier_start(c, grammar_.database)
                : text::is_identifier_continue(c, grammar_.database))) {
      return false;
    }
    first = false;
  }
  return true;
}

void Lexer::name_or_string() {
  bool formatted = false;
  if (const std::size_t prefix = string_prefix(formatted)) {
    return formatted && grammar_.fstring_tokens ? fstring_begin(prefix) : string(prefix);
  }
  const Position start = here();
  const std::size_t from = at_;
  for (;;) {
    const char c = at();
    const bool part = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (!part) break;
    step();
  }
  emit(Kind::name, from, start);
  if (!is_identifier(tokens_.back().text)) fail();
}

void Lexer::string(std::size_t prefix) {
  const Position start = here();
  const std::size_t from = at_;
  at_ += prefix;
  const char quote = at();
  std::size_t quotes = 1;
  if (at(1) == quote) {
    if (at(2) != quote) {
      at_ += 2;
      emit(Kind::string, from, start);
      tokens_.back().bytes = string_parts(tokens_.back().text).bytes;
      return;
    }
    quotes = 3;
  }
  at_ += quotes;
  for (std::size_t closing = 0; closing < quotes;) {
    if (at_end() || (quotes == 1 && at() == '\n')) {
      if (quotes == 3) return run_out();
      return fail();
    }
    const char c = at();
    step();
    if (c == quote) {
      ++closing;
      continue;
    }
    closing = 0;
    if (c == '\\' && !at_end()) step();
  }
  emit(Kind::string, from, start);
  tokens_.back().bytes = string_parts(tokens_.back().text).bytes;
}

void Lexer::fstring_begin(std::size_t prefix) {
  const Position start = here();
  const std::size_t from = at_;
  if (modes_.size() >= max_fstrings) return fail();
  Mode mode;
  bool tstring = false;
  for (std::size_t i = 0; i < prefix; ++i) {
    if (at(i) == 'r' || at(i) == 'R') mode.raw = true;
    if (at(i) == 't' || at(i) == 'T') tstring = true;
  }
  at_ += prefix;
  mode.quote = at();
  mode.quote_size = at(1) == mode.quote && at(2) == mode.quote ? 3 : 1;
  mode.literal = true;
  at_ += mode.quote_size;
  emit(Kind::fstring_start, from, start);
  tokens_.back().tstring = tstring;
  modes_.push_back(mode);
}

/// The next piece of an f-string outside its expressions.
void Lexer::fstring_part() {
  Mode& mode = modes_.back();
  const Position start = here();
  const std::size_t from = at_;
  if (at() == '{' && at(1) != '{') {
    mode.literal = false;
    if (++mode.expression_depth >= max_replacement_nesting) return fail();
    return normal();
  }
  std::size_t quotes = 0;
  while (quotes < mode.quote_size && at(quotes) == mode.quote) ++quotes;
  if (quotes == mode.quote_size) {
    at_ += quotes;
    emit(Kind::fstring_end, from, start);
    modes_.pop_back();
    return;
  }
  fstring_middle(from, start);
}

void Lexer::fstring_middle(std::size_t from, Position start) {
  Mode& mode = modes_.back();
  const bool in_spec = mode.format_spec && mode.expression_depth >= 0;
  std::size_t closing = 0;
  bool named = false;  // inside \N{...}
  const auto done = [&] {
    emit(Kind::fstring_middle, from, start);
    const auto contents = tokens_.back().text;
    // A doubled brace is in the text; it cannot take part in an escape.
    if (!mode.raw && !escapes_are_valid(contents, false)) fail();
  };
  while (closing != mode.quote_size) {
    if (at_end()) return run_out();
    const char c = at();
    if (mode.quote_size == 1 && c == '\n') {
      if (!in_spec) return fail();
      mode.literal = false;
      mode.format_spec = false;
      return done();
    }
    if (c == mode.quote) {
      ++closing;
      ++at_;
      continue;
    }
    closing = 0;
    if (c == '{') {
      if (at(1) == '{' && !in_spec) {
        ++at_;
        done();
        ++at_;
        return;
      }
      mode.literal = false;
      if (++mode.expression_depth >= max_replacement_nesting) return fail();
      return done();
    }
    if (c == '}') {
      if (named) {
        ++at_;
        return done();
      }
      if (at(1) == '}' && !in_spec && mode.brackets == 0) {
        ++at_;
        done();
        ++at_;
        return;
      }
      mode.literal = false;
      return done();
    }
    step();
    if (c != '\\' || at_end()) continue;
    const char next = at();
    if (next == '{' || next == '}') continue;
    step();
    if (!mode.raw && next == 'N' && at() == '{') {
      named = true;
      ++at_;
    }
  }
  at_ -= mode.quote_size;
  done();
}

void Lexer::open_bracket(char c) {
  if (brackets_.size() >= max_brackets) return fail();
  brackets_.push_back(c);
  if (modes_.size() > 1) ++modes_.back().brackets;
  take(Kind::op, 1);
}

bool Lexer::close_bracket(char c) {
  Mode& mode = modes_.back();
  const bool inside = modes_.size() > 1;
  if (brackets_.empty() || (inside && mode.brackets == 0)) return false;
  const char open = brackets_.back();
  if (!((open == '(' && c == ')') || (open == '[' && c == ']') || (open == '{' && c == '}'))) return false;
  brackets_.pop_back();
  take(Kind::op, 1);
  if (!inside) return true;
  --mode.brackets;
  if (c == '}' && mode.brackets == mode.expression_depth) {
    --mode.expression_depth;
    mode.literal = true;
    mode.format_spec = mode.expression_depth >= 0;
  }
  return true;
}

void Lexer::operator_token() {
  const char c = at();
  Mode& mode = modes_.back();
  if (c == ':' && modes_.size() > 1 && mode.expression_depth >= 0 &&
      mode.brackets - 1 == mode.expression_depth) {
    take(Kind::op, 1);
    mode.literal = true;
    mode.format_spec = true;
    return;
  }
  if (c == '(' || c == '[' || c == '{') return open_bracket(c);
  if (c == ')' || c == ']' || c == '}') {
    if (close_bracket(c)) return;
    return lenient_ && brackets_.empty() ? take(Kind::op, 1) : fail();
  }
  constexpr std::array<std::string_view, 5> three = {"**=", "//=", "<<=", ">>=", "..."};
  constexpr std::array<std::string_view, 20> two = {"**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", "+=", "-=",
                                                    "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=", "<>"};
  const std::string_view rest = s_.substr(at_);
  for (const auto op : three) {
    if (rest.starts_with(op)) return take(Kind::op, 3);
  }
  for (const auto op : two) {
    if (rest.starts_with(op)) return take(Kind::op, 2);
  }
  constexpr std::string_view one = "+-*/%@&|^~<>=.,:;!";
  const bool known = one.find(c) != std::string_view::npos || (lenient_ && (c == '$' || c == '?' || c == '`'));
  return known ? take(Kind::op, 1) : fail();
}

}  // namespace

std::span<const std::string_view> keywords() noexcept {
  static constexpr std::array<std::string_view, 35> all = {
      "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
      "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
      "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield"};
  return all;
}

bool is_keyword(std::string_view word) noexcept {
  const auto all = keywords();
  return std::binary_search(all.begin(), all.end(), word);
}

Grammar Grammar::of(const TextRules& rules) noexcept {
  Grammar grammar;
  grammar.database = text::database_for(rules.unicode_major, rules.unicode_minor);
  grammar.fstring_tokens = rules.fstring_tokens;
  grammar.template_strings = rules.template_strings;
  grammar.unpack_in_comprehension = rules.unpack_in_comprehension;
  grammar.type_statement = rules.type_statement;
  grammar.type_parameter_defaults = rules.type_parameter_defaults;
  grammar.lazy_imports = rules.lazy_imports;
  grammar.except_without_parentheses = rules.except_without_parentheses;
  return grammar;
}

Lexed lex(std::string_view source, const Grammar& grammar) { return Lexer(source, grammar, false).run(); }

Lexed lex_leniently(std::string_view source, const Grammar& grammar) {
  return Lexer(source, grammar, true).run();
}

std::string prepare(std::string_view source) {
  std::string text;
  text.reserve(source.size() + 1);
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      text.push_back(source[i]);
      continue;
    }
    text.push_back('\n');
    if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
  }
  if (!text.empty() && text.back() != '\n') text.push_back('\n');
  return text;
}

}  // namespace pyexc::traceback::syntax
