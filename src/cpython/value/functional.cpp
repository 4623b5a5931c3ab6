// functools, operator, itertools, contextvars: what holds a callable and its arguments, and
// counters.

#include <fmt/format.h>

#include <array>

#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/quote.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

/// `, repr` of each, or without the comma for the first.
void put_arguments(Printer& out, const Items& items, bool& first) {
  for (const RemoteAddr item : items.items) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    out.repr(item);
  }
  out.mark_left_out(items.left_out);
}

/// `key=repr` of each.
void put_keywords(Printer& out, RemoteAddr dict, bool& first) {
  Heap& heap = out.heap();
  if (dict.null() || heap.is_none(dict)) return;
  const auto items = heap.dict_items(dict, out.max_items());
  if (!items) return out.mark_unreadable();
  for (const DictEntry& entry : items->entries) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    out.str(entry.key);
    out.put("=");
    out.repr_value_of(entry.key, entry.value);
  }
  out.mark_left_out(items->left_out);
}

void repr_partial(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().partial;
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("...");
  const auto function = heap.pointer(object, f.fn), args = heap.pointer(object, f.args),
             kw = heap.pointer(object, f.kw);
  const auto items =
      args ? heap.tuple_items(*args, out.max_items()) : Result<Items>(fail(Errc::invalid));
  if (!function || !items || !kw) return out.mark_unreadable();
  if (heap.traits().partial_is_named_fully) put_qualified_name(out, type);
  else out.put(type.tp_name);
  out.put("(");
  out.repr(*function);
  bool first = false;
  put_arguments(out, *items, first);
  put_keywords(out, *kw, first);
  out.put(")");
}

void repr_placeholder(Printer& out, RemoteAddr, const TypeInfo&) { out.put("Placeholder"); }

void repr_item_getter(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().item_getter;
  const Printer::Guard guard(out, object);
  out.put(type.tp_name);
  if (!guard.entered()) return out.put("(...)");
  const auto count = heap.field<std::int64_t>(object, f.nitems);
  const auto item = heap.pointer(object, f.item);
  if (!count || !item) return out.mark_unreadable();
  if (*count != 1) return out.repr(*item);
  out.put("(");
  out.repr(*item);
  out.put(")");
}

/// A dotted name is kept in its parts.
Result<std::string> joined(Heap& heap, RemoteAddr name) {
  constexpr std::size_t max_name = 4096;
  if (!heap.has_flag(name, type_flags::tuple_subclass)) return heap.text_now(name, max_name);
  PYEXC_TRY(const auto parts, heap.tuple_items(name, max_name));
  std::string text;
  for (const RemoteAddr part : parts.items) {
    if (text.size() > max_name)
      return fail(Error::at(Errc::limit, name.value(), "a long dotted name"));
    PYEXC_TRY(const auto one, heap.text_now(part, max_name));
    text += (text.empty() && part == parts.items.front() ? "" : ".") + one;
  }
  return text;
}

void repr_attr_getter(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const Printer::Guard guard(out, object);
  out.put(type.tp_name);
  if (!guard.entered()) return out.put("(...)");
  const auto names = heap.pointer(object, heap.layout().attr_getter.attr);
  const auto items =
      names ? heap.tuple_items(*names, out.max_items()) : Result<Items>(fail(Errc::invalid));
  if (!items) return out.mark_unreadable();
  out.put("(");
  bool first = true;
  for (const RemoteAddr item : items->items) {
    const auto text = joined(heap, item);
    if (!text) return out.mark_unreadable();
    if (!first) out.put(", ");
    first = false;
    out.put(2, [&] { return quote_str(*text, out.database(), out.room()); });
  }
  out.mark_left_out(items->left_out);
  out.put(")");
}

void repr_method_caller(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().method_caller;
  const Printer::Guard guard(out, object);
  out.put(type.tp_name);
  if (!guard.entered()) return out.put("(...)");
  // 3.13 kept the name among the arguments too, in `xargs`, as the first of them.
  const bool with_name = f.xargs.has();
  const auto name = heap.pointer(object, f.name);
  const auto args = heap.pointer(object, with_name ? f.xargs : f.args);
  const auto kw = heap.pointer(object, f.kwds);
  auto items = args ? heap.tuple_items(*args, out.max_items()) : Result<Items>(fail(Errc::invalid));
  if (!name || !items || !kw) return out.mark_unreadable();
  if (with_name && !items->items.empty()) items->items.erase(items->items.begin());
  out.put("(");
  out.repr(*name);
  bool first = false;
  put_arguments(out, *items, first);
  put_keywords(out, *kw, first);
  out.put(")");
}

