// Objects/exceptions.c and Include/cpython/pyerrors.h (the object structures), Python/traceback.c
// (PyTracebackObject), Lib/traceback.py (which facts its text needs).

#include "cpython/exceptions.hpp"

#include <algorithm>

#include "cpython/frame_values.hpp"
#include "cpython/suggestions.hpp"
#include "cpython/value/attribute_fact.hpp"
#include "cpython/value/exception_text.hpp"

namespace pyexc::cpython {

ExceptionId ExceptionReader::add_object(RemoteAddr exception) {
  Triple triple;
  triple.value = exception;
  return add(triple, current_.thread, current_.distance + 1);
}

ExceptionId ExceptionReader::add(const Triple& triple, std::size_t thread) { return add(triple, thread, 0); }

ExceptionId ExceptionReader::add(const Triple& given, std::size_t thread, int distance) {
  Triple triple = given;
  if (triple.has_traceback && !triple.value.null()) {
    // Nearly always the item's traceback is the exception's own; then both are one entry of the report.
    const auto own = heap_.pointer(triple.value, heap_.layout().base_exception.traceback);
    if (own && *own == triple.traceback && heap_.has_flag(triple.value, type_flags::exception_subclass)) {
      triple.has_traceback = false;
      triple.traceback = RemoteAddr();
    }
  }
  const Key key{triple.value.null() ? triple.type.value() : triple.value.value(),
                triple.has_traceback ? triple.traceback.value() | 1 : 0};
  if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
  const auto id = static_cast<ExceptionId>(report_.exceptions.size());
  Exception exception;
  exception.address = key.value;
  report_.exceptions.push_back(std::move(exception));
  ids_.emplace(key, id);
  queue_.push_back({id, triple, thread, distance});
  return id;
}

void ExceptionReader::finish() {
  while (!queue_.empty()) {
    const Pending next = queue_.front();
    queue_.pop_front();
    current_ = next;
    if (auto outcome = read(next.id, next.triple); !outcome) {
      report_.exceptions[next.id].unreadable = outcome.error().message();
      report_.problems.push_back({std::string(errc_name(outcome.error().code)), "exception " + std::to_string(next.id),
                                  outcome.error().message()});
    }
  }
}

Result<void> ExceptionReader::read(ExceptionId id, const Triple& triple) {
  Exception out = std::move(report_.exceptions[id]);
  // Put back whatever was read, also when a later step fails: one broken field never costs the rest.
  struct PutBack {
    Report& report;
    ExceptionId id;
    Exception& out;
    ~PutBack() { report.exceptions[id] = std::move(out); }
  };
  const bool is_object = !triple.value.null() && heap_.has_flag(triple.value, type_flags::exception_subclass);
  {
    const PutBack put_back{report_, id, out};
    if (!is_object) {
      PYEXC_CHECK(read_unnormalised(id, out, triple));
      return {};
    }
    PYEXC_TRY(const auto* type, heap_.type_info_of(triple.value));
    PYEXC_TRY(const auto names, heap_.type_names(*type));
    out.module_kind = names.module_is_text ? Exception::Module::text : Exception::Module::not_text;
    out.module = names.module;
    out.qualname = names.qualname;
    out.name = names.name;
    RemoteAddr traceback = triple.traceback;
    if (!triple.has_traceback) {
      PYEXC_TRY(traceback, heap_.pointer(triple.value, heap_.layout().base_exception.traceback));
    }
    if (auto read_tb = read_traceback(id, out, traceback); !read_tb) {
      out.chain_cut = true;
      report_.problems.push_back({std::string(errc_name(read_tb.error().code)),
                                  "traceback of exception " + std::to_string(id), read_tb.error().message()});
    }
    auto message = exception_message(heap_, triple.value);
    out.message = std::move(message.text);
    out.inexact_reason = std::move(message.inexact_reason.text);
    out.inexact_reason_parts = std::move(message.inexact_reason.parts);
    out.str_failed = message.failed;
    out.notes = notes(heap_, triple.value);
    if (heap_.layout().text.false_exception_ends_chain) {
      PYEXC_TRY(out.has_truth, defines_truth(*type));
    }
    PYEXC_TRY(const bool is_syntax_error, heap_.inherits(*type, "SyntaxError"));
    if (is_syntax_error) PYEXC_CHECK(read_syntax_error(out, triple.value));
    if (heap_.layout().text.suggestions && !is_syntax_error) {
      SuggestionReader suggestions(heap_, frames_, sysdict_, modules_);
      PYEXC_TRY(out.suggestion, suggestions.read(triple.value, *type, traceback));
    }
  }
  PYEXC_CHECK(read_chain(id, triple.value));
  PYEXC_TRY(const auto* type, heap_.type_info_of(triple.value));
  PYEXC_TRY(const bool is_group, heap_.inherits(*type, "BaseExceptionGroup"));
  if (is_group) PYEXC_CHECK(read_members(id, triple.value));
  return {};
}

/// A heap type of the MRO that defines __bool__ or __len__ decides what `if exc` means.
Result<bool> ExceptionReader::defines_truth(const TypeInfo& type) {
  PYEXC_TRY(const auto types, heap_.mro(type));
  for (const TypeInfo* base : types) {
    if (!base->heap() || base->tp_dict.null()) continue;
    for (const std::string_view special : {"__bool__", "__len__"}) {
      PYEXC_TRY(const auto found, heap_.dict_get(base->tp_dict, special));
      if (!found.null()) return true;
    }
  }
  return false;
}

// Before 3.12 C code may leave (type, argument) pairs that nobody has made an instance of yet
// (PyErr_NormalizeException). What the instance's text would be follows from the argument.
Result<void> ExceptionReader::read_unnormalised(ExceptionId id, Exception& out, const Triple& triple) {
  PYEXC_TRY(const auto* type, heap_.type_info(triple.type));
  PYEXC_TRY(const auto names, heap_.type_names(*type));
  out.module_kind = names.module_is_text ? Exception::Module::text : Exception::Module::not_text;
  out.module = names.module;
  out.qualname = names.qualname;
  out.name = names.name;
  out.is_base_exception = type->is(type_flags::exception_subclass);
  if (!triple.value.null() && !heap_.is_none(triple.value)) {
    if (heap_.has_flag(triple.value, type_flags::str_subclass)) {
      PYEXC_TRY(out.message.text, heap_.text(triple.value));
      out.message.exact = !type->heap();
    } else {
      out.message.exact = false;
      out.inexact_reason = "not yet an instance";
    }
  }
  if (triple.has_traceback) PYEXC_CHECK(read_traceback(id, out, triple.traceback));
  return {};
}

Result<void> ExceptionReader::read_traceback(ExceptionId id, Exception& out, RemoteAddr first) {
  if (first.null() || heap_.is_none(first)) return {};
  out.has_traceback = true;
  std::size_t count = 0;
  RemoteAddr anchor;
  std::size_t until = 64;
  for (RemoteAddr tb = first; !tb.null() && !heap_.is_none(tb);) {
    if (tb == anchor) return fail(Error::at(Errc::cycle, tb.value(), "a traceback that comes back to itself"));
    if (++count == until) {
      anchor = tb;
      until *= 2;
    }
    if (count > heap_.limits().max_traceback_entries) {
      out.frames_left_out = 1;
      return fail(Error::at(Errc::limit, tb.value(), "a traceback with too many entries"));
    }
    if (!heap_.is_exactly(tb, "traceback")) return fail(Error::at(Errc::invalid, tb.value(), "not a traceback object"));
    PYEXC_TRY(const auto next, heap_.pointer(tb, heap_.layout().traceback.tb_next));
    auto read = read_entry(id, count - 1, tb);
    if (!heap_.capturing()) {
      if (!read) {
        Frame broken;
        broken.unreadable = read.error().message();
        out.frames.push_back(std::move(broken));
      } else {
        out.frames.push_back(std::move(*read));
      }
    }
    if (!read)
      report_.problems.push_back({std::string(errc_name(read.error().code)), "a traceback entry", read.error().message()});
    tb = next;
  }
  return {};
}

Result<Frame> ExceptionReader::read_entry(ExceptionId id, std::size_t index, RemoteAddr tb) {
  const auto& f = heap_.layout().traceback;
  PYEXC_TRY(const auto frame, heap_.pointer(tb, f.tb_frame));
  PYEXC_TRY(const auto lasti, heap_.field<std::int32_t>(tb, f.tb_lasti));
  PYEXC_TRY(const auto line, heap_.field<std::int32_t>(tb, f.tb_lineno));
  PYEXC_TRY(auto facts, frames_.frame_of(frame));
  PYEXC_TRY(const auto* code, codes_.read(facts.code));
  if (values_ != nullptr)
    values_->add(current_.thread, current_.distance, facts,
                 {FrameValues::Place::Where::exception, id, 0, index});
  facts.lasti = lasti;
  // tb_lineno: -1 since 3.11 means "compute from tb_lasti" (tb_lineno_get, Python/traceback.c).
  const bool lazy = heap_.traits().traceback_line_is_lazy && line == -1;
  facts.set_line = lazy ? 0 : line;
  if (heap_.capturing()) {
    touch_entry(facts, *code);
    return Frame{};
  }
  Frame out = entry(facts, *code, true);
  if (!lazy && !out.line) out.line = line;
  return out;
}

void ExceptionReader::touch_entry(const FrameFacts& facts, const Code& code) {
  std::optional<std::int64_t> line;
  if (facts.set_line != 0) line = facts.set_line;
  (void)sources_.file_of(code, facts.globals, facts.lasti, line);
}

void ExceptionReader::append_entry(std::vector<Frame>& stack, const FrameFacts& facts, const Code& code) {
  if (!heap_.capturing()) {
    stack.push_back(entry(facts, code, false));
    return;
  }
  touch_entry(facts, code);
  stack.emplace_back();
}

Frame ExceptionReader::entry(const FrameFacts& facts, const Code& code, bool with_columns) {
  Frame out;
  out.file = code.file;
  out.function = code.name;
  out.qualname = code.qualname;
  out.lasti = facts.lasti;
  const auto format = heap_.traits().line_table;
  const Position position = position_of(format, code.line_table, code.first_line, facts.lasti);
  if (with_columns) {
    // _walk_tb_with_full_positions(): the positions of tb_lasti win over tb_lineno where they have a line.
    out.line = position.line;
    out.end_line = position.end_line;
    out.column = position.column;
    out.end_column = position.end_column;
    if (!out.line) {
      out.line = facts.set_line != 0 ? std::optional(facts.set_line)
                                     : line_of(format, code.line_table, code.first_line, facts.lasti);
    }
  } else {
    out.line = facts.set_line != 0 ? std::optional(facts.set_line)
                                   : line_of(format, code.line_table, code.first_line, facts.lasti);
    if (out.line == position.line) {
      out.end_line = position.end_line;
      out.column = position.column;
      out.end_column = position.end_column;
    }
  }
  out.source_file = sources_.file_of(code, facts.globals, facts.lasti, out.line);
  return out;
}

Result<void> ExceptionReader::read_chain(ExceptionId id, RemoteAddr exception) {
  const auto& f = heap_.layout().base_exception;
  if (!f.cause.has()) return {};
  PYEXC_TRY(const auto cause, heap_.pointer(exception, f.cause));
  PYEXC_TRY(const auto context, heap_.pointer(exception, f.context));
  PYEXC_TRY(const auto suppress, heap_.field<std::uint8_t>(exception, f.suppress_context));
  report_.exceptions[id].suppress_context = suppress != 0;
  const auto follow = [&](RemoteAddr next, std::optional<ExceptionId> Exception::*member) {
    if (next.null() || heap_.is_none(next)) return;
    if (report_.exceptions.size() >= heap_.limits().max_exceptions) {
      report_.exceptions[id].chain_cut = true;
      return;
    }
    report_.exceptions[id].*member = add_object(next);
  };
  follow(cause, &Exception::cause);
  follow(context, &Exception::context);
  return {};
}

Result<void> ExceptionReader::read_members(ExceptionId id, RemoteAddr exception) {
  PYEXC_TRY(const auto excs, heap_.pointer(exception, heap_.layout().exception_group.excs));
  PYEXC_TRY(const auto items, heap_.tuple_items(excs));
  report_.exceptions[id].members.emplace();
  report_.exceptions[id].members_left_out = static_cast<std::int64_t>(items.left_out);
  for (const RemoteAddr item : items.items) {
    if (report_.exceptions.size() >= heap_.limits().max_exceptions) {
      ++report_.exceptions[id].members_left_out;
      report_.exceptions[id].chain_cut = true;
      continue;
    }
    const ExceptionId member = add_object(item);
    report_.exceptions[id].members->push_back(member);
  }
  return {};
}

/// _metadata: (line, offset, source text or None), left by the compiler for the search of misspelt keywords.
Result<void> ExceptionReader::read_metadata(SyntaxErrorFacts& facts, RemoteAddr exception) {
  PYEXC_TRY(const auto metadata, heap_.pointer(exception, heap_.layout().syntax_error.metadata));
  if (metadata.null() || !heap_.has_flag(metadata, type_flags::tuple_subclass)) return {};
  PYEXC_TRY(const auto items, heap_.tuple_items(metadata));
  if (items.items.size() != 3 || !heap_.has_flag(items.items[0], type_flags::int_subclass)) return {};
  PYEXC_TRY(const auto line, heap_.integer(items.items[0]));
  facts.has_metadata = true;
  facts.metadata_line = line.clamped();
  if (heap_.has_flag(items.items[2], type_flags::str_subclass)) {
    PYEXC_TRY(facts.metadata_source, heap_.text(items.items[2]));
  }
  return {};
}

Result<void> ExceptionReader::read_syntax_error(Exception& out, RemoteAddr exception) {
  const auto& f = heap_.layout().syntax_error;
  SyntaxErrorFacts facts;
  const auto take = [&](AttributeFact& fact, layout::Offset offset) -> Result<void> {
    if (!offset.has()) return {};
    PYEXC_TRY(const auto value, heap_.pointer(exception, offset));
    fact = attribute_fact(heap_, value);
    return {};
  };
  PYEXC_CHECK(take(facts.msg, f.msg));
  PYEXC_CHECK(take(facts.filename, f.filename));
  PYEXC_CHECK(take(facts.lineno, f.lineno));
  PYEXC_CHECK(take(facts.offset, f.offset));
  PYEXC_CHECK(take(facts.end_lineno, f.end_lineno));
  PYEXC_CHECK(take(facts.end_offset, f.end_offset));
  PYEXC_CHECK(take(facts.text, f.text));
  PYEXC_CHECK(take(facts.print_file_and_line, f.print_file_and_line));
  if (f.metadata.has()) PYEXC_CHECK(read_metadata(facts, exception));
  out.syntax_error = std::move(facts);
  return {};
}

}  // namespace pyexc::cpython
