#pragma once
// Expressions of Python, parsed as far as the traceback module looks into ast.parse()'s answer: the
// kind and extent of the outermost nodes, and whether there is an answer at all. Statements are in
// statements.hpp.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback::syntax {

enum class NodeKind : std::uint8_t { name, binary, subscript, call, starred, generator, other };

/// What for, del and = accept on their left.
enum class TargetKind : std::uint8_t { none, single, sequence };

struct Node {
  NodeKind kind = NodeKind::other;
  TargetKind target = TargetKind::none;
  bool starred_target = false;  ///< *target
  bool deletable = false;
  Position start;
  Position end;
  std::uint32_t left = 0;   ///< binary: left operand; subscript, call: what is before the bracket
  std::uint32_t right = 0;  ///< binary: right operand; subscript: what is between the brackets
};

using NodeId = std::uint32_t;

/// Reads tokens from the front. Every function returns nothing where the grammar does not match; then
/// the whole parse has failed, except where a function says that it looks ahead.
class Parser {
 public:
  Parser(std::span<const Token> tokens, const Grammar& grammar) : tokens_(tokens), grammar_(grammar) {
    nodes_.reserve(tokens.size());
  }

  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool at_op(std::string_view text, std::size_t ahead = 0) const;
  [[nodiscard]] bool at_word(std::string_view text, std::size_t ahead = 0) const;
  /// A name that is no keyword.
  [[nodiscard]] bool at_name(std::size_t ahead = 0) const;
  [[nodiscard]] bool at_kind(Kind kind) const { return peek().kind == kind; }
  bool take_op(std::string_view text);
  bool take_word(std::string_view text);
  void advance();
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  void rewind(std::size_t position) noexcept {
    at_ = position;
    uncompilable = false;
  }
  /// The farthest token that was looked at: a text that ran out failed there.
  [[nodiscard]] std::size_t farthest() const noexcept { return farthest_; }

  /// What the statements around an expression decide: where yield and await may stand. The compiler
  /// checks it, the grammar does not.
  struct Context {
    bool function = false;
    bool async = false;
    bool loop = false;
    int functions = 0;  ///< how many are around it
  };
  Context context;
  bool uncompilable = false;  ///< the grammar matches, the compiler would refuse it

  std::optional<NodeId> star_expressions();
  std::optional<NodeId> expression();
  std::optional<NodeId> named_expression();
  std::optional<NodeId> star_named_expression();
  std::optional<NodeId> yield_or_star_expressions();
  std::optional<NodeId> bitwise_or() { return operands(0); }
  std::optional<NodeId> primary();
  /// Comma-separated targets, as for, = and with take them.
  std::optional<NodeId> star_targets();
  bool arguments();
  /// Parameters up to the bracket or colon that closes them.
  bool parameters(bool annotations, std::string_view close);

  struct Depth;

 private:
  friend struct Depth;
  std::optional<NodeId> make(Node node);
  [[nodiscard]] Position start() const { return peek().start; }
  [[nodiscard]] Position end() const { return at_ == 0 ? Position() : tokens_[at_ - 1].end; }
  std::optional<NodeId> other(Position from);
  std::optional<NodeId> binary(NodeId left, NodeId right, Position from);

  std::optional<NodeId> star_expression(bool named);
  std::optional<NodeId> star_named_annotation();
  std::optional<NodeId> sequence(bool named);
  std::optional<NodeId> disjunction();
  std::optional<NodeId> conjunction();
  std::optional<NodeId> inversion();
  std::optional<NodeId> comparison();
  bool comparison_operator();
  std::optional<NodeId> operands(int loosest);
  std::optional<NodeId> factor();
  std::optional<NodeId> power();
  std::optional<NodeId> atom();
  std::optional<NodeId> parenthesized();
  std::optional<NodeId> bracketed();
  std::optional<NodeId> braced();
  std::optional<NodeId> lambda();
  std::optional<NodeId> yield();
  std::optional<NodeId> strings();
  bool fstring(bool& tstring);
  bool replacement_field();
  std::optional<NodeId> slices();
  std::optional<NodeId> slice();
  bool for_if_clauses();
  [[nodiscard]] bool at_for() const;

  std::span<const Token> tokens_;
  const Grammar& grammar_;
  std::size_t at_ = 0;
  mutable std::size_t farthest_ = 0;
  int depth_ = 0;
  std::vector<Node> nodes_;
};

/// The f-string contents of versions without fstring_tokens.
[[nodiscard]] bool old_fstring_is_valid(std::string_view contents, bool raw, const Grammar& grammar);

}  // namespace pyexc::traceback::syntax
