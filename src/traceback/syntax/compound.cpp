// Statements that hold other statements.

#include <utility>

#include "traceback/syntax/statement_parser.hpp"

namespace pyexc::traceback::syntax {

bool StatementParser::block() {
  if (!p_.take_op(":")) return false;
  if (!p_.at_kind(Kind::newline)) return simple_line();
  p_.advance();
  if (!p_.at_kind(Kind::indent)) return false;
  p_.advance();
  const DepthGuard guard(*this);
  if (guard.too_deep()) return false;
  do {
    if (!statement()) return false;
  } while (!p_.at_kind(Kind::dedent));
  p_.advance();
  return true;
}

bool StatementParser::block_in(Parser::Context context) {
  const Parser::Context outer = std::exchange(p_.context, context);
  const bool right = block();
  p_.context = outer;
  return right;
}

bool StatementParser::loop_block() {
  Parser::Context context = p_.context;
  context.loop = true;
  return block_in(context);
}

std::optional<bool> StatementParser::compound() {
  if (p_.at_op("@")) return decorated();
  if (!p_.at_kind(Kind::name)) return std::nullopt;
  const std::string_view word = p_.peek().text;
  if (word == "if") return if_statement();
  if (word == "while") {
    p_.advance();
    return p_.named_expression() && loop_block() && else_block();
  }
  if (word == "for") return for_statement(false);
  if (word == "with") return with_statement(false);
  if (word == "try") return try_statement();
  if (word == "def") return function(false);
  if (word == "class") return class_definition();
  if (word == "async") {
    p_.advance();
    if (p_.at_word("def")) return function(true);
    if (p_.at_word("for")) return for_statement(true);
    if (p_.at_word("with")) return with_statement(true);
    return false;
  }
  if (word != "match") return std::nullopt;
  const std::size_t before = p_.position();
  if (match_statement()) return true;
  p_.rewind(before);
  return std::nullopt;
}

bool StatementParser::else_block() {
  if (!p_.take_word("else")) return true;
  return block();
}

bool StatementParser::if_statement() {
  do {
    p_.advance();
    if (!p_.named_expression() || !block()) return false;
  } while (p_.at_word("elif"));
  return else_block();
}

bool StatementParser::for_statement(bool async) {
  p_.advance();
  if (async && !p_.context.async) p_.uncompilable = true;
  return p_.star_targets() && p_.take_word("in") && p_.star_expressions() && loop_block() && else_block();
}

bool StatementParser::with_item() {
  if (!p_.expression()) return false;
  if (!p_.take_word("as")) return true;
  p_.take_op("*");
  const auto target = p_.primary();
  return target && p_.node(*target).target != TargetKind::none;
}

bool StatementParser::with_statement(bool async) {
  p_.advance();
  if (async && !p_.context.async) p_.uncompilable = true;
  const std::size_t before = p_.position();
  const auto items = [this](bool parenthesized) {
    do {
      if (parenthesized && p_.at_op(")")) break;
      if (!with_item()) return false;
    } while (p_.take_op(","));
    return !parenthesized || p_.take_op(")");
  };
  if (p_.take_op("(") && items(true) && p_.at_op(":")) return block();
  p_.rewind(before);
  return items(false) && block();
}

bool StatementParser::try_statement() {
  p_.advance();
  if (!block()) return false;
  bool handlers = false;
  bool starred = false;
  while (p_.take_word("except")) {
    const bool star = p_.take_op("*");
    if (handlers && star != starred) return false;
    handlers = true;
    starred = star;
    if (p_.at_op(":")) {
      if (star || !block()) return false;
      continue;
    }
    if (!p_.expression()) return false;
    if (p_.take_word("as")) {
      if (!p_.at_name()) return false;
      p_.advance();
    } else {
      while (grammar_.except_without_parentheses && p_.take_op(",")) {
        if (p_.at_op(":")) break;
        if (!p_.expression()) return false;
      }
    }
    if (!block()) return false;
  }
  if (handlers && !else_block()) return false;
  if (p_.take_word("finally")) return block();
  return handlers;
}

bool StatementParser::function(bool async) {
  p_.advance();
  if (!p_.at_name()) return false;
  p_.advance();
  if (grammar_.type_statement && p_.at_op("[") && !type_parameters()) return false;
  if (!p_.take_op("(") || !p_.parameters(true, ")") || !p_.take_op(")")) return false;
  if (p_.take_op("->") && !p_.expression()) return false;
  return block_in({true, async, false, p_.context.functions + 1});
}

bool StatementParser::class_definition() {
  p_.advance();
  if (!p_.at_name()) return false;
  p_.advance();
  if (grammar_.type_statement && p_.at_op("[") && !type_parameters()) return false;
  if (p_.take_op("(") && (!p_.arguments() || !p_.take_op(")"))) return false;
  return block_in({false, false, false, p_.context.functions});
}

bool StatementParser::decorated() {
  while (p_.take_op("@")) {
    if (!p_.named_expression() || !p_.at_kind(Kind::newline)) return false;
    p_.advance();
  }
  if (p_.at_word("class")) return class_definition();
  const bool async = p_.take_word("async");
  return p_.at_word("def") && function(async);
}

bool StatementParser::match_statement() {
  p_.advance();
  const auto first = p_.star_named_expression();
  if (!first) return false;
  bool tuple = false;
  while (p_.take_op(",")) {
    tuple = true;
    if (p_.at_op(":")) break;
    if (!p_.star_named_expression()) return false;
  }
  if (!tuple && p_.node(*first).kind == NodeKind::starred) return false;
  if (!p_.take_op(":") || !p_.at_kind(Kind::newline)) return false;
  p_.advance();
  if (!p_.at_kind(Kind::indent)) return false;
  p_.advance();
  do {
    if (!p_.take_word("case") || !patterns()) return false;
    if (p_.take_word("if") && !p_.named_expression()) return false;
    if (!block()) return false;
  } while (!p_.at_kind(Kind::dedent));
  p_.advance();
  return true;
}

}  // namespace pyexc::traceback::syntax
