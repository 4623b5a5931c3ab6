#include "cpython/value/class_facts.hpp"

namespace pyexc::cpython {

namespace {

/// The attribute of a class, from a type written in C of that name.
bool is_of_static(Heap& heap, const TypeInfo& type, std::string_view name,
                  std::string_view tp_name) {
  const auto found = heap.class_attribute(type, name);
  return found && found->owner != nullptr && !found->owner->heap() &&
         found->owner->tp_name == tp_name;
}

}  // namespace

Result<Attribute> class_variable(Heap& heap, const TypeInfo& type, std::string_view name) {
  PYEXC_TRY(const auto* meta, heap.type_info_of(type.address));
  PYEXC_TRY(const auto of_meta, heap.class_attribute(*meta, name));
  PYEXC_TRY(const auto found, heap.class_attribute(type, name));
  constexpr Attribute by_code{Attribute::State::by_code, {}};
  if (of_meta.owner != nullptr || !is_of_static(heap, *meta, "__getattribute__", "type"))
    return by_code;
  if (found.owner == nullptr) return Attribute{};
  PYEXC_TRY(const auto* kind, heap.type_info_of(found.value));
  const bool as_it_is =
      !kind->has_descr_get ||
      (!kind->heap() && (kind->tp_name == "function" || kind->tp_name == "wrapper_descriptor"));
  return as_it_is ? Attribute{Attribute::State::found, found.value} : by_code;
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

void put_without(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view name,
                 const Result<Attribute>& found) {
  if (!found) return out.mark_unreadable();
  if (found->absent()) return out.raise("<repr() failed>");
  put_unknown(out, object, type, name);
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
