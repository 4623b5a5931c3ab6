#pragma once
// How one version's traceback module words things, as data. layout/ fills it per version; traceback/
// obeys it and never asks for the version. The defaults are those of the newest version known.

#include <cstddef>
#include <cstdint>

#include "report/source_rules.hpp"

namespace pyexc {

struct TextRules {
  /// unicodedata.unidata_version, first two numbers.
  std::uint8_t unicode_major = 17;
  std::uint8_t unicode_minor = 0;

  // Entries of a traceback.
  /// What is drawn below a source line, and how much of the source is shown.
  enum class Carets : std::uint8_t {
    none,            ///< the line alone
    first_line,      ///< the first line, with ^ ~ below it
    all_lines,       ///< every line of the instruction, dedented, long ones abbreviated
  };
  Carets carets = Carets::all_lines;
  /// How many columns a character takes.
  enum class Width : std::uint8_t {
    one,         ///< every character one
    east_asian,  ///< wide ones two
    terminal,    ///< wide ones two, combining and format characters none, escape sequences none
  };
  Width width = Width::terminal;
  /// first_line only: whether the search for the operator or bracket skips parentheses and blanks.
  bool anchors_skip_parentheses = true;
  /// first_line only: carets of an instruction that goes on in the next line end before trailing blanks.
  bool caret_end_skips_trailing_space = true;
  bool dedent_empties_any_space = true;  ///< textwrap.dedent: lines of any white space, not of " \t" only
  /// Names of files that are shown as <stdin>.
  enum class StdinName : std::uint8_t { as_is, numbered_after, numbered_inside };  // "<stdin>-0", "<stdin-0>"
  StdinName stdin_name = StdinName::numbered_inside;

  /// A local variable whose repr() raises is shown as <local repr() failed>; before that nothing was printed.
  bool local_repr_may_fail = true;

  // What ast.parse() accepts, where an instruction's source is parsed to place the carets.
  bool fstring_tokens = true;          ///< f-strings are tokens with a grammar (PEP 701), not plain strings
  bool template_strings = true;        ///< t"..." (PEP 750)
  bool unpack_in_comprehension = true; ///< [*a for a in b], {**d for d in e} (PEP 798)
  bool type_statement = true;          ///< type X[T] = ... (PEP 695)
  bool type_parameter_defaults = true; ///< ... with T = default (PEP 696)
  bool lazy_imports = true;            ///< lazy import a, lazy from a import b (PEP 810)
  bool except_without_parentheses = true;  ///< except A, B: (PEP 758)

  // The chain of causes and contexts.
  enum class ChainWalk : std::uint8_t {
    recursive,  ///< cause first, as deep as it goes, then context; hidden contexts count as seen
    worklist,   ///< a stack of exceptions still to expand; hidden contexts are not visited
  };
  ChainWalk chain_walk = ChainWalk::worklist;
  /// recursive only: chains about as long as this end in a RecursionError or are truncated.
  std::size_t recursive_chain = 150;
  bool false_exception_ends_chain = false;  ///< `if exc and exc.__cause__`: __bool__ and __len__ decide
  bool exception_groups = true;

  // The exception line.
  bool module_not_str_is_unknown = true;  ///< "<unknown>." in front; before that it was a TypeError
  bool unprintable_names_type = false;    ///< "<unprintable T object>" instead of "<exception str() failed>"
  enum class Notes : std::uint8_t {
    none,
    any_sequence,       ///< a str counts as a sequence of notes; the repr of other things ends without newline
    no_text,            ///< str and bytes are shown by their repr
    no_text_by_lines,   ///< and that repr is written line by line
  };
  Notes notes = Notes::no_text_by_lines;

  // SyntaxError.
  enum class SyntaxError : std::uint8_t {
    stripped,    ///< str.strip()ed line, one caret
    one_caret,   ///< white space in front removed, one caret
    range,       ///< carets up to end_offset
    clamped,     ///< up to the end of the text where the lines differ or the offsets lie beyond it
  };
  SyntaxError syntax_error = SyntaxError::clamped;
  bool syntax_error_checks_types = true;   ///< a text that is no str or an offset that is no int is left out
  bool syntax_error_width = true;          ///< the carets count columns, not characters
  bool syntax_error_keywords = true;       ///< "invalid syntax" is looked at again for a misspelt keyword
  bool syntax_error_keywords_must_fail = true;  ///< and only if what is there does not compile

  // "Did you mean".
  bool suggestions = true;
  /// Which of the two implementations measures the distance.
  enum class Distance : std::uint8_t {
    characters,  ///< traceback.py: code points; no candidate may be as far away as the name is long
    bytes,       ///< _suggestions: UTF-8 bytes
    bytes_then_characters,
  };
  Distance distance = Distance::bytes_then_characters;
  bool suggestions_skip_odd_names = true;    ///< names that are no str; before that they spoil the search
  bool suggestions_hide_underscored = true;  ///< no _names for a name that has no underscore
  bool forget_import_has_question_mark = true;
  bool suggestion_instead_of = true;   ///< attributes: "Did you mean '.a' instead of '.b'?"
  bool suggestion_shows_ascii = true;  ///< " ('\u03b1')" after a name that is not ASCII
  bool suggestion_normalizes = true;   ///< the wrong name is taken in NFKC
  bool nested_suggestions = true;      ///< attributes of attributes
  bool cross_language_hints = true;    ///< [].push(): "Did you mean '.append'?"
  bool module_hints = true;            ///< ModuleNotFoundError has its own hints

  SourceRules source;  ///< how linecache finds the lines
};

}  // namespace pyexc
