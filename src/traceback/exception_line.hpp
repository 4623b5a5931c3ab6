#pragma once
// What follows the entries: the exception line with its suggestion, the block of a SyntaxError before
// it, and the notes after it.

#include <string>
#include <vector>

#include "report/report.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// Pieces as TracebackException.format_exception_only() yields them.
struct ExceptionText {
  std::vector<std::string> pieces;
  bool exact = true;
};

[[nodiscard]] ExceptionText exception_text(const Exception& exception, const TextRules& rules,
                                           const syntax::Grammar& grammar);

/// "pkg.mod.Name": how the type is written; exact is set to false where Python would not get that far.
[[nodiscard]] std::string type_text(const Exception& exception, const TextRules& rules, bool& exact);

}  // namespace pyexc::traceback
