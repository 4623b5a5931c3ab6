// Objects/descrobject.c, Objects/funcobject.c, Objects/classobject.c: what stands in the dict of a
// class, and what comes out of it.

#include <fmt/format.h>

#include "cpython/value/callable_name.hpp"
#include "cpython/value/core_families.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 4096;

// descr_repr()
void put_descriptor(Printer& out, RemoteAddr object, std::string_view what) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().wrapper_descr;
  const auto type = heap.pointer(object, f.d_type);
  const auto name = heap.pointer(object, f.d_name);
  const auto info = type ? heap.type_info(*type) : Result<const TypeInfo*>(fail(Errc::invalid));
  if (!info || !name) return out.mark_unreadable();
  out.put("<");
  out.put(what);
  out.put(" '");
  if (!name->null() && heap.has_flag(*name, type_flags::str_subclass)) put_str(out, *name);
  else out.put("?");
  if (heap.traits().object_descriptors_name_no_type && !(*info)->heap() &&
      (*info)->tp_name == "object")
    return out.put("'>");
  out.put("' of '");
  out.put((*info)->tp_name);
  out.put("' objects>");
}

void put_wrapped(Printer& out, RemoteAddr object, std::string_view name, layout::Offset callable) {
  const auto function = out.heap().pointer(object, callable);
  if (!function) return out.mark_unreadable();
  out.put("<");
  out.put(name);
  out.put("(");
  if (function->null()) out.put("<NULL>");
  else out.repr(*function);
  out.put(")>");
}

}  // namespace

void repr_method_descriptor(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_descriptor(out, object, "method");
}
void repr_member_descriptor(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_descriptor(out, object, "member");
}
void repr_getset_descriptor(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_descriptor(out, object, "attribute");
}
void repr_slot_wrapper(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_descriptor(out, object, "slot wrapper");
}

void repr_method_wrapper(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& layout = heap.layout();
  const auto descriptor = heap.pointer(object, layout.method_wrapper.descr);
  const auto self = heap.pointer(object, layout.method_wrapper.self);
  if (!descriptor || !self) return out.mark_unreadable();
  const auto base = heap.pointer(*descriptor, layout.wrapper_descr.d_base);
  // wrapperbase.name is its first member.
  const auto at = base ? heap.memory().read_pointer(*base) : fail(Errc::invalid);
  const auto name = at ? heap.memory().read_cstring(*at, max_name) : fail(Errc::invalid);
  const auto type = heap.type_info_of(*self);
  if (!name || !type) return out.mark_unreadable();
  out.put(fmt::format("<method-wrapper '{}' of {} object at ", *name, (*type)->tp_name));
  out.put_address(*self);
  out.put(">");
}

void repr_class_method(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_wrapped(out, object, "classmethod", out.heap().layout().class_method.cm_callable);
}
void repr_static_method(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_wrapped(out, object, "staticmethod", out.heap().layout().static_method.sm_callable);
}

// method_repr(): the name of what is bound, whatever that is.
void repr_method(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto function = heap.pointer(object, heap.layout().method.im_func);
  const auto self = heap.pointer(object, heap.layout().method.im_self);
  if (!function || !self) return out.mark_unreadable();
  auto name = callable_name(heap, *function, NameKind::qualname);
  if (name && name->state == Attribute::State::absent)
    name = callable_name(heap, *function, NameKind::name);
  if (!name) return out.mark_unreadable();
  if (name->state == Attribute::State::by_code)
    return put_unknown(out, object, type, "__qualname__ of the function");
  const bool named = name->state == Attribute::State::found && name->is_text;
  out.put("<bound method ");
  out.put(named ? std::string_view(name->text) : "?");
  out.put(" of ");
  out.repr(*self);
  out.put(">");
}

void repr_instance_method(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto function = heap.pointer(object, heap.layout().instance_method.func);
  if (!function || function->null()) return out.mark_unreadable();
  const auto name = callable_name(heap, *function, NameKind::name);
  if (!name) return out.mark_unreadable();
  if (name->state == Attribute::State::by_code)
    return put_unknown(out, object, type, "__name__ of the function");
  const bool named = name->state == Attribute::State::found && name->is_text;
  out.put("<instancemethod ");
  out.put(named ? std::string_view(name->text) : "?");
  out.put(" at ");
  out.put_address(object);
  out.put(">");
}

void repr_super(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().super_;
  const auto type = heap.pointer(object, f.type), of = heap.pointer(object, f.obj_type);
  if (!type || !of) return out.mark_unreadable();
  const auto put_type = [&](RemoteAddr address) {
    const auto info = address.null() ? Result<const TypeInfo*>(nullptr) : heap.type_info(address);
    if (!info) return out.mark_unreadable();
    out.put(*info == nullptr ? std::string_view("NULL") : std::string_view((*info)->tp_name));
  };
  out.put("<super: <class '");
  put_type(*type);
  out.put("'>, ");
  if (of->null()) return out.put("NULL>");
  out.put("<");
  put_type(*of);
  out.put(" object>>");
}

void repr_cell(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto held = heap.pointer(object, heap.layout().cell.ob_ref);
  if (!held) return out.mark_unreadable();
  out.put("<cell at ");
  out.put_address(object);
  if (held->null()) return out.put(": empty>");
  const auto type = heap.type_info_of(*held);
  if (!type) return out.mark_unreadable();
  constexpr std::size_t shown = 80;  // bytes, "%.80s" in cell_repr()
  out.put(": ");
  out.put(std::string_view((*type)->tp_name).substr(0, shown));
  out.put(" object at ");
  out.put_address(*held);
  out.put(">");
}

}  // namespace pyexc::cpython
