#include "traceback/source_rows.hpp"

#include <string_view>

#include "text/codepoints.hpp"
#include "text/pystring.hpp"
#include "traceback/anchors.hpp"
#include "traceback/several_lines.hpp"
#include "traceback/width.hpp"

namespace pyexc::traceback {

namespace {

std::size_t minus(std::size_t a, std::size_t b) { return a > b ? a - b : 0; }

/// Versions with Carets::first_line. Every sum here is the original's, including what trailing white
/// space does to it.
void append_carets(std::string& to, const Frame& frame, std::u32string_view line, std::u32string_view stripped,
                   const TextRules& rules, const syntax::Grammar& grammar) {
  const std::size_t start = text::byte_to_character_offset(line, *frame.column);
  std::size_t end = text::byte_to_character_offset(line, *frame.end_column);
  const auto segment = end > start ? line.substr(start, end - start) : std::u32string_view();
  std::optional<Anchors> anchors;
  if (frame.line == frame.end_line) {
    anchors = anchors_in_line(segment, rules, grammar);
  } else {
    end = rules.caret_end_skips_trailing_space ? text::rstrip(line).size() : minus(line.size(), 1);
  }
  const bool whole_line = end >= start + stripped.size();
  if (whole_line && !(anchors && anchors->right > anchors->left)) return;
  const std::size_t removed = line.size() - stripped.size();
  const std::size_t from = display_width(line.substr(0, start), rules) + 1;
  const std::size_t until = display_width(line.substr(0, end), rules) + 1;
  to.append(4 + minus(from, removed), ' ');
  if (anchors) {
    const std::size_t left = display_width(segment.substr(0, anchors->left), rules);
    const std::size_t right = display_width(segment.substr(0, anchors->right), rules);
    to.append(left, '~');
    to.append(minus(right, left), '^');
    to.append(minus(until, from + right), '~');
  } else {
    to.append(minus(until, from), '^');
  }
  to.push_back('\n');
}

}  // namespace

bool append_source_rows(std::string& to, const Frame& frame, bool positions, const TextRules& rules,
                        const syntax::Grammar& grammar) {
  if (!frame.line || frame.source.empty()) return true;
  if (rules.carets == TextRules::Carets::all_lines) {
    return append_several_lines(to, frame, positions, rules, grammar);
  }
  const std::u32string line = text::decode(frame.source.front());
  const auto stripped = text::strip(line);
  if (stripped.empty()) return true;
  to.append("    ");
  text::append(to, stripped);
  to.push_back('\n');
  if (rules.carets == TextRules::Carets::first_line && positions && frame.column && frame.end_column) {
    append_carets(to, frame, line, stripped, rules, grammar);
  }
  return true;
}

}  // namespace pyexc::traceback
