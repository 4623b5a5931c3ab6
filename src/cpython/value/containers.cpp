// Objects/tupleobject.c, listobject.c, dictobject.c, setobject.c: the tp_repr of each, which
// subclasses inherit and which look at the items directly.

#include "cpython/value/families.hpp"

namespace pyexc::cpython {

namespace {

void put_items(Printer& out, const Items& items) {
  bool first = true;
  for (const RemoteAddr item : items.items) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    out.repr(item);
  }
  if (items.left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items.left_out);
  }
}

/// (b"authorization", b"Bearer ..."), as ASGI, WSGI and most libraries keep headers: the second is
/// the first's value, and is masked by that name.
bool is_named_text(Heap& heap, const Items& items) {
  constexpr std::uint64_t text = type_flags::str_subclass | type_flags::bytes_subclass;
  return items.left_out == 0 && items.items.size() == 2 && heap.has_flag(items.items[0], text) &&
         heap.has_flag(items.items[1], text);
}

}  // namespace

void put_sequence(Printer& out, const Items& items, bool tuple) {
  out.put(tuple ? "(" : "[");
  if (tuple && is_named_text(out.heap(), items)) {
    out.repr(items.items.front());
    out.put(", ");
    out.repr_value_of(items.items.front(), items.items.back());
  } else {
    put_items(out, items);
  }
  if (tuple) out.put(items.items.size() == 1 && items.left_out == 0 ? ",)" : ")");
  else out.put("]");
}

void repr_tuple(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto items = out.heap().tuple_items(object, out.max_items());
  if (!items) return out.mark_unreadable();
  if (items->items.empty() && items->left_out == 0) return out.put("()");
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("(...)");
  put_sequence(out, *items, true);
}

void repr_list(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto items = out.heap().list_items(object, out.max_items());
  if (!items) return out.mark_unreadable();
  if (items->items.empty() && items->left_out == 0) return out.put("[]");
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("[...]");
  put_sequence(out, *items, false);
}

void put_entries(Printer& out, const DictItems& items) {
  out.put("{");
  bool first = true;
  for (const DictEntry& entry : items.entries) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    out.repr(entry.key);
    out.put(": ");
    out.repr_value_of(entry.key, entry.value);
  }
  if (items.left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items.left_out);
  }
  out.put("}");
}

void repr_dict(Printer& out, RemoteAddr object, const TypeInfo&) {
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("{...}");
  const auto items = out.heap().dict_items(object, out.max_items());
  if (!items) return out.mark_unreadable();
  put_entries(out, *items);
}

void repr_set(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Printer::Guard guard(out, object);
  if (!guard.entered()) {
    out.put(type.tp_name);
    return out.put("(...)");
  }
  // set_repr() lists the items by iterating, which a subclass may have its own way to do.
  if (type.heap()) {
    const auto own = out.heap().heap_type_attribute(type, "__iter__");
    if (!own || !own->null()) {
      out.mark_inexact("__iter__ of " + full_name(out.heap(), type) + " is Python code");
      return out.put_default(object, type);
    }
  }
  const auto items = out.heap().set_items(object, out.max_items());
  if (!items) return out.mark_unreadable();
  const bool plain = type.tp_name == "set" && !type.heap();
  if (items->items.empty() && items->left_out == 0) {
    out.put(type.tp_name);
    return out.put("()");
  }
  if (!plain) {
    out.put(type.tp_name);
    out.put("(");
  }
  out.put("{");
  put_items(out, *items);
  out.put(plain ? "}" : "})");
}

}  // namespace pyexc::cpython
