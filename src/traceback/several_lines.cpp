#include "traceback/several_lines.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "text/codepoints.hpp"
#include "text/pystring.hpp"
#include "traceback/anchors.hpp"
#include "traceback/syntax/statements.hpp"
#include "traceback/width.hpp"

namespace pyexc::traceback {

namespace {

using Lines = std::vector<std::u32string_view>;

std::u32string joined(const Lines& lines) {
  std::u32string all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != 0) all.push_back(U'\n');
    all.append(lines[i]);
  }
  return all;
}

/// The instruction in the dedented lines: characters, and columns of the terminal.
struct Extent {
  std::size_t start = 0;
  std::size_t end = 0;
  std::size_t start_column = 0;
  std::size_t end_column = 0;
};

/// `return f(...)` and `x = f(...)` need no carets to say what was called.
bool is_plain_call(const syntax::Module& module, const Lines& lines, const Extent& extent) {
  using First = syntax::Module::First;
  if (module.value.kind != syntax::NodeKind::call) return false;
  const bool plain = (module.first == First::return_value && module.left.kind == syntax::NodeKind::name) ||
                     (module.first == First::assignment && module.one_name);
  return plain && module.value.start.line == 1 && module.value.end.line == lines.size() &&
         module.value.start.column == extent.start && module.value.end.column == extent.end;
}

/// Cheap and never false where is_plain_call() would be true: most lines need not be parsed for it.
bool may_be_plain_call(const Lines& lines, const Extent& extent) {
  const auto last = lines.back();
  if (extent.end == 0 || extent.end > last.size() || last[extent.end - 1] != U')') return false;
  const auto before = lines.front().substr(0, std::min(extent.start, lines.front().size()));
  return before.find(U'=') != std::u32string_view::npos || before.find(U"return") != std::u32string_view::npos;
}

/// Nothing but blank lines and comments.
bool may_be_empty(const Lines& lines) {
  return std::all_of(lines.begin(), lines.end(), [](std::u32string_view line) {
    const auto text = text::lstrip(line);
    return text.empty() || text.front() == U'#' || text.front() == U'\\';
  });
}

bool should_show_carets(const Lines& lines, const Extent& extent, bool anchored,
                        const syntax::Grammar& grammar) {
  const auto before = text::lstrip(lines.front().substr(0, std::min(extent.start, lines.front().size())));
  const auto after = text::rstrip(lines.back().substr(std::min(extent.end, lines.back().size())));
  const bool shown = anchored || !before.empty() || !after.empty();
  if (!shown) return false;
  if (!may_be_plain_call(lines, extent) && !may_be_empty(lines)) return true;
  const std::string source = syntax::prepare(text::encode(joined(lines)));
  const syntax::Module module = syntax::parse_module(source, grammar);
  if (module.valid && (module.statements == 0 || is_plain_call(module, lines, extent))) return false;
  return true;
}

class Drawing {
 public:
  Drawing(const Lines& lines, const Extent& extent, const TextRules& rules)
      : lines_(lines), extent_(extent), rules_(rules) {}

  bool set_anchors(const Anchors& anchors) {
    if (anchors.left_line >= lines_.size() || anchors.right_line >= lines_.size()) return false;
    anchors_ = anchors;
    if (anchors.left_line == 0) anchors_->left += extent_.start;
    if (anchors.right_line == 0) anchors_->right += extent_.start;
    anchors_->left = width_until(anchors.left_line, anchors_->left);
    anchors_->right = width_until(anchors.right_line, anchors_->right);
    return true;
  }

  void hide_carets() { carets_ = false; }

