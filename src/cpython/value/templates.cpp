// Small types of 3.14 and 3.15: template strings, frozendict, sentinels, lazy imports.

#include <fmt/format.h>
#include <array>

#include "cpython/value/core_families.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

void repr_template(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().template_string;
  const auto strings = heap.pointer(object, f.strings),
             parts = heap.pointer(object, f.interpolations);
  if (!strings || !parts) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(strings=");
  out.repr(*strings);
  out.put(", interpolations=");
  out.repr(*parts);
  out.put(")");
}

void repr_interpolation(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().interpolation;
  out.put(Printer::short_name(type));
  const auto value = heap.pointer(object, f.value), expression = heap.pointer(object, f.expression);
  if (!value || !expression) return out.mark_unreadable();
  out.put("(");
  // The expression is most often the name of a variable: its value is looked at like that of one.
  out.repr_value_of(*expression, *value);
  out.put(", ");
  out.repr(*expression);
  for (const layout::Offset field : {f.conversion, f.format_spec}) {
    const auto member = heap.pointer(object, field);
    if (!member) return out.mark_unreadable();
    out.put(", ");
    out.repr(*member);
  }
  out.put(")");
}

void repr_frozen_dict(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto used = out.heap().dict_used(object);
  if (!used) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  if (*used != 0) repr_dict(out, object, type);
  out.put(")");
}

void repr_sentinel(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  if (const auto field = heap.layout().sentinel.repr; field.has()) {
    const auto own = heap.pointer(object, field);
    if (!own) return out.mark_unreadable();
    if (!own->null() && !heap.is_none(*own)) return out.str(*own);
  }
  const auto name = out.heap().pointer(object, out.heap().layout().sentinel.name);
  if (!name) return out.mark_unreadable();
  out.str(*name);
}

void repr_lazy_import(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto from = heap.pointer(object, heap.layout().lazy_import.lz_from);
  const auto attribute = heap.pointer(object, heap.layout().lazy_import.lz_attr);
  if (!from || !attribute) return out.mark_unreadable();
  out.put("<lazy_import '");
  put_str(out, *from);
  if (!attribute->null() && heap.has_flag(*attribute, type_flags::str_subclass)) {
    out.put(".");
    put_str(out, *attribute);
  } else if (!attribute->null() && !heap.is_none(*attribute)) {
    out.put("...");
  }
  out.put("'>");
}

}  // namespace pyexc::cpython
