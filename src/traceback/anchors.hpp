#pragma once
// Where the operator of a binary operation, or the brackets of a subscript or call, stand in the source
// of an instruction: the carets below it are "^", those around it "~".

#include <cstddef>
#include <optional>
#include <string_view>

#include "report/text_rules.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// Characters from `left` up to, not including, `right`; lines count from the first of the segment.
struct Anchors {
  std::size_t left_line = 0;
  std::size_t left = 0;
  std::size_t right_line = 0;
  std::size_t right = 0;
};

/// Of a segment of one line, as versions with Carets::first_line search it.
[[nodiscard]] std::optional<Anchors> anchors_in_line(std::u32string_view segment, const TextRules& rules,
                                                     const syntax::Grammar& grammar);

/// Of a segment of any number of lines, for Carets::all_lines.
[[nodiscard]] std::optional<Anchors> anchors_in_lines(std::u32string_view segment,
                                                      const syntax::Grammar& grammar);

}  // namespace pyexc::traceback
