#include "cpython/value/attribute.hpp"

#include <algorithm>
#include <array>

namespace pyexc::cpython {

namespace {

/// Types of class attributes that an instance's own attribute of that name hides (no __set__),
/// though they are descriptors.
constexpr std::array<std::string_view, 6> non_data_descriptors = {"function",
                                                                  "classmethod",
                                                                  "staticmethod",
                                                                  "method_descriptor",
                                                                  "classmethod_descriptor",
                                                                  "wrapper_descriptor"};

bool is_non_data(const TypeInfo& type) {
  return !type.heap() && std::find(non_data_descriptors.begin(), non_data_descriptors.end(),
                                   type.tp_name) != non_data_descriptors.end();
}

/// The attribute of a class, from a type written in C of that name.
bool is_of_static(Heap& heap, const TypeInfo& type, std::string_view name,
                  std::string_view tp_name) {
  const auto found = heap.class_attribute(type, name);
  return found && found->owner != nullptr && !found->owner->heap() &&
         found->owner->tp_name == tp_name;
}

Attribute slot_value(Heap& heap, RemoteAddr object, const TypeInfo& type, RemoteAddr descriptor) {
  // A descriptor borrowed from another class raises TypeError.
  const auto definer = heap.pointer(descriptor, heap.layout().member_descr.d_type);
  const auto bases = heap.mro(type);
  if (!definer || !bases) return {};
  if (std::none_of(bases->begin(), bases->end(),
                   [&](const TypeInfo* base) { return base->address == *definer; }))
    return {Attribute::Kind::code, {}};
  const auto value = heap.slot_member(object, descriptor);
  if (!value) return {Attribute::Kind::code, {}};
  if (value->null()) return {Attribute::Kind::missing, {}};
  return {Attribute::Kind::value, *value};
}

Attribute generic(Heap& heap, RemoteAddr object, const TypeInfo& type, std::string_view name) {
  const auto of_class = heap.class_attribute(type, name);
  if (!of_class) return {};
  bool is_method = false;
  if (of_class->owner != nullptr) {
    const auto kind = heap.type_info_of(of_class->value);
    if (!kind) return {};
    if ((*kind)->has_descr_get) {
      if (!(*kind)->heap() && (*kind)->tp_name == "member_descriptor")
        return slot_value(heap, object, type, of_class->value);
      if (!is_non_data(**kind)) return {Attribute::Kind::code, {}};
      is_method = true;
    }
  }
  const auto own = heap.instance_get(object, name);
  if (!own) return {};
  if (!own->null()) return {Attribute::Kind::value, *own};
  if (is_method) return {Attribute::Kind::code, {}};
  if (of_class->owner != nullptr) return {Attribute::Kind::value, of_class->value};
  return {Attribute::Kind::missing, {}};
}

}  // namespace

Attribute attribute(Heap& heap, RemoteAddr object, const TypeInfo& type, std::string_view name) {
  // dict and some others have a slot wrapper of their own for the same function.
  if (const auto lookup = heap.class_attribute(type, "__getattribute__"); !lookup) return {};
  else if (lookup->owner == nullptr || lookup->owner->heap()) return {Attribute::Kind::code, {}};
  Attribute found = generic(heap, object, type, name);
  if (found.kind == Attribute::Kind::missing) {
    const auto fallback = heap.class_attribute(type, "__getattr__");
    if (!fallback) return {};
    if (fallback->owner != nullptr) found.kind = Attribute::Kind::code;
  }
  return found;
}

Attribute class_variable(Heap& heap, const TypeInfo& type, std::string_view name) {
  const auto meta = heap.type_info_of(type.address);
  if (!meta) return {};
  const auto of_meta = heap.class_attribute(**meta, name);
  const auto found = heap.class_attribute(type, name);
  if (!of_meta || !found) return {};
  if (of_meta->owner != nullptr || !is_of_static(heap, **meta, "__getattribute__", "type"))
    return {Attribute::Kind::code, {}};
  if (found->owner == nullptr) return {Attribute::Kind::missing, {}};
  const auto kind = heap.type_info_of(found->value);
  if (!kind) return {};
  if ((*kind)->has_descr_get && ((*kind)->heap() || ((*kind)->tp_name != "function" &&
                                                     (*kind)->tp_name != "wrapper_descriptor")))
    return {Attribute::Kind::code, {}};
  return {Attribute::Kind::value, found->value};
}

bool is_own_method(Heap& heap, const TypeInfo& type, std::string_view name,
                   std::string_view tp_name) {
  const auto found = heap.class_attribute(type, name);
  if (!found || found->owner == nullptr || found->owner->tp_name != tp_name) return false;
  return !found->owner->heap() || heap.is_exactly(found->value, "wrapper_descriptor") ||
         heap.is_exactly(found->value, "method_descriptor");
}

bool names_itself(Heap& heap, const TypeInfo& type) {
  const auto meta = heap.type_info_of(type.address);
  if (!meta) return false;
  // A metaclass written in Python has a str there for itself, behind which an instance's own is
  // found.
  const auto module = heap.class_attribute(**meta, "__module__");
  if (!module || module->owner == nullptr ||
      (module->owner->heap() && !heap.has_flag(module->value, type_flags::str_subclass)))
    return false;
  return is_of_static(heap, type, "__class__", "object") &&
         is_of_static(heap, **meta, "__name__", "type") &&
         is_of_static(heap, **meta, "__qualname__", "type") &&
         is_of_static(heap, **meta, "__getattribute__", "type");
}

void put_code(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view what) {
  out.mark_inexact(std::string(what) + " of " + full_name(out.heap(), type) + " is Python code");
  out.put_foreign(object, type);
}

void put_without(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view name,
                 const Attribute& found) {
  switch (found.kind) {
    case Attribute::Kind::missing: return out.raise("<repr() failed>");
    case Attribute::Kind::code: return put_code(out, object, type, name);
    case Attribute::Kind::value:
    case Attribute::Kind::unreadable: break;
  }
  out.mark_unreadable();
}

RemoteAddr python_function(Heap& heap, const TypeInfo& type, std::string_view special) {
  const auto found = heap.class_attribute(type, special);
  if (!found || found->owner == nullptr || !heap.is_exactly(found->value, "function")) return {};
  return found->value;
}

RemoteAddr function_global(Heap& heap, RemoteAddr function, std::string_view name) {
  const auto globals = heap.pointer(function, heap.layout().function.func_globals);
  if (!globals || globals->null()) return {};
  const auto value = heap.dict_get(*globals, name);
  return value ? *value : RemoteAddr();
}

Result<std::vector<RemoteAddr>> closure(Heap& heap, RemoteAddr function, std::size_t count) {
  PYEXC_TRY(const auto cells, heap.pointer(function, heap.layout().function.func_closure));
  PYEXC_TRY(const auto items, heap.tuple_items(cells));
  if (items.items.size() != count || items.left_out != 0)
    return fail(Error::at(Errc::invalid, function.value(), "a closure of another size"));
  std::vector<RemoteAddr> contents;
  for (const RemoteAddr cell : items.items) {
    PYEXC_TRY(const auto content, heap.pointer(cell, heap.layout().cell.ob_ref));
    contents.push_back(content);
  }
  return contents;
}

}  // namespace pyexc::cpython
