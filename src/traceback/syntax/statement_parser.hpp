#pragma once
// The statements of Python: whether they are right, and the facts of the first one. Used by
// parse_module() only.

#include <optional>
#include <string_view>

#include "traceback/syntax/parser.hpp"
#include "traceback/syntax/statements.hpp"

namespace pyexc::traceback::syntax {

class StatementParser {
 public:
  StatementParser(const Lexed& lexed, const Grammar& grammar)
      : lexed_(lexed), grammar_(grammar), p_(lexed.tokens, grammar) {}

  Module run();

 private:
  struct DepthGuard {
    explicit DepthGuard(StatementParser& parser) : parser_(parser) { ++parser_.depth_; }
    ~DepthGuard() { --parser_.depth_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    [[nodiscard]] bool too_deep() const { return parser_.depth_ > 200; }

   private:
    StatementParser& parser_;
  };

  bool statement();
  bool simple_line();
  void remember(Module::First first, NodeId value);
  [[nodiscard]] bool at_statement_end() const { return p_.at_kind(Kind::newline) || p_.at_op(";"); }

  // statements.cpp
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

  // compound.cpp
  /// Nothing if the statement is not a compound one.
  std::optional<bool> compound();
  bool block();
  /// A block whose statements stand in another context: in a loop, a function or a class.
  bool block_in(Parser::Context context);
  bool loop_block();
  bool else_block();
  bool if_statement();
  bool for_statement(bool async);
  bool with_item();
  bool with_statement(bool async);
  bool try_statement();
  bool function(bool async);
  bool class_definition();
  bool decorated();
  bool match_statement();

  // patterns.cpp
  bool patterns();
  bool maybe_star_pattern();
  bool pattern();
  bool number_pattern();
  bool closed_pattern();
  bool sequence_pattern(std::string_view close);
  bool mapping_pattern();
  bool class_pattern();

  const Lexed& lexed_;
  const Grammar& grammar_;
  Parser p_;
  Module facts_;
  int inside_ = 0;  ///< compound statements around this one
  int depth_ = 0;
};

}  // namespace pyexc::traceback::syntax
