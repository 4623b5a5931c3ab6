#include "traceback/syntax/statements.hpp"

#include <algorithm>
#include <array>

namespace pyexc::traceback::syntax {

namespace {

constexpr std::array<std::string_view, 13> augmented = {"+=", "-=", "*=",  "@=",  "/=",  "%=",  "&=",
                                                        "|=", "^=", "<<=", ">>=", "**=", "//="};

class Statements {
 public:
  Statements(const Lexed& lexed, const Grammar& grammar) : p_(lexed.tokens, grammar), grammar_(grammar) {}

  Module run() {
    Module module;
    facts_ = &module;
    while (!p_.at_kind(Kind::end)) {
      if (!simple_line()) return Module();
    }
    module.valid = true;
    return module;
  }

 private:
  /// Simple statements with ';' between them.
  bool simple_line() {
    do {
      if (p_.at_kind(Kind::newline)) break;
      if (!simple()) return false;
      if (++facts_->statements == 1 && facts_->first == Module::First::none) {
        facts_->first = Module::First::other;
      }
    } while (p_.take_op(";"));
    if (!p_.at_kind(Kind::newline)) return false;
    p_.advance();
    return true;
  }

  void remember(Module::First first, NodeId value) {
    if (facts_->statements != 0) return;
    facts_->first = first;
    facts_->value = p_.node(value);
    facts_->left = p_.node(facts_->value.left);
    facts_->right = p_.node(facts_->value.right);
  }

  [[nodiscard]] bool at_statement_end() const { return p_.at_kind(Kind::newline) || p_.at_op(";"); }

  bool simple();
  bool expression_or_assignment();
  bool assignment_values(NodeId first);
  bool type_alias();
  bool type_parameters();
  bool import_statement();
  bool import_from();
  bool dotted_name();
  bool as_name();
  bool names();
  bool delete_targets();

  Parser p_;
  const Grammar& grammar_;
  Module* facts_ = nullptr;
};

bool Statements::simple() {
  const std::string_view word = p_.at_kind(Kind::name) ? p_.peek().text : std::string_view();
  if (word == "return") {
    p_.advance();
    if (at_statement_end()) return true;
    const auto value = p_.star_expressions();
    if (value) remember(Module::First::return_value, *value);
    return value.has_value();
  }
  if (word == "pass" || word == "break" || word == "continue") {
    p_.advance();
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
  if (word == "global" || word == "nonlocal") return names();
  if (word == "type" && grammar_.type_statement && p_.at_name(1)) return type_alias();
  return expression_or_assignment();
}

bool Statements::expression_or_assignment() {
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
  remember(Module::First::expression, *first);
  return true;
}

bool Statements::assignment_values(NodeId first) {
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
  if (facts_->statements == 0) facts_->one_name = targets == 1 && p_.node(first).kind == NodeKind::name;
  return true;
}

bool Statements::type_alias() {
  p_.advance();
  p_.advance();
  if (p_.at_op("[") && !type_parameters()) return false;
  return p_.take_op("=") && p_.expression();
}

bool Statements::type_parameters() {
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

bool Statements::dotted_name() {
  do {
    if (!p_.at_name()) return false;
    p_.advance();
  } while (p_.take_op("."));
  return true;
}

bool Statements::as_name() {
  if (!p_.take_word("as")) return true;
  if (!p_.at_name()) return false;
  p_.advance();
  return true;
}

bool Statements::import_statement() {
  if (p_.take_word("import")) {
    do {
      if (!dotted_name() || !as_name()) return false;
    } while (p_.take_op(","));
    return true;
  }
  return import_from();
}

bool Statements::import_from() {
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

bool Statements::names() {
  p_.advance();
  do {
    if (!p_.at_name()) return false;
    p_.advance();
  } while (p_.take_op(","));
  return true;
}

bool Statements::delete_targets() {
  p_.advance();
  for (;;) {
    const auto target = p_.primary();
    if (!target || !p_.node(*target).deletable) return false;
    if (!p_.take_op(",") || at_statement_end()) break;
  }
  return at_statement_end();
}

}  // namespace

Module parse_module(std::string_view source, const Grammar& grammar) {
  const Lexed lexed = lex(source, grammar);
  if (lexed.failed) {
    Module module;
    module.ran_out = lexed.ran_out;
    return module;
  }
  return Statements(lexed, grammar).run();
}

}  // namespace pyexc::traceback::syntax
