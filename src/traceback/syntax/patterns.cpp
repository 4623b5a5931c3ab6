// What stands between case and ':'.

#include "traceback/syntax/statement_parser.hpp"

namespace pyexc::traceback::syntax {

bool StatementParser::patterns() {
  bool starred = p_.at_op("*");
  if (!maybe_star_pattern()) return false;
  while (p_.take_op(",")) {
    starred = false;
    if (p_.at_op(":") || p_.at_word("if")) break;
    if (!maybe_star_pattern()) return false;
  }
  return !starred;
}

bool StatementParser::maybe_star_pattern() {
  if (!p_.take_op("*")) return pattern();
  if (!p_.at_name()) return false;
  p_.advance();
  return true;
}

bool StatementParser::pattern() {
  const DepthGuard guard(*this);
  if (guard.too_deep()) return false;
  do {
    if (!closed_pattern()) return false;
  } while (p_.take_op("|"));
  if (!p_.take_word("as")) return true;
  if (!p_.at_name() || p_.at_word("_")) return false;
  p_.advance();
  return !p_.at_op(".") && !p_.at_op("(") && !p_.at_op("=");
}

/// -1, 1, 1+2j: numbers with a sign, or a complex one.
bool StatementParser::number_pattern() {
  p_.take_op("-");
  if (!p_.at_kind(Kind::number)) return false;
  p_.advance();
  if (!p_.take_op("+") && !p_.take_op("-")) return true;
  if (!p_.at_kind(Kind::number)) return false;
  const char last = p_.peek().text.back();
  p_.advance();
  return last == 'j' || last == 'J';
}

bool StatementParser::closed_pattern() {
  if (p_.at_op("-") || p_.at_kind(Kind::number)) return number_pattern();
  if (p_.at_kind(Kind::string) || p_.at_kind(Kind::fstring_start)) return p_.primary().has_value();
  if (p_.take_op("(")) return sequence_pattern(")");
  if (p_.take_op("[")) return sequence_pattern("]");
  if (p_.take_op("{")) return mapping_pattern();
  if (p_.take_word("None") || p_.take_word("True") || p_.take_word("False")) return true;
  if (!p_.at_name()) return false;
  p_.advance();
  while (p_.take_op(".")) {
    if (!p_.at_name()) return false;
    p_.advance();
  }
  return !p_.take_op("(") || class_pattern();
}

bool StatementParser::sequence_pattern(std::string_view close) {
  bool comma = false;
  bool starred = false;
  while (!p_.at_op(close)) {
    starred = starred || p_.at_op("*");
    if (!maybe_star_pattern()) return false;
    if (!p_.take_op(",")) break;
    comma = true;
  }
  return p_.take_op(close) && (close == "]" || comma || !starred);
}

bool StatementParser::mapping_pattern() {
  while (!p_.at_op("}")) {
    if (p_.take_op("**")) {
      if (!p_.at_name()) return false;
      p_.advance();
      p_.take_op(",");
      break;
    }
    if (p_.at_op("(") || p_.at_op("[") || p_.at_op("{") || !closed_pattern() || !p_.take_op(":") || !pattern()) {
      return false;
    }
    if (!p_.take_op(",")) break;
  }
  return p_.take_op("}");
}

bool StatementParser::class_pattern() {
  bool keyword = false;
  while (!p_.at_op(")")) {
    if (p_.at_name() && p_.at_op("=", 1)) {
      p_.advance();
      p_.advance();
      keyword = true;
    } else if (keyword) {
      return false;
    }
    if (!pattern()) return false;
    if (!p_.take_op(",")) break;
  }
  return p_.take_op(")");
}

}  // namespace pyexc::traceback::syntax