void repr_count(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().count;
  const auto count = heap.field<std::int64_t>(object, f.cnt);
  const auto large = heap.pointer(object, f.long_cnt), step = heap.pointer(object, f.long_step);
  if (!count || !large || !step) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  if (*count != INT64_MAX) return out.put(fmt::format("({})", *count));
  out.put("(");
  // Counted to the last number of 64 bits, but not yet further.
  if (large->null())
    out.put(heap.traits().count_shows_last_number ? std::to_string(INT64_MAX) : "<NULL>");
  else out.repr(*large);
  const bool is_int = heap.has_flag(*step, type_flags::int_subclass);
  const auto value = is_int ? heap.integer(*step) : Result<IntValue>(IntValue{});
  if (!value) return out.mark_unreadable();
  if (!is_int || value->clamped() != 1) {
    out.put(", ");
    out.repr(*step);
  }
  out.put(")");
}

void repr_repeat(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto element = heap.pointer(object, heap.layout().repeat.element);
  const auto count = heap.field<std::int64_t>(object, heap.layout().repeat.cnt);
  if (!element || !count) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  out.repr(*element);
  if (*count != -1) out.put(fmt::format(", {}", *count));
  out.put(")");
}

void repr_context_variable(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto name = heap.pointer(object, heap.layout().context_var.var_name);
  const auto preset = heap.pointer(object, heap.layout().context_var.var_default);
  if (!name || !preset) return out.mark_unreadable();
  out.put("<ContextVar name=");
  out.repr(*name);
  if (!preset->null()) {
    out.put(" default=");
    out.repr_value_of(*name, *preset);
  }
  out.put(" at ");
  out.put_address(object);
  out.put(">");
}

void repr_context_token(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto variable = heap.pointer(object, heap.layout().context_token.tok_var);
  const auto used = heap.field<std::int32_t>(object, heap.layout().context_token.tok_used);
  if (!variable || !used) return out.mark_unreadable();
  out.put(*used != 0 ? "<Token used var=" : "<Token var=");
  out.repr(*variable);
  out.put(" at ");
  out.put_address(object);
  out.put(">");
}

void repr_struct(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::size_t max_format = 1U << 16;
  Heap& heap = out.heap();
  const auto format = heap.pointer(object, heap.layout().struct_.s_format);
  // A str since 3.15, bytes before.
  if (format && heap.has_flag(*format, type_flags::str_subclass)) {
    out.put(Printer::short_name(type));
    out.put("(");
    out.repr(*format);
    return out.put(")");
  }
  const auto bytes =
      format ? heap.bytes(*format, max_format) : Result<BytesValue>(fail(Errc::invalid));
  if (!bytes) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  out.put(2, [&] { return quote_str(bytes->data, out.database(), out.room()); });
  out.mark_left_out(bytes->left_out);
  out.put(")");
}

void repr_token_missing(Printer& out, RemoteAddr, const TypeInfo&) { out.put("<Token.MISSING>"); }

}  // namespace

// patterns.cpp
void repr_pattern(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_match(Printer& out, RemoteAddr object, const TypeInfo& type);

namespace {

constexpr std::array rows = {
    Row{"functools.partial", repr_partial},
    Row{"functools._PlaceholderType", repr_placeholder},
    Row{"operator.itemgetter", repr_item_getter},
    Row{"operator.attrgetter", repr_attr_getter},
    Row{"operator.methodcaller", repr_method_caller},
    Row{"itertools.count", repr_count},
    Row{"itertools.repeat", repr_repeat},
    Row{"ContextVar", repr_context_variable},
    Row{"_contextvars.ContextVar", repr_context_variable},
    Row{"Token", repr_context_token},
    Row{"_contextvars.Token", repr_context_token},
    Row{"Token.MISSING", repr_token_missing},
    Row{"_struct.Struct", repr_struct},
    Row{"re.Pattern", repr_pattern},
    Row{"re.Match", repr_match},
};

void put_partial_method(Printer& out, RemoteAddr object, const TypeInfo& type, bool always_commas) {
  Heap& heap = out.heap();
  Attributes of(out, object, type);
  const RemoteAddr function = of["func"], args = of["args"], keywords = of["keywords"];
  if (of.give_up()) return;
  const auto items = heap.tuple_items(args, out.max_items());
  if (!items) return out.mark_unreadable();
  put_qualified_name(out, type);
  out.put("(");
  if (always_commas) out.str(function);
  else out.repr(function);
  bool first = false;
  if (always_commas) {
    out.put(", ");
    first = true;
  }
  put_arguments(out, *items, first);
  if (always_commas) {
    out.put(", ");
    first = true;
  }
  put_keywords(out, keywords, first);
  out.put(")");
}

}  // namespace

std::span<const Row> functional_repr_rows() noexcept { return rows; }

void repr_partial_method_commas(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_partial_method(out, object, type, true);
}
void repr_partial_method(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_partial_method(out, object, type, false);
}

}  // namespace pyexc::cpython
