// object itself, types, functions and the small things made of other objects.

#include <fmt/format.h>

#include "cpython/value/families.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_method_name = 4096;
}

void repr_object(Printer& out, RemoteAddr object, const TypeInfo& type) {
  out.put_default(object, type);
}

// object_str(), Objects/typeobject.c
void str_object(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }

void repr_type(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto type = out.heap().type_info(object);
  if (!type) return out.mark_unreadable();
  out.put("<class '");
  out.put_type_name(**type);
  out.put("'>");
}

void repr_function(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto name = heap.pointer(object, heap.layout().function.func_qualname);
  const auto text = name ? heap.str(*name) : fail(Errc::invalid);
  if (!text || text->left_out != 0) {
    out.mark_inexact("an argument is unreadable");
    return out.put_default(object, type);
  }
  out.put("<function ");
  out.put(text->length, [&] { return text->text; });
  out.put(" at ");
  out.put_address(object);
  out.put(">");
}

// meth_repr(), Objects/methodobject.c
void repr_builtin_function(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto self = heap.pointer(object, heap.layout().cfunction.m_self);
  const auto method = heap.pointer(object, heap.layout().cfunction.m_ml);
  Result<std::string> name = fail(Errc::invalid);
  if (self && method) {
    // PyMethodDef.ml_name is its first member.
    if (const auto text = heap.memory().read_pointer(*method))
      name = heap.memory().read_cstring(*text, max_method_name);
  }
  const auto* self_type = [&]() -> const TypeInfo* {
    if (!name || self->null()) return nullptr;
    const auto found = heap.type_info_of(*self);
    return found ? *found : nullptr;
  }();
  if (!name || (!self->null() && self_type == nullptr)) {
    out.mark_inexact("an argument is unreadable");
    return out.put_default(object, type);
  }
  bool of_module = self->null();
  if (self_type != nullptr) {
    const auto bases = heap.mro(*self_type);
    if (!bases) return out.mark_unreadable();
    for (const TypeInfo* base : *bases)
      of_module = of_module || (!base->heap() && base->tp_name == "module");
  }
  if (of_module) return out.put(fmt::format("<built-in function {}>", *name));
  out.put(fmt::format("<built-in method {} of {} object at {:#x}>", *name, self_type->tp_name,
                      self->value()));
}

namespace {

/// start, stop and, unless it is the one not shown, step.
void put_steps(Printer& out, RemoteAddr object, std::string_view name, layout::Offset start,
               layout::Offset stop, layout::Offset step, bool hide_one) {
  Heap& heap = out.heap();
  const auto first = heap.pointer(object, start);
  const auto last = heap.pointer(object, stop);
  const auto by = heap.pointer(object, step);
  if (!first || !last || !by) return out.mark_unreadable();
  out.put(name);
  out.put("(");
  out.repr(*first);
  out.put(", ");
  out.repr(*last);
  bool show = true;
  if (hide_one) {
    const auto value = heap.integer(*by);
    if (!value) return out.mark_unreadable();
    show = value->clamped() != 1;
  }
  if (show) {
    out.put(", ");
    out.repr(*by);
  }
  out.put(")");
}

}  // namespace

void repr_range(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto& f = out.heap().layout().range;
  put_steps(out, object, "range", f.start, f.stop, f.step, true);
}

void repr_slice(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto& f = out.heap().layout().slice;
  put_steps(out, object, "slice", f.start, f.stop, f.step, false);
}

}  // namespace pyexc::cpython
