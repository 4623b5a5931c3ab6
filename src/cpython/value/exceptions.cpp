// Objects/exceptions.c: tp_str and tp_repr of BaseException and of those that have their own, but
// for the UnicodeErrors.

#include <fmt/format.h>

#include "cpython/value/families.hpp"

namespace pyexc::cpython {

namespace {

struct Args {
  RemoteAddr tuple;
  Items items;
  [[nodiscard]] std::size_t size() const noexcept { return items.items.size() + items.left_out; }
};

Result<Args> args_of(Heap& heap, RemoteAddr exception) {
  Args args;
  PYEXC_TRY(args.tuple, heap.pointer(exception, heap.layout().base_exception.args));
  if (args.tuple.null()) return args;
  PYEXC_TRY(args.items, heap.tuple_items(args.tuple));
  return args;
}

/// A member that may be unset, as %S writes it after OR_NONE.
void str_or_none(Printer& out, RemoteAddr object) {
  if (object.null()) return out.put("None");
  out.str(object);
}

}  // namespace

void repr_base_exception(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto args = args_of(out.heap(), object);
  if (!args) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  if (args->size() == 0) return out.put("()");
  if (args->size() > 1) return out.repr(args->tuple);
  out.put("(");
  out.repr(args->items.items.front());
  out.put(")");
}

void repr_exception_group(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().exception_group;
  const auto message = heap.pointer(object, f.msg);
  const auto saved = heap.pointer(object, f.excs_str);
  const auto members = heap.pointer(object, f.excs);
  const auto args = args_of(heap, object);
  if (!message || !saved || !members || !args) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  out.repr(*message);
  out.put(", ");
  if (!saved->null()) {
    out.str(*saved);
  } else if (args->items.items.size() > 1 &&
             heap.has_flag(args->items.items[1], type_flags::list_subclass)) {
    const auto items = heap.tuple_items(*members);
    if (!items) return out.mark_unreadable();
    put_sequence(out, *items, false);
  } else {
    out.repr(*members);
  }
  out.put(")");
}

void repr_import_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto args = args_of(heap, object);
  const auto name = heap.pointer(object, heap.layout().import_error.name);
  const auto path = heap.pointer(object, heap.layout().import_error.path);
  if (!args || !name || !path) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  bool first = true;
  const auto comma = [&] {
    if (!first) out.put(", ");
    first = false;
  };
  for (const RemoteAddr item : args->items.items) {
    comma();
    out.repr(item);
  }
  if (args->items.left_out != 0) {
    comma();
    out.mark_left_out(args->items.left_out);
  }
  for (const auto& [label, value] : {std::pair{"name=", *name}, std::pair{"path=", *path}}) {
    if (value.null()) continue;
    comma();
    out.put(label);
    out.repr(value);
  }
  out.put(")");
}

void str_base_exception(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto args = args_of(out.heap(), object);
  if (!args) return out.mark_unreadable();
  if (args->size() == 0) return;
  if (args->size() == 1) return out.str(args->items.items.front());
  out.str(args->tuple);
}

void str_key_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  // A lone key by its repr: str() of an empty str would be an empty message.
  const auto args = args_of(out.heap(), object);
  if (!args) return out.mark_unreadable();
  if (args->size() == 1) return out.repr(args->items.items.front());
  str_base_exception(out, object, type);
}

void str_os_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().os_error;
  const auto number = heap.pointer(object, f.myerrno);
  const auto text = heap.pointer(object, f.strerror);
  const auto file = heap.pointer(object, f.filename);
  const auto file2 = heap.pointer(object, f.filename2);
  if (!number || !text || !file || !file2) return out.mark_unreadable();
  if (file->null() && (number->null() || text->null()))
    return str_base_exception(out, object, type);
  out.put("[Errno ");
  str_or_none(out, *number);
  out.put("] ");
  str_or_none(out, *text);
  if (file->null()) return;
  out.put(": ");
  out.repr(*file);
  if (file2->null()) return;
  out.put(" -> ");
  out.repr(*file2);
}

void str_syntax_error(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().syntax_error;
  const auto message = heap.pointer(object, f.msg);
  const auto file = heap.pointer(object, f.filename);
  const auto line = heap.pointer(object, f.lineno);
  if (!message || !file || !line) return out.mark_unreadable();
  const bool has_file = !file->null() && heap.has_flag(*file, type_flags::str_subclass);
  const bool has_line = !line->null() && heap.is_exactly(*line, "int");
  str_or_none(out, *message);
  if (!has_file && !has_line) return;
  out.put(" (");
  if (has_file) {
    // my_basename(): what follows the last separator.
    const auto name = heap.str(*file);
    if (!name) return out.mark_unreadable();
    out.put(0, [&] { return name->text.substr(name->text.rfind('/') + 1); });
    out.mark_left_out(name->left_out);
    if (has_line) out.put(", ");
  }
  if (has_line) {
    // PyLong_AsLongAndOverflow() gives -1 for what is no C long.
    const auto number = heap.integer(*line);
    if (!number && number.error().code != Errc::limit) return out.mark_unreadable();
    out.put("line ");
    out.put(1, [&] {
      return fmt::format("{}", number && number->fits_int64() ? number->clamped() : -1);
    });
  }
  out.put(")");
}

void str_import_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto message = heap.pointer(object, heap.layout().import_error.msg);
  if (!message) return out.mark_unreadable();
  if (!message->null() && heap.is_exactly(*message, "str")) return out.str(*message);
  str_base_exception(out, object, type);
}

void str_exception_group(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().exception_group;
  const auto message = heap.pointer(object, f.msg);
  const auto members = heap.pointer(object, f.excs);
  if (!message || !members || message->null() || members->null()) return out.mark_unreadable();
  const auto count = heap.var_size(*members);
  if (!count) return out.mark_unreadable();
  out.str(*message);
  out.put(fmt::format(" ({} sub-exception{})", *count, *count > 1 ? "s" : ""));
}

}  // namespace pyexc::cpython
