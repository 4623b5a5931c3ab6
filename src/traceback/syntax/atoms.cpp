// The atoms of an expression: names, literals and everything in brackets.

#include <algorithm>

#include "traceback/syntax/literals.hpp"
#include "traceback/syntax/parser.hpp"

namespace pyexc::traceback::syntax {

namespace {

bool all_ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::optional<NodeId> Parser::atom() {
  const Position from = start();
  const Token& token = peek();
  switch (token.kind) {
    case Kind::number: advance(); return other(from);
    case Kind::string:
    case Kind::fstring_start: return strings();
    case Kind::name: {
      const bool constant = token.text == "True" || token.text == "False" || token.text == "None";
      if (!constant && token.keyword) return std::nullopt;
      advance();
      const auto id = other(from);
      Node& node = nodes_[*id];
      if (!constant) {
        node.kind = NodeKind::name;
        node.target = TargetKind::single;
        node.deletable = true;
      }
      return id;
    }
    case Kind::op: break;
    default: return std::nullopt;
  }
  if (token.text == "(") return parenthesized();
  if (token.text == "[") return bracketed();
  if (token.text == "{") return braced();
  if (token.text != "...") return std::nullopt;
  advance();
  return other(from);
}

std::optional<NodeId> Parser::parenthesized() {
  const Position from = start();
  advance();
  if (take_op(")")) {
    const auto tuple = other(from);
    nodes_[*tuple].target = TargetKind::sequence;
    nodes_[*tuple].deletable = true;
    return tuple;
  }
  if (at_word("yield")) {
    const auto value = yield();
    return value && take_op(")") ? value : std::nullopt;
  }
  const auto first = star_named_expression();
  if (!first) return first;
  const bool starred = nodes_[*first].kind == NodeKind::starred;
  if (at_for()) {
    if (starred && !grammar_.unpack_in_comprehension) return std::nullopt;
    if (!for_if_clauses() || !take_op(")")) return std::nullopt;
    const auto generator = other(from);
    nodes_[*generator].kind = NodeKind::generator;
    return generator;
  }
  if (take_op(")")) return starred ? std::nullopt : first;  // the node without its parentheses
  const auto is_target = [this](NodeId id) {
    return nodes_[id].target != TargetKind::none || nodes_[id].starred_target;
  };
  bool targets = is_target(*first);
  bool deletable = nodes_[*first].deletable;
  while (take_op(",")) {
    if (at_op(")")) break;
    const auto item = star_named_expression();
    if (!item) return item;
    targets = targets && is_target(*item);
    deletable = deletable && nodes_[*item].deletable;
  }
  if (!take_op(")")) return std::nullopt;
  const auto tuple = other(from);
  if (targets) nodes_[*tuple].target = TargetKind::sequence;
  nodes_[*tuple].deletable = deletable;
  return tuple;
}

std::optional<NodeId> Parser::bracketed() {
  const Position from = start();
  advance();
  bool targets = true;
  bool deletable = true;
  for (bool first = true; !at_op("]"); first = false) {
    const auto item = star_named_expression();
    if (!item) return item;
    const bool starred = nodes_[*item].kind == NodeKind::starred;
    if (first && at_for()) {
      if (starred && !grammar_.unpack_in_comprehension) return std::nullopt;
      if (!for_if_clauses() || !take_op("]")) return std::nullopt;
      return other(from);
    }
    targets = targets && (nodes_[*item].target != TargetKind::none || nodes_[*item].starred_target);
    deletable = deletable && nodes_[*item].deletable;
    if (!take_op(",")) break;
  }
  if (!take_op("]")) return std::nullopt;
  const auto list = other(from);
  if (targets) nodes_[*list].target = TargetKind::sequence;
  nodes_[*list].deletable = deletable;
  return list;
}

std::optional<NodeId> Parser::braced() {
  const Position from = start();
  advance();
  enum class Holds : std::uint8_t { unknown, pairs, items } holds = Holds::unknown;
  for (bool first = true; !at_op("}"); first = false) {
    bool starred = false;
    if (take_op("**")) {
      if (holds == Holds::items || !bitwise_or()) return std::nullopt;
      holds = Holds::pairs;
      starred = true;
    } else {
      const bool named = at_name() && at_op(":=", 1);
      const auto item = star_named_expression();
      if (!item) return item;
      starred = nodes_[*item].kind == NodeKind::starred;
      if (at_op(":") && !starred && !named) {
        advance();
        if (holds == Holds::items || !expression()) return std::nullopt;
        holds = Holds::pairs;
      } else {
        if (holds == Holds::pairs) return std::nullopt;
        holds = Holds::items;
      }
    }
    if (first && at_for()) {
      if (starred && !grammar_.unpack_in_comprehension) return std::nullopt;
      if (!for_if_clauses() || !take_op("}")) return std::nullopt;
      return other(from);
    }
    if (!take_op(",")) break;
  }
  return take_op("}") ? other(from) : std::nullopt;
}

std::optional<NodeId> Parser::strings() {
  const Position from = start();
  bool any_bytes = false;
  bool any_text = false;
  bool any_template = false;
  while (at_kind(Kind::string) || at_kind(Kind::fstring_start)) {
    if (at_kind(Kind::fstring_start)) {
      bool tstring = false;
      if (!fstring(tstring)) return std::nullopt;
      (tstring ? any_template : any_text) = true;
      continue;
    }
    const StringParts parts = string_parts(peek().text);
    (parts.bytes ? any_bytes : any_text) = true;
    if (parts.formatted) {
      if (!old_fstring_is_valid(parts.contents, parts.raw, grammar_)) return std::nullopt;
    } else if (!parts.raw && !escapes_are_valid(parts.contents, parts.bytes)) {
      return std::nullopt;
    }
    if (parts.bytes && !all_ascii(parts.contents)) return std::nullopt;
    advance();
  }
  if (static_cast<int>(any_bytes) + static_cast<int>(any_text) + static_cast<int>(any_template) > 1) {
    return std::nullopt;
  }
  return other(from);
}

bool Parser::fstring(bool& tstring) {
  tstring = peek().tstring;
  advance();
  while (!at_kind(Kind::fstring_end)) {
    if (at_kind(Kind::fstring_middle)) {
      advance();
    } else if (!replacement_field()) {
      return false;
    }
  }
  advance();
  return true;
}

bool Parser::replacement_field() {
  if (!take_op("{") || !yield_or_star_expressions()) return false;
  take_op("=");
  if (at_op("!")) {
    const Position after = peek().end;
    advance();
    if (!at_kind(Kind::name) || peek().start != after) return false;
    const auto conversion = peek().text;
    if (conversion != "s" && conversion != "r" && conversion != "a") return false;
    advance();
  }
  if (take_op(":")) {
    while (!at_op("}")) {
      if (at_kind(Kind::fstring_middle)) {
        advance();
      } else if (!replacement_field()) {
        return false;
      }
    }
  }
  return take_op("}");
}

}  // namespace pyexc::traceback::syntax
