// f-strings before they had a grammar: a plain string literal, searched for braces, whose expressions
// are cut out and parsed one by one.

#include <string>
#include <vector>

#include "traceback/syntax/literals.hpp"
#include "traceback/syntax/parser.hpp"
#include "text/codepoints.hpp"
#include "text/pystring.hpp"

namespace pyexc::traceback::syntax {

namespace {

constexpr std::size_t max_brackets = 200;

bool expression_is_valid(std::string_view expression, const Grammar& grammar) {
  if (text::strip(text::decode(expression)).empty()) return false;
  std::string wrapped = "(";
  wrapped.append(expression).append(")");
  const std::string source = prepare(wrapped);
  const Lexed lexed = lex(source, grammar);
  if (lexed.failed) return false;
  return Parser(lexed.tokens, grammar).star_expressions().has_value();
}

/// Where the expression that begins at `at` ends: at its '!', ':', '=' or '}'.
std::optional<std::size_t> expression_end(std::string_view s, std::size_t at) {
  std::string open;
  char quote = 0;
  std::size_t quotes = 0;
  while (at < s.size()) {
    const char c = s[at];
    if (c == '\\') return std::nullopt;
    if (quote != 0) {
      const bool closes = c == quote && (quotes == 1 || (at + 2 < s.size() && s[at + 1] == c && s[at + 2] == c));
      at += closes ? quotes : 1;
      if (closes) quote = 0;
      continue;
    }
    if (c == '\'' || c == '"') {
      quotes = at + 2 < s.size() && s[at + 1] == c && s[at + 2] == c ? 3 : 1;
      quote = c;
      at += quotes;
      continue;
    }
    if (c == '[' || c == '{' || c == '(') {
      if (open.size() >= max_brackets) return std::nullopt;
      open.push_back(c);
    } else if (c == '#') {
      return std::nullopt;
    } else if (open.empty() && (c == '!' || c == ':' || c == '}' || c == '=' || c == '<' || c == '>')) {
      if (at + 1 < s.size() && s[at + 1] == '=' && (c == '!' || c == '=' || c == '<' || c == '>')) {
        at += 2;
        continue;
      }
      if (c != '<' && c != '>') return at;
    } else if (c == ']' || c == '}' || c == ')') {
      if (open.empty()) return std::nullopt;
      const char opening = open.back();
      open.pop_back();
      if (!((opening == '(' && c == ')') || (opening == '[' && c == ']') || (opening == '{' && c == '}'))) {
        return std::nullopt;
      }
    }
    ++at;
  }
  return std::nullopt;
}

class OldFstring {
 public:
  OldFstring(std::string_view s, bool raw, const Grammar& grammar) : s_(s), raw_(raw), grammar_(grammar) {}

  /// Literal text and fields, up to the end or, inside a format spec, to the '}' that ends it.
  bool parse(int level) {
    for (;;) {
      if (!literal(level)) return false;
      if (at_ >= s_.size() || s_[at_] == '}') return level > 0 || at_ >= s_.size();
      if (!field(level)) return false;
    }
  }

 private:
  bool literal(int level) {
    const std::size_t from = at_;
    std::size_t plain = from;
    const auto checked = [&](std::size_t to) {
      return raw_ || escapes_are_valid(s_.substr(plain, to - plain), false);
    };
    while (at_ < s_.size()) {
      const char c = s_[at_];
      if (!raw_ && c == '\\' && at_ + 1 < s_.size()) {
        const char next = s_[at_ + 1];
        if (next == 'N') {
          at_ += 2;
          if (at_ < s_.size() && s_[at_] == '{') {
            const auto close = s_.find('}', at_);
            if (close == std::string_view::npos) return false;
            at_ = close + 1;
          }
          continue;
        }
        at_ += next == '{' ? 1 : 2;
        continue;
      }
      if (c == '{' || c == '}') {
        if (level == 0) {
          if (at_ + 1 < s_.size() && s_[at_ + 1] == c) {
            if (!checked(at_ + 1)) return false;
            at_ += 2;
            plain = at_;
            continue;
          }
          if (c == '}') return false;
        }
        break;
      }
      ++at_;
    }
    return checked(at_);
  }

  bool field(int level) {
    if (level >= 2) return false;
    const auto end = expression_end(s_, at_ + 1);
    if (!end || !expression_is_valid(s_.substr(at_ + 1, *end - at_ - 1), grammar_)) return false;
    at_ = *end;
    if (s_[at_] == '=') {
      ++at_;
      while (at_ < s_.size() && text::is_space(static_cast<unsigned char>(s_[at_]))) ++at_;
    }
    if (at_ < s_.size() && s_[at_] == '!') {
      if (at_ + 1 >= s_.size()) return false;
      const char conversion = s_[at_ + 1];
      if (conversion != 's' && conversion != 'r' && conversion != 'a') return false;
      at_ += 2;
    }
    if (at_ < s_.size() && s_[at_] == ':') {
      ++at_;
      if (!parse(level + 1)) return false;
    }
    if (at_ >= s_.size() || s_[at_] != '}') return false;
    ++at_;
    return true;
  }

  std::string_view s_;
  bool raw_;
  const Grammar& grammar_;
  std::size_t at_ = 0;
};

}  // namespace

bool old_fstring_is_valid(std::string_view contents, bool raw, const Grammar& grammar) {
  return OldFstring(contents, raw, grammar).parse(0);
}

}  // namespace pyexc::traceback::syntax
