#include "traceback/anchors.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "text/codepoints.hpp"
#include "text/pystring.hpp"
#include "traceback/syntax/statements.hpp"

namespace pyexc::traceback {

namespace {

using syntax::Module;
using syntax::NodeKind;

/// The tree of a source that is one expression and nothing else.
std::optional<Module> single_expression(std::string_view source, const syntax::Grammar& grammar) {
  const std::string prepared = syntax::prepare(source);
  const Module module = syntax::parse_module(prepared, grammar);
  if (!module.valid || module.statements != 1 || module.first != Module::First::expression) return std::nullopt;
  return module;
}

/// Without an operator or bracket there is nothing to anchor to: most segments end here unparsed.
bool may_have_anchors(std::u32string_view segment, std::u32string_view characters) {
  return segment.find_first_of(characters) != std::u32string_view::npos;
}

class LineSearch {
 public:
  LineSearch(std::u32string_view segment, bool skip) : s_(segment), skip_(skip) {}

  [[nodiscard]] Anchors operation(const Module& tree) const {
    const std::size_t from = normalize(tree.left.end.column);
    const std::size_t to = normalize(tree.right.start.column);
    const auto between = to > from ? s_.substr(from, to - from) : std::u32string_view();
    const std::size_t blanks = between.size() - text::lstrip(between).size();
    // A byte offset and a number of characters are added here, as the original does.
    std::size_t left = tree.left.end.column + blanks;
    std::size_t right = left + 1;
    if (blanks + 1 < between.size() && !text::is_space(between[blanks + 1])) ++right;
    while (skip_ && left < s_.size() && (text::is_space(s_[left]) || s_[left] == U')' || s_[left] == U'#')) {
      ++left;
      ++right;
    }
    return {0, normalize(left), 0, normalize(right)};
  }

  [[nodiscard]] Anchors subscript(const Module& tree) const {
    std::size_t left = normalize(tree.left.end.column);
    std::size_t right = normalize(tree.right.end.column + std::size_t{1});
    if (!skip_) return {0, left, 0, right};
    while (left < s_.size() && s_[left] != U'[') ++left;
    while (right < s_.size() && s_[right] != U']') ++right;
    if (right < s_.size()) ++right;
    return {0, left, 0, right};
  }

 private:
  [[nodiscard]] std::size_t normalize(std::size_t byte) const {
    return text::byte_to_character_offset(s_, static_cast<std::int64_t>(byte));
  }

  std::u32string_view s_;
  bool skip_;
};

/// Walks the characters of a segment of several lines. Where the original raises an exception, which
/// its caller suppresses, a step is false and there are no anchors.
class LinesSearch {
 public:
  explicit LinesSearch(std::u32string_view segment) : lines_(text::splitlines(segment)) {}

  bool set_to_end_of(const syntax::Node& node, bool must_be_valid) {
    const auto column = normalize(node.end);
    if (!column) return false;
    line_ = node.end.line - 2;
    column_ = *column;
    return !must_be_valid || make_valid();
  }

  template <class Stop>
  bool advance_until(Stop stop) {
    for (;;) {
      const char32_t c = lines_[line_][column_];
      if (c == U'\\' || c == U'#') {
        ++line_;
        column_ = 0;
      } else if (stop(c)) {
        return true;
      } else {
        ++column_;
      }
      if (!make_valid()) return false;
    }
  }

  /// The character index of a position, in its line.
  [[nodiscard]] std::optional<std::size_t> normalize(syntax::Position position) const {
    if (position.line < 2 || position.line - 2 >= lines_.size()) return std::nullopt;
    return text::byte_to_character_offset(lines_[position.line - 2], position.column);
  }

  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] std::size_t column() const { return column_; }
  [[nodiscard]] std::u32string_view text() const { return lines_[line_]; }

 private:
  bool make_valid() {
    while (line_ < lines_.size() && column_ >= lines_[line_].size()) {
      column_ = 0;
      ++line_;
    }
    return line_ < lines_.size();
  }

  std::vector<std::u32string_view> lines_;
  std::size_t line_ = 0;
  std::size_t column_ = 0;
};

std::optional<Anchors> operation(LinesSearch& search, const Module& tree) {
  if (!search.set_to_end_of(tree.left, true)) return std::nullopt;
  if (!search.advance_until([](char32_t c) { return !text::is_space(c) && c != U')'; })) return std::nullopt;
  const std::size_t line = search.line();
  const std::size_t next = search.column() + 1;
  Anchors anchors = {line, search.column(), line, next};
  if (next >= search.text().size()) return anchors;
  const std::size_t right_line = tree.right.start.line - 2;
  if (right_line <= line) {
    const auto right = search.normalize(tree.right.start);
    if (!right) return std::nullopt;
    if (next >= *right) return anchors;
  }
  const char32_t c = search.text()[next];
  if (!text::is_space(c) && c != U'\\' && c != U'#') ++anchors.right;
  return anchors;
}

std::optional<Anchors> brackets(LinesSearch& search, const Module& tree, char32_t open) {
  if (!search.set_to_end_of(tree.left, true)) return std::nullopt;
  if (!search.advance_until([open](char32_t c) { return c == open; })) return std::nullopt;
  Anchors anchors = {search.line(), search.column(), 0, 0};
  if (!search.set_to_end_of(tree.value, false)) return std::nullopt;
  anchors.right_line = search.line();
  anchors.right = search.column();
  return anchors;
}

}  // namespace

std::optional<Anchors> anchors_in_line(std::u32string_view segment, const TextRules& rules,
                                       const syntax::Grammar& grammar) {
  if (!may_have_anchors(segment, U"[+-*/%@&|^<>")) return std::nullopt;
  const auto tree = single_expression(text::encode(segment), grammar);
  if (!tree) return std::nullopt;
  const LineSearch search(segment, rules.anchors_skip_parentheses);
  if (tree->value.kind == NodeKind::binary) return search.operation(*tree);
  if (tree->value.kind == NodeKind::subscript) return search.subscript(*tree);
  return std::nullopt;
}

std::optional<Anchors> anchors_in_lines(std::u32string_view segment, const syntax::Grammar& grammar) {
  if (!may_have_anchors(segment, U"([+-*/%@&|^<>")) return std::nullopt;
  const auto tree = single_expression("(\n" + text::encode(segment) + "\n)", grammar);
  if (!tree) return std::nullopt;
  LinesSearch search(segment);
  switch (tree->value.kind) {
    case NodeKind::binary: return operation(search, *tree);
    case NodeKind::subscript: return brackets(search, *tree, U'[');
    case NodeKind::call: return brackets(search, *tree, U'(');
    default: return std::nullopt;
  }
}

}  // namespace pyexc::traceback
