#include "traceback/exception_line.hpp"

#include <string_view>

#include "traceback/suggestion.hpp"
#include "traceback/syntax_error.hpp"

namespace pyexc::traceback {

namespace {

void append_lines(std::vector<std::string>& pieces, std::string_view text) {
  for (;;) {
    const auto end = text.find('\n');
    pieces.emplace_back(text.substr(0, end)).push_back('\n');
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// A note, or str(__notes__); inexact ones are marked like an inexact message.
std::string note_text(const ValueText& note) {
  return note.exact ? note.text : "<note: " + note.text + ">";
}

void append_notes(ExceptionText& to, const Exception& exception, const TextRules& rules) {
  const Notes& notes = exception.notes;
  if (rules.notes == TextRules::Notes::none) return;
  switch (notes.kind) {
    case Notes::Kind::none: return;
    case Notes::Kind::sequence:
      for (const ValueText& note : notes.items) {
        to.exact = to.exact && note.exact;
        append_lines(to.pieces, note_text(note));
      }
      return;
    case Notes::Kind::text:
      if (rules.notes == TextRules::Notes::any_sequence) {
        // A str is a sequence too, of its characters.
        if (notes.items.empty()) return;
        const std::string& text = notes.items.front().text;
        for (std::size_t i = 0; i < text.size();) {
          std::size_t next = i + 1;
          while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0U) == 0x80) ++next;
          append_lines(to.pieces, std::string_view(text).substr(i, next - i));
          i = next;
        }
        return;
      }
      break;
    case Notes::Kind::other: break;
  }
  to.exact = to.exact && notes.repr.exact;
  const std::string repr = note_text(notes.repr);
  if (rules.notes == TextRules::Notes::any_sequence) {
    to.pieces.push_back(repr);
  } else if (rules.notes == TextRules::Notes::no_text) {
    to.pieces.push_back(repr + "\n");
  } else {
    append_lines(to.pieces, repr);
  }
}

std::string message_text(const Exception& exception, const TextRules& rules) {
  if (exception.str_failed) {
    return rules.unprintable_names_type ? "<unprintable " + exception.name + " object>"
                                        : "<exception str() failed>";
  }
  if (exception.message.exact) return exception.message.text;
  return "<" + exception.inexact_reason + ">";
}

}  // namespace

std::string type_text(const Exception& exception, const TextRules& rules, bool& exact) {
  if (exception.module_kind == Exception::Module::text) {
    if (exception.module == "__main__" || exception.module == "builtins") return exception.qualname;
    return exception.module + "." + exception.qualname;
  }
  if (!rules.module_not_str_is_unknown) exact = false;
  return "<unknown>." + exception.qualname;
}

ExceptionText exception_text(const Exception& exception, const TextRules& rules,
                             const syntax::Grammar& grammar) {
  ExceptionText text;
  if (exception.unreadable) {
    text.exact = false;
    text.pieces.push_back("[exception not readable: " + *exception.unreadable + "]\n");
    return text;
  }
  const std::string type = type_text(exception, rules, text.exact);
  if (exception.syntax_error) {
    text.exact = append_syntax_error(text.pieces, *exception.syntax_error, type, rules, grammar) && text.exact;
  } else {
    std::string message = message_text(exception, rules);
    text.exact = text.exact && (exception.message.exact || exception.str_failed);
    if (exception.suggestion && rules.suggestions) {
      text.exact = append_suggestion(message, *exception.suggestion, rules) && text.exact;
    }
    text.pieces.push_back(message.empty() ? type + "\n" : type + ": " + message + "\n");
  }
  append_notes(text, exception, rules);
  return text;
}

}  // namespace pyexc::traceback
