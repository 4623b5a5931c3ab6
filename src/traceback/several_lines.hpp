#pragma once
// Source rows where a version shows every line of an instruction (Carets::all_lines).

#include <string>

#include "report/report.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// As append_source_rows(), for a frame with a line and source.
bool append_several_lines(std::string& to, const Frame& frame, bool positions, const TextRules& rules,
                          const syntax::Grammar& grammar);

}  // namespace pyexc::traceback
