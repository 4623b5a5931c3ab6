#include "traceback/syntax/parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "traceback/syntax/literals.hpp"

namespace pyexc::traceback::syntax {

namespace {

constexpr int max_depth = 600;
constexpr int max_unary = 1'500;  // CPython's parser gives up on them too, a little later

const Token end_token{};

}  // namespace

/// One level of nesting, counted: source that nests deeper than anybody writes is refused, not
/// followed into the end of our stack.
struct Parser::Depth {
  explicit Depth(Parser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Depth() { --parser_.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  [[nodiscard]] bool too_deep() const { return parser_.depth_ > max_depth; }

 private:
  Parser& parser_;
};

const Token& Parser::peek(std::size_t ahead) const {
  farthest_ = std::max(farthest_, at_ + ahead);
  return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : end_token;
}

bool Parser::at_op(std::string_view text, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == Kind::op && token.text == text;
}

bool Parser::at_word(std::string_view text, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == Kind::name && token.text == text;
}

bool Parser::at_name(std::size_t ahead) const {
  const Token& token = peek(ahead);
  return token.kind == Kind::name && !token.keyword;
}

void Parser::advance() {
  if (at_ < tokens_.size()) ++at_;
}

bool Parser::take_op(std::string_view text) {
  if (!at_op(text)) return false;
  advance();
  return true;
}

bool Parser::take_word(std::string_view text) {
  if (!at_word(text)) return false;
  advance();
  return true;
}

std::optional<NodeId> Parser::make(Node node) {
  nodes_.push_back(node);
  return static_cast<NodeId>(nodes_.size() - 1);
}

std::optional<NodeId> Parser::other(Position from) {
  Node node;
  node.start = from;
  node.end = end();
  return make(node);
}

std::optional<NodeId> Parser::binary(NodeId left, NodeId right, Position from) {
  Node node;
  node.kind = NodeKind::binary;
  node.start = from;
  node.end = end();
  node.left = left;
  node.right = right;
  return make(node);
}

std::optional<NodeId> Parser::star_expression(bool named) {
  const Position from = start();
  if (!take_op("*")) return named ? named_expression() : expression();
  const auto operand = bitwise_or();
  if (!operand) return operand;
  Node node;
  node.kind = NodeKind::starred;
  node.start = from;
  node.end = end();
  const Node& of = nodes_[*operand];
  node.starred_target = of.target != TargetKind::none && !of.starred_target;
  return make(node);
}

std::optional<NodeId> Parser::star_named_expression() { return star_expression(true); }

/// One expression, or a tuple of several without brackets around it.
std::optional<NodeId> Parser::sequence(bool named) {
  const Position from = start();
  const auto first = star_expression(named);
  if (!first || !at_op(",")) return first;
  bool targets = nodes_[*first].target != TargetKind::none || nodes_[*first].starred_target;
  while (take_op(",")) {
    const Token& next = peek();
    const bool closes =
        next.kind == Kind::newline || next.kind == Kind::end || next.kind == Kind::fstring_middle ||
        (next.kind == Kind::op && (next.text == ")" || next.text == "]" || next.text == "}" || next.text == "=" ||
                                   next.text == ":" || next.text == ";" || next.text == "!" ||
                                   next.text.ends_with("="))) ||
        (next.kind == Kind::name && (next.text == "in" || next.text == "for"));
    if (closes) break;
    const auto item = star_expression(named);
    if (!item) return item;
    targets = targets && (nodes_[*item].target != TargetKind::none || nodes_[*item].starred_target);
  }
  const auto tuple = other(from);
  if (targets) nodes_[*tuple].target = TargetKind::sequence;
  return tuple;
}

std::optional<NodeId> Parser::star_expressions() { return sequence(false); }

std::optional<NodeId> Parser::yield_or_star_expressions() {
  return at_word("yield") ? yield() : star_expressions();
}

std::optional<NodeId> Parser::yield() {
  const Position from = start();
  if (!take_word("yield")) return std::nullopt;
  if (!context.function) uncompilable = true;
  if (take_word("from")) {
    if (!expression()) return std::nullopt;
    return other(from);
  }
  const Token& next = peek();
  const bool nothing = next.kind == Kind::newline || next.kind == Kind::end || next.kind == Kind::fstring_middle ||
                       (next.kind == Kind::op && (next.text == ")" || next.text == "]" || next.text == "}" ||
                                                  next.text == "=" || next.text == ";" || next.text == ":" ||
                                                  next.text == "!"));
  if (!nothing && !star_expressions()) return std::nullopt;
  return other(from);
}

std::optional<NodeId> Parser::named_expression() {
  if (at_name() && at_op(":=", 1)) {
    const Position from = start();
    advance();
    advance();
    if (!expression()) return std::nullopt;
    return other(from);
  }
  const auto value = expression();
  if (value && at_op(":=")) return std::nullopt;
  return value;
}

std::optional<NodeId> Parser::expression() {
  const Depth depth(*this);
  if (depth.too_deep()) return std::nullopt;
  if (at_word("lambda")) return lambda();
  const Position from = start();
  const auto value = disjunction();
  if (!value || !take_word("if")) return value;
  if (!disjunction() || !take_word("else") || !expression()) return std::nullopt;
  return other(from);
}

std::optional<NodeId> Parser::lambda() {
  const Position from = start();
  advance();
  if (!parameters(false, ":") || !take_op(":")) return std::nullopt;
  const Context outer = std::exchange(context, Context{true, false, false, context.functions});
  const auto body = expression();
  context = outer;
  return body ? other(from) : std::nullopt;
}

std::optional<NodeId> Parser::disjunction() {
  const Position from = start();
  const auto first = conjunction();
  if (!first || !at_word("or")) return first;
  while (take_word("or")) {
    if (!conjunction()) return std::nullopt;
  }
  return other(from);
}

std::optional<NodeId> Parser::conjunction() {
  const Position from = start();
  const auto first = inversion();
  if (!first || !at_word("and")) return first;
  while (take_word("and")) {
    if (!inversion()) return std::nullopt;
  }
  return other(from);
}

std::optional<NodeId> Parser::inversion() {
  if (!at_word("not")) return comparison();
  const Position from = start();
  for (int operators = 0; take_word("not"); ++operators) {
    if (operators > max_unary) return std::nullopt;
  }
  if (!comparison()) return std::nullopt;
  return other(from);
}

bool Parser::comparison_operator() {
  for (const std::string_view op : {"==", "!=", "<", ">", "<=", ">="}) {
    if (take_op(op)) return true;
  }
  if (take_word("in")) return true;
  if (at_word("not") && at_word("in", 1)) {
    advance();
    advance();
    return true;
  }
  if (!take_word("is")) return false;
  take_word("not");
  return true;
}

std::optional<NodeId> Parser::comparison() {
  const Position from = start();
  const auto first = bitwise_or();
  if (!first || !comparison_operator()) return first;
  do {
    if (!bitwise_or()) return std::nullopt;
  } while (comparison_operator());
  return other(from);
}

/// Operands with binary operators between them that bind at least as tight as `loosest`.
std::optional<NodeId> Parser::operands(int loosest) {
  const Position from = start();
  auto left = factor();
  while (left && peek().binding >= loosest) {
    const int binding = peek().binding;
    advance();
    const auto right = operands(binding + 1);
    if (!right) return right;
    left = binary(*left, *right, from);
  }
  return left;
}

std::optional<NodeId> Parser::factor() {
  if (!at_op("+") && !at_op("-") && !at_op("~")) return power();
  const Position from = start();
  for (int operators = 0; take_op("+") || take_op("-") || take_op("~"); ++operators) {
    if (operators > max_unary) return std::nullopt;
  }
  if (!power()) return std::nullopt;
  return other(from);
}

std::optional<NodeId> Parser::power() {
  const Depth depth(*this);
  if (depth.too_deep()) return std::nullopt;
  const Position from = start();
  std::optional<NodeId> base;
  if (take_word("await")) {
    if (!context.async) uncompilable = true;
    if (!primary()) return std::nullopt;
    base = other(from);
  } else {
    base = primary();
  }
  if (!base || !take_op("**")) return base;
  const auto exponent = factor();
  if (!exponent) return exponent;
  return binary(*base, *exponent, from);
}

std::optional<NodeId> Parser::primary() {
  const Position from = start();
  auto value = atom();
  while (value) {
    Node node;
    node.start = from;
    node.left = *value;
    if (take_op(".")) {
      if (!at_name()) return std::nullopt;
      advance();
      node.target = TargetKind::single;
      node.deletable = true;
    } else if (take_op("(")) {
      node.kind = NodeKind::call;
      if (!arguments() || !take_op(")")) return std::nullopt;
    } else if (take_op("[")) {
      node.kind = NodeKind::subscript;
      node.target = TargetKind::single;
      node.deletable = true;
      const auto index = slices();
      if (!index || !take_op("]")) return std::nullopt;
      node.right = *index;
    } else {
      return value;
    }
    node.end = end();
    value = make(node);
  }
  return value;
}

std::optional<NodeId> Parser::slice() {
  const Position from = start();
  std::optional<NodeId> value;
  const auto at_bound = [this] { return !at_op(":") && !at_op("]") && !at_op(","); };
  if (!at_op(":")) {
    const bool named = at_name() && at_op(":=", 1);
    value = named_expression();
    if (!value || !at_op(":")) return value;
    if (named) return std::nullopt;
  }
  advance();
  if (at_bound() && !expression()) return std::nullopt;
  if (take_op(":") && at_bound() && !expression()) return std::nullopt;
  return other(from);
}

std::optional<NodeId> Parser::slices() {
  const Position from = start();
  bool tuple = false;
  std::optional<NodeId> first;
  for (;;) {
    std::optional<NodeId> item;
    if (take_op("*")) {
      tuple = true;
      item = expression();
    } else {
      item = slice();
    }
    if (!item) return item;
    if (!first) first = item;
    if (!take_op(",")) break;
    tuple = true;
    if (at_op("]")) break;
  }
  return tuple ? other(from) : first;
}

bool Parser::arguments() {
  bool keyword = false;
  bool double_star = false;
  for (bool first = true; !at_op(")"); first = false) {
    if (take_op("**")) {
      double_star = true;
      if (!expression()) return false;
    } else if (at_op("*")) {
      if (double_star) return false;
      advance();
      if (!expression()) return false;
      if (grammar_.unpack_in_comprehension && first && at_for()) return for_if_clauses() && at_op(")");
    } else if (at_name() && at_op("=", 1)) {
      advance();
      advance();
      keyword = true;
      if (!expression()) return false;
    } else {
      if (keyword || double_star) return false;
      if (!named_expression() || at_op("=")) return false;
      if (first && at_for()) return for_if_clauses() && at_op(")");
    }
    if (!take_op(",")) break;
  }
  return true;
}

bool Parser::parameters(bool annotations, std::string_view close) {
  bool defaults = false;
  bool slash = false;
  bool star = false;
  bool bare_star = false;  // and nothing named after it yet
  bool any = false;
  while (!at_op(close)) {
    const auto name = [&](bool starred) {
      if (!at_name()) return false;
      advance();
      if (!annotations || !take_op(":")) return true;
      return (starred ? star_named_annotation() : expression()).has_value();
    };
    if (take_op("**")) {
      if (bare_star || !name(false)) return false;
      take_op(",");
      return at_op(close);
    }
    if (take_op("/")) {
      if (slash || star || !any) return false;
      slash = true;
    } else if (take_op("*")) {
      if (star) return false;
      star = true;
      if (at_op(",")) {
        bare_star = true;
      } else if (!name(true)) {
        return false;
      }
    } else {
      if (!name(false)) return false;
      any = true;
      bare_star = false;
      if (take_op("=")) {
        if (!expression()) return false;
        defaults = true;
      } else if (defaults && !star) {
        return false;
      }
    }
    if (!take_op(",")) break;
  }
  return !bare_star && at_op(close);
}

std::optional<NodeId> Parser::star_named_annotation() { return star_expression(false); }

std::optional<NodeId> Parser::star_targets() {
  const Position from = start();
  std::optional<NodeId> first;
  bool several = false;
  for (;;) {
    std::optional<NodeId> item;
    const Position item_from = start();
    if (take_op("*")) {
      item = primary();
      if (!item || nodes_[*item].target == TargetKind::none) return std::nullopt;
      item = other(item_from);
      nodes_[*item].starred_target = true;
    } else {
      item = primary();
      if (!item || nodes_[*item].target == TargetKind::none) return std::nullopt;
    }
    if (!first) first = item;
    if (!take_op(",")) break;
    several = true;
    if (at_word("in") || at_op("=") || at_op(")") || at_op("]")) break;
  }
  if (!several) return first;
  const auto tuple = other(from);
  nodes_[*tuple].target = TargetKind::sequence;
  return tuple;
}

bool Parser::at_for() const { return at_word("for") || (at_word("async") && at_word("for", 1)); }

bool Parser::for_if_clauses() {
  if (!at_for()) return false;
  while (at_for()) {
    take_word("async");
    advance();
    if (!star_targets() || !take_word("in") || !disjunction()) return false;
    while (take_word("if")) {
      if (!disjunction()) return false;
    }
  }
  return true;
}

}  // namespace pyexc::traceback::syntax
