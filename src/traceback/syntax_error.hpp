#pragma once
// The block that a SyntaxError prints: where, the line of source, carets, and its message.

#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// False if the text is not exactly what Python would print.
bool append_syntax_error(std::vector<std::string>& pieces, const SyntaxErrorFacts& facts, std::string_view type,
                         const TextRules& rules, const syntax::Grammar& grammar);

}  // namespace pyexc::traceback
