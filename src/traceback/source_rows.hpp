#pragma once
// The rows below `File "...", line N, in f`: the source line, or all lines of the instruction, with the
// carets that point at it.

#include <string>

#include "report/report.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// Appends the rows of an entry. `positions` is false for the entries of a stack, whose columns the
/// traceback module does not look at. False if the text is not exactly what Python would print.
bool append_source_rows(std::string& to, const Frame& frame, bool positions, const TextRules& rules,
                        const syntax::Grammar& grammar);

}  // namespace pyexc::traceback