  std::u32string draw() {
    const std::vector<std::size_t> shown = significant_lines();
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const std::size_t gap = i == 0 ? 1 : shown[i] - shown[i - 1];
      if (gap == 2) {
        line(shown[i] - 1);
      } else if (gap > 2) {
        out_.append(text::decode("...<" + std::to_string(gap - 1) + " lines>...\n"));
      }
      line(shown[i]);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::size_t width_until(std::size_t number, std::size_t character) const {
    return display_width(lines_[number], character, rules_);
  }

  /// The first and the last, and those around an anchor.
  [[nodiscard]] std::vector<std::size_t> significant_lines() const {
    std::vector<std::size_t> numbers = {0, lines_.size() - 1};
    if (anchors_) {
      for (const std::size_t center : {anchors_->left_line, anchors_->right_line}) {
        if (center > 0) numbers.push_back(center - 1);
        numbers.push_back(center);
        if (center + 1 < lines_.size()) numbers.push_back(center + 1);
      }
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
  }

  [[nodiscard]] bool between_anchors(std::size_t number, std::size_t column) const {
    if (!anchors_) return false;
    const bool after_left =
        number > anchors_->left_line || (number == anchors_->left_line && column >= anchors_->left);
    const bool before_right =
        number < anchors_->right_line || (number == anchors_->right_line && column < anchors_->right);
    return after_left && before_right;
  }

  void line(std::size_t number) {
    const auto text = lines_[number];
    out_.append(text).push_back(U'\n');
    if (!carets_) return;
    const std::size_t spaces = text.size() - text::lstrip(text).size();
    const std::size_t columns =
        number + 1 == lines_.size() ? extent_.end_column : display_width(text, rules_);
    for (std::size_t column = 0; column < columns; ++column) {
      if (column < spaces || (number == 0 && column < extent_.start_column)) {
        out_.push_back(U' ');
      } else if (between_anchors(number, column)) {
        out_.push_back(U'^');
      } else {
        out_.push_back(anchors_ ? U'~' : U'^');
      }
    }
    out_.push_back(U'\n');
  }

  const Lines& lines_;
  const Extent& extent_;
  const TextRules& rules_;
  std::optional<Anchors> anchors_;
  bool carets_ = true;
  std::u32string out_;
};

/// The lines of the instruction as FrameSummary keeps them: white space at their ends removed.
std::u32string original_lines(const Frame& frame, std::size_t count) {
  std::u32string all;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < frame.source.size()) {
      const std::u32string line = text::decode(frame.source[i]);
      all.append(text::rstrip(line));
    }
    all.push_back(U'\n');
  }
  return all;
}

void append_first_line(std::string& to, std::u32string_view original) {
  const auto line = text::strip(original.substr(0, original.find(U'\n')));
  for (const auto piece : text::splitlines(line, true)) {
    if (!text::strip(piece).empty()) to.append("    ");
    text::append(to, piece);
  }
  to.push_back('\n');
}

}  // namespace

bool append_several_lines(std::string& to, const Frame& frame, bool positions, const TextRules& rules,
                          const syntax::Grammar& grammar) {
  const std::int64_t end_line = positions ? frame.end_line.value_or(*frame.line) : *frame.line;
  if (end_line < *frame.line) return true;
  const auto wanted = static_cast<std::uint64_t>(end_line) - static_cast<std::uint64_t>(*frame.line) + 1;
  const bool whole = wanted <= Frame::max_source_lines;
  const auto count = static_cast<std::size_t>(wanted);
  const std::u32string original = original_lines(frame, whole ? count : 1);
  if (!whole) {
    // Its last line was not kept, so that no caret could be placed.
    append_first_line(to, original);
    to.append("    [... " + std::to_string(wanted - 1) + " more lines not shown]\n");
    return false;
  }
  const auto behaviour = rules.dedent_empties_any_space ? text::Dedent::any_space : text::Dedent::space_and_tab;
  const std::u32string dedented = text::dedent(original, behaviour);
  if (text::strip(dedented).empty()) return true;
  if (!positions || !frame.column || !frame.end_column) {
    append_first_line(to, original);
    return true;
  }

  const Lines original_split = text::splitlines(original);
  Lines lines = text::splitlines(dedented);
  if (lines.size() > count) lines.resize(count);
  if (original_split.size() < count || lines.empty()) return false;
  const auto first = original_split.front();
  const auto last = original_split[count - 1];
  const std::size_t cut = first.size() > lines.front().size() ? first.size() - lines.front().size() : 0;
  const auto after_cut = [cut](std::size_t offset) { return offset > cut ? offset - cut : 0; };
  Extent extent;
  extent.start = after_cut(text::byte_to_character_offset(first, *frame.column));
  extent.end = after_cut(text::byte_to_character_offset(last, *frame.end_column));
  extent.start_column = display_width(lines.front(), extent.start, rules);
  extent.end_column = display_width(lines.back(), extent.end, rules);

  const std::u32string all = joined(lines);
  const std::size_t beyond = lines.back().size() > extent.end ? lines.back().size() - extent.end : 0;
  const std::size_t segment_end = all.size() - beyond;
  const auto segment = segment_end > extent.start
                           ? std::u32string_view(all).substr(extent.start, segment_end - extent.start)
                           : std::u32string_view();
  const auto anchors = anchors_in_lines(segment, grammar);
  Drawing drawing(lines, extent, rules);
  if (anchors && !drawing.set_anchors(*anchors)) return false;
  if (!should_show_carets(lines, extent, anchors.has_value(), grammar)) drawing.hide_carets();
  const std::u32string drawn = text::dedent(drawing.draw(), behaviour);
  text::indent_every_line(to, text::encode(drawn), "    ");
  return true;
}

}  // namespace pyexc::traceback
