// Each difference names the release that brought it. A release this file does not name behaves as the
// one before it. Compared with Lib/traceback.py of 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1,
// 3.13.0, 3.13.5, 3.13.18, 3.14.10 and 3.15.2. Where two patch releases of that list differ and the
// one that brought the change is not known, the boundary lies between them: 3.11.4 stands for "after
// 3.11.2, by 3.11.7", 3.13.3 for "after 3.13.0, by 3.13.5", 3.13.6 for "after 3.13.5, by 3.13.18".

#include "cpython/layout/text_rules.hpp"

#include <compare>

namespace pyexc::layout {

namespace {

struct Release {
  int minor;
  int micro;
  auto operator<=>(const Release&) const = default;
};

void set_unicode(TextRules& rules, int minor) {
  const auto set = [&rules](std::uint8_t major_number, std::uint8_t minor_number) {
    rules.unicode_major = major_number;
    rules.unicode_minor = minor_number;
  };
  switch (minor) {
    case 6: return set(9, 0);
    case 7: return set(11, 0);
    case 8: return set(12, 1);
    case 9:
    case 10: return set(13, 0);
    case 11: return set(14, 0);
    case 12: return set(15, 0);
    case 13: return set(15, 1);
    case 14: return set(16, 0);
    default: return set(minor < 6 ? 9 : 17, 0);
  }
}

}  // namespace

TextRules text_rules_for(int minor, int micro) {
  const Release release = {minor, micro};
  const auto since = [&release](int since_minor, int since_micro = 0) {
    return release >= Release{since_minor, since_micro};
  };
  TextRules rules;
  set_unicode(rules, minor);

  // Entries. PEP 657 in 3.11, display width and parentheses in its patch releases, several lines since 3.13.
  rules.carets = since(13) ? TextRules::Carets::all_lines
                 : since(11)       ? TextRules::Carets::first_line
                                   : TextRules::Carets::none;
  rules.width = since(15)      ? TextRules::Width::terminal
                : since(11, 4) ? TextRules::Width::east_asian
                               : TextRules::Width::one;
  rules.anchors_skip_parentheses = since(11, 4);
  rules.caret_end_skips_trailing_space = since(11, 4);
  rules.dedent_empties_any_space = since(14);
  rules.stdin_name = since(13, 6)  ? TextRules::StdinName::numbered_inside
                     : since(13) ? TextRules::StdinName::numbered_after
                                 : TextRules::StdinName::as_is;

  rules.local_repr_may_fail = since(12);

  // Grammar.
  rules.fstring_tokens = since(12);
  rules.type_statement = since(12);
  rules.type_parameter_defaults = since(13);
  rules.template_strings = since(14);
  rules.except_without_parentheses = since(14);
  rules.unpack_in_comprehension = since(15);
  rules.lazy_imports = since(15);

  // Chains. Truncated when recursion gets too deep in 3.9, walked without recursion since 3.10.
  rules.chain_walk = since(10) ? TextRules::ChainWalk::worklist : TextRules::ChainWalk::recursive;
  rules.false_exception_ends_chain = !since(13, 3);
  rules.exception_groups = since(11);

  // The exception line.
  rules.module_not_str_is_unknown = since(9);
  rules.unprintable_names_type = !since(11);
  rules.notes = since(15)   ? TextRules::Notes::no_text_by_lines
                : since(12) ? TextRules::Notes::no_text
                : since(11) ? TextRules::Notes::any_sequence
                            : TextRules::Notes::none;

  // SyntaxError.
  rules.syntax_error = since(13)   ? TextRules::SyntaxError::clamped
                       : since(10) ? TextRules::SyntaxError::range
                       : since(9)  ? TextRules::SyntaxError::one_caret
                                   : TextRules::SyntaxError::stripped;
  rules.syntax_error_checks_types = since(13, 3);
  rules.syntax_error_width = since(15);
  rules.syntax_error_keywords = since(14);
  rules.syntax_error_keywords_must_fail = since(15);

  // Suggestions.
  rules.suggestions = since(12);
  rules.distance = since(15)   ? TextRules::Distance::bytes_then_characters
                   : since(13) ? TextRules::Distance::bytes
                               : TextRules::Distance::characters;
  rules.suggestions_hide_underscored = since(13);
  // gh-131001, gh-139933: keys that are no str are left out; before, dir() itself refused to sort them.
  rules.suggestions_skip_odd_names = since(13, 3);
  rules.forget_import_has_question_mark = since(13);
  rules.suggestion_instead_of = since(15);
  rules.suggestion_shows_ascii = since(15);
  rules.suggestion_normalizes = since(15);
  rules.nested_suggestions = since(15);
  rules.cross_language_hints = since(15);
  rules.module_hints = since(15);

  // linecache and tokenize.detect_encoding(); encodings.aliases.
  rules.source.loader_name_from_spec = since(13);
  rules.source.loader_from_spec = since(10);
  rules.source.spec_loader_first = minor == 13;
  rules.source.empty_file_has_line = since(13);
  rules.source.head_checked_in_its_encoding = since(14);
  rules.source.source_from_archives = since(14);
  rules.source.new_codec_names = since(15);
  return rules;
}

}  // namespace pyexc::layout
