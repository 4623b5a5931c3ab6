#include "traceback/syntax/statements.hpp"

#include <algorithm>
#include <array>

#include "traceback/syntax/statement_parser.hpp"

namespace pyexc::traceback::syntax {

namespace {

constexpr std::array<std::string_view, 13> augmented = {"+=", "-=", "*=",  "@=",  "/=",  "%=",  "&=",
                                                        "|=", "^=", "<<=", ">>=", "**=", "//="};

}  // namespace

Module StatementParser::run() {
  bool right = true;
  while (right && !p_.at_kind(Kind::end)) right = statement();
  if (right && !lexed_.failed) {
    facts_.valid = true;
    facts_.uncompilable = p_.uncompilable;
    return facts_;
  }
  // The text ended too early if the parser was stopped by its end, and by nothing before it.
  Module failed;
  failed.ran_out = lexed_.failed ? lexed_.ran_out && p_.farthest() >= lexed_.tokens.size()
                                 : p_.farthest() >= lexed_.end_index;
  return failed;
}

bool StatementParser::statement() {
  ++inside_;
  const auto whole = compound();
  --inside_;
  if (!whole) return simple_line();
  if (inside_ == 0 && ++facts_.statements == 1) facts_.first = Module::First::other;
  return *whole;
}

/// Simple statements with ';' between them.
bool StatementParser::simple_line() {
  do {
    if (p_.at_kind(Kind::newline)) break;
    if (!simple()) return false;
    if (inside_ == 0 && ++facts_.statements == 1 && facts_.first == Module::First::none) {
      facts_.first = Module::First::other;
    }
  } while (p_.take_op(";"));
  if (!p_.at_kind(Kind::newline)) return false;
  p_.advance();
  return true;
}

void StatementParser::remember(Module::First first, NodeId value) {
  if (inside_ != 0 || facts_.statements != 0) return;
  facts_.first = first;
  facts_.value = p_.node(value);
  facts_.left = p_.node(facts_.value.left);
  facts_.right = p_.node(facts_.value.right);
}

bool StatementParser::simple() {
  const std::string_view word = p_.at_kind(Kind::name) ? p_.peek().text : std::string_view();
  if (word == "return") {
    p_.advance();
    if (!p_.context.function) p_.uncompilable = true;
    if (at_statement_end()) return true;
    const auto value = p_.star_expressions();
    if (value) remember(Module::First::return_value, *value);
    return value.has_value();
  }
  if (word == "pass" || word == "break" || word == "continue") {
    p_.advance();
    if (word != "pass" && !p_.context.loop) p_.uncompilable = true;
    return true;
  }
  if (word == "import" || word == "from") return import_statement();
  if (word == "lazy" && grammar_.lazy_imports && (p_.at_word("import", 1) || p_.at_word("from", 1))) {
    p_.advance();
    return import_statement();
  }
  if (word == "raise") {
    p_.advance();
    if (at_statement_end()) return true;
    return p_.expression() && (!p_.take_word("from") || p_.expression());
  }
  if (word == "del") return delete_targets();
  if (word == "assert") {
    p_.advance();
    return p_.expression() && (!p_.take_op(",") || p_.expression());
  }
  // A function around this one may bind the name; without one there is nothing to refer to.
  if (word == "nonlocal" && p_.context.functions < 2) p_.uncompilable = true;
  if (word == "global" || word == "nonlocal") return names();
  if (word == "type" && grammar_.type_statement && p_.at_name(1)) return type_alias();
  return expression_or_assignment();
}

bool StatementParser::expression_or_assignment() {
  const bool yields = p_.at_word("yield");
  const auto first = p_.yield_or_star_expressions();
  if (!first) return false;
  const Node node = p_.node(*first);
  if (p_.take_op(":")) {
    if (node.target != TargetKind::single || !p_.expression()) return false;
    if (!p_.take_op("=")) return true;
    return p_.yield_or_star_expressions().has_value();
  }
  if (p_.at_op("=")) return !yields && assignment_values(*first);
  if (p_.at_kind(Kind::op) &&
      std::find(augmented.begin(), augmented.end(), p_.peek().text) != augmented.end()) {
    p_.advance();
    return node.target == TargetKind::single && p_.yield_or_star_expressions();
  }
  if (node.kind == NodeKind::starred) p_.uncompilable = true;
  remember(Module::First::expression, *first);
  return true;
}

bool StatementParser::assignment_values(NodeId first) {
  NodeId left = first;
  std::size_t targets = 0;
  bool yields = false;
  while (p_.take_op("=")) {
    const Node& node = p_.node(left);
    if (yields || (node.target == TargetKind::none && !node.starred_target)) return false;
    ++targets;
    yields = p_.at_word("yield");
    const auto value = p_.yield_or_star_expressions();
    if (!value) return false;
    left = *value;
  }
  remember(Module::First::assignment, left);
  if (inside_ == 0 && facts_.statements == 0) facts_.one_name = targets == 1 && p_.node(first).kind == NodeKind::name;
  return true;
}

bool StatementParser::type_alias() {
  p_.advance();
  p_.advance();
  if (p_.at_op("[") && !type_parameters()) return false;
  return p_.take_op("=") && p_.expression();
}

bool StatementParser::type_parameters() {
  p_.advance();
  do {
    if (p_.at_op("]")) break;
    const bool starred = p_.take_op("*");
    const bool double_starred = !starred && p_.take_op("**");
    if (!p_.at_name()) return false;
    p_.advance();
    if (!starred && !double_starred && p_.take_op(":") && !p_.expression()) return false;
    if (!grammar_.type_parameter_defaults || !p_.take_op("=")) continue;
    if (starred && p_.take_op("*")) {
      if (!p_.bitwise_or()) return false;
    } else if (!p_.expression()) {
      return false;
    }
  } while (p_.take_op(","));
  return p_.take_op("]");
}

bool StatementParser::dotted_name() {
  do {
    if (!p_.at_name()) return false;
    p_.advance();
  } while (p_.take_op("."));
  return true;
}

bool StatementParser::as_name() {
  if (!p_.take_word("as")) return true;
  if (!p_.at_name()) return false;
  p_.advance();
  return true;
}

bool StatementParser::import_statement() {
  if (p_.take_word("import")) {
    do {
      if (!dotted_name() || !as_name()) return false;
    } while (p_.take_op(","));
    return true;
  }
  return import_from();
}

bool StatementParser::import_from() {
  p_.advance();
  bool dots = false;
  while (p_.take_op(".") || p_.take_op("...")) dots = true;
  if (!(dots && p_.at_word("import")) && !dotted_name()) return false;
  if (!p_.take_word("import")) return false;
  if (p_.take_op("*")) return true;
  const bool parenthesized = p_.take_op("(");
  for (;;) {
    if (!p_.at_name()) return false;
    p_.advance();
    if (!as_name()) return false;
    if (!p_.take_op(",")) break;
    if (parenthesized && p_.at_op(")")) break;
  }
  return !parenthesized || p_.take_op(")");
}

bool StatementParser::names() {
  p_.advance();
  do {
    if (!p_.at_name()) return false;
    p_.advance();
  } while (p_.take_op(","));
  return true;
}

bool StatementParser::delete_targets() {
  p_.advance();
  for (;;) {
    const auto target = p_.primary();
    if (!target || !p_.node(*target).deletable) return false;
    if (!p_.take_op(",") || at_statement_end()) break;
  }
  return at_statement_end();
}

Module parse_module(std::string_view source, const Grammar& grammar) {
  const Lexed lexed = lex(source, grammar);
  return StatementParser(lexed, grammar).run();
}

}  // namespace pyexc::traceback::syntax
