#pragma once
// ast.parse() of a piece of source, told as the few facts that traceback.py asks of the tree.

#include <string_view>

#include "traceback/syntax/parser.hpp"

namespace pyexc::traceback::syntax {

struct Module {
  bool valid = false;    ///< ast.parse() gives a tree
  bool uncompilable = false;  ///< but compile() does not go on from there: 'return' outside a function
  bool ran_out = false;  ///< it does not, and only because the text ends too early
  std::size_t statements = 0;

  // The first statement.
  enum class First : std::uint8_t { none, expression, return_value, assignment, other };
  First first = First::none;
  Node value;  ///< of an expression, a return or an assignment
  Node left;   ///< Node::left of value, for binary, subscript and call
  Node right;  ///< Node::right of value, for binary and subscript
  bool one_name = false;  ///< assignment: a single target, and that a name
};

/// `source` as prepare() gives it.
[[nodiscard]] Module parse_module(std::string_view source, const Grammar& grammar);

}  // namespace pyexc::traceback::syntax
