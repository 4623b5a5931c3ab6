#include "traceback/syntax_error.hpp"

#include <algorithm>
#include <optional>

#include "text/codepoints.hpp"
#include "text/pystring.hpp"
#include "traceback/keyword_typo.hpp"
#include "traceback/width.hpp"

namespace pyexc::traceback {

namespace {

using Kind = AttributeFact::Kind;

/// `attribute or otherwise`, for an attribute whose truth is known.
std::string_view or_else(const AttributeFact& fact, std::string_view otherwise) {
  const bool empty = fact.kind == Kind::none || (fact.kind == Kind::integer && fact.integer == 0) ||
                     (fact.kind == Kind::text && fact.str.text.empty());
  return empty ? otherwise : std::string_view(fact.str.text);
}

std::string_view str_of(const AttributeFact& fact) {
  return fact.kind == Kind::none ? std::string_view("None") : std::string_view(fact.str.text);
}

/// The offsets of a SyntaxError are small; anything else is clamped so that no sum overflows and no
/// row of carets is longer than a line of source may be.
std::int64_t bounded(std::int64_t value) {
  constexpr std::int64_t most = 1 << 20;
  return std::clamp(value, -most, most);
}

class Block {
 public:
  Block(std::vector<std::string>& pieces, const SyntaxErrorFacts& facts, const TextRules& rules,
        const syntax::Grammar& grammar)
      : pieces_(pieces), facts_(facts), rules_(rules), grammar_(grammar) {}

  bool append(std::string_view type) {
    std::string suffix;
    if (facts_.lineno.kind != Kind::none) {
      std::string where = "  File \"";
      where.append(or_else(facts_.filename, "<string>")).append("\", line ");
      where.append(facts_.lineno.str.text).push_back('\n');
      pieces_.push_back(std::move(where));
      note_other(facts_.lineno);
      note_other(facts_.filename);
    } else if (facts_.filename.kind != Kind::none) {
      suffix = " (" + std::string(str_of(facts_.filename)) + ")";
      note_other(facts_.filename);
    }
    if (facts_.text.kind == Kind::text) {
      if (rules_.syntax_error_keywords) look_for_keyword();
      text_rows();
    } else if (facts_.text.kind != Kind::none && !rules_.syntax_error_checks_types) {
      exact_ = false;  // AttributeError in the middle of formatting
    }
    note_other(facts_.msg);
    std::string line(type);
    line.append(": ").append(or_else(facts_.msg, "<no detail available>")).append(suffix).push_back('\n');
    pieces_.push_back(std::move(line));
    return exact_;
  }

 private:
  /// Its truth and its str() may be code of the target.
  void note_other(const AttributeFact& fact) {
    if (fact.kind == Kind::other || (fact.kind != Kind::none && !fact.str.exact)) exact_ = false;
  }

  /// Only now: the line number above stays that of the exception.
  void look_for_keyword() {
    auto typo = find_keyword_typo(facts_, rules_, grammar_, exact_);
    if (!typo) return;
    facts_.text.str.text = std::move(typo->text);
    facts_.offset.kind = facts_.end_offset.kind = Kind::integer;
    facts_.offset.integer = typo->offset;
    facts_.end_offset.integer = typo->end_offset;
    facts_.end_lineno = facts_.lineno = AttributeFact();  // equal to each other
    facts_.msg.str.text = std::move(typo->message);
  }

  void row(std::u32string_view text) {
    std::string line = "    ";
    text::append(line, text);
    line.push_back('\n');
    pieces_.push_back(std::move(line));
  }

  void caret_row(std::string_view spaces, std::size_t carets) {
    std::string line = "    ";
    line.append(spaces).append(carets, '^').push_back('\n');
    pieces_.push_back(std::move(line));
  }

  /// White space of the text in front of a column, so that tabs keep the caret in place.
  static std::string alignment(std::u32string_view text) {
    std::string spaces;
    for (const char32_t c : text) text::append(spaces, text::is_space(c) ? c : U' ');
    return spaces;
  }

  void text_rows() {
    text_ = text::decode(facts_.text.str.text);
    if (rules_.syntax_error == TextRules::SyntaxError::stripped) return stripped();
    right_stripped_ = text::rstrip(text_, U"\n");
    line_ = text::lstrip(right_stripped_, U" \n\f");
    removed_ = static_cast<std::int64_t>(right_stripped_.size() - line_.size());
    switch (rules_.syntax_error) {
      case TextRules::SyntaxError::one_caret: return one_caret();
      case TextRules::SyntaxError::range: return range();
      default: return clamped();
    }
  }

  /// The offset, nothing if it is None or unusable.
  std::optional<std::int64_t> offset() {
    if (facts_.offset.kind == Kind::none) return std::nullopt;
    if (facts_.offset.kind != Kind::integer) {
      exact_ = false;
      return std::nullopt;
    }
    return bounded(facts_.offset.integer);
  }

  void stripped() {
    row(text::strip(text_));
    const auto given = offset();
    if (!given) return;
    const auto line = text::rstrip(text_, U"\n");
    const auto size = static_cast<std::int64_t>(line.size());
    std::int64_t end = std::min(size, *given) - 1;
    if (end < 0) end = std::max<std::int64_t>(0, size + end);  // a slice that counts from the end
    const auto before = text::lstrip(line.substr(0, static_cast<std::size_t>(end)));
    caret_row(alignment(before), 1);
  }

  void one_caret() {
    row(line_);
    const std::int64_t caret = offset().value_or(0) - 1 - removed_;
    if (caret < 0) return;
    caret_row(alignment(line_.substr(0, static_cast<std::size_t>(caret))), 1);
  }

  /// end_offset where it is usable, else `otherwise`.
  std::int64_t end_offset(std::int64_t otherwise) {
    const AttributeFact& fact = facts_.end_offset;
    if (fact.kind == Kind::none) return otherwise;
    if (fact.kind != Kind::integer) {
      if (!rules_.syntax_error_checks_types) exact_ = false;
      return otherwise;
    }
    return fact.integer == 0 ? otherwise : bounded(fact.integer);
  }

  void range() {
    row(line_);
    const auto given = offset();
    if (!given) return;
    std::int64_t end = end_offset(*given);
    if (*given == end || end == -1) end = *given + 1;
    const std::int64_t from = *given - 1 - removed_;
    const std::int64_t until = end - 1 - removed_;
    if (from < 0) return;
    caret_row(alignment(line_.substr(0, static_cast<std::size_t>(from))),
              static_cast<std::size_t>(std::max<std::int64_t>(0, until - from)));
  }

  void clamped() {
    if (facts_.offset.kind == Kind::none) return row(line_);
    if (facts_.offset.kind != Kind::integer) {
      if (!rules_.syntax_error_checks_types) exact_ = false;
      return;
    }
    std::int64_t start = bounded(facts_.offset.integer);
    const auto beyond = static_cast<std::int64_t>(right_stripped_.size()) + 1;
    const auto size = static_cast<std::int64_t>(text_.size());
    std::int64_t end = same_line() ? end_offset(start) : beyond;
    if (size > 0 && start > size) start = beyond;
    if (size > 0 && end > size) end = beyond;
    if (start >= end || end < 0) end = start + 1;
    const std::int64_t from = start - 1 - removed_;
    const std::int64_t until = end - 1 - removed_;
    row(line_);
    if (from >= 0) carets(static_cast<std::size_t>(from), static_cast<std::size_t>(until));
  }

  void carets(std::size_t from, std::size_t until) {
    const auto before = line_.substr(0, std::min(from, line_.size()));
    if (!rules_.syntax_error_width) return caret_row(alignment(before), until - from);
    const auto marked = line_.substr(before.size(), from < line_.size() ? until - from : 0);
    const std::size_t count = marked.empty() ? until - from : display_width(marked, rules_);
    caret_row(std::string(display_width(before, rules_), ' '), count);
  }

  /// `lineno == end_lineno`, compared as the str() of each.
  bool same_line() const {
    if ((facts_.lineno.kind == Kind::none) != (facts_.end_lineno.kind == Kind::none)) return false;
    return facts_.lineno.kind == Kind::none || facts_.lineno.str.text == facts_.end_lineno.str.text;
  }

  std::vector<std::string>& pieces_;
  SyntaxErrorFacts facts_;
  const TextRules& rules_;
  const syntax::Grammar& grammar_;
  bool exact_ = true;
  std::u32string text_;
  std::u32string_view right_stripped_;
  std::u32string_view line_;
  std::int64_t removed_ = 0;
};

}  // namespace

bool append_syntax_error(std::vector<std::string>& pieces, const SyntaxErrorFacts& facts, std::string_view type,
                         const TextRules& rules, const syntax::Grammar& grammar) {
  return Block(pieces, facts, rules, grammar).append(type);
}

}  // namespace pyexc::traceback
