#include "cpython/value/lookup.hpp"

#include <algorithm>
#include <array>

namespace pyexc::cpython {

namespace {

/// Descriptors without __set__: an instance's own attribute comes before them.
constexpr std::array non_data = {std::string_view("function"),
                                 std::string_view("method_descriptor"),
                                 std::string_view("classmethod_descriptor"),
                                 std::string_view("wrapper_descriptor"),
                                 std::string_view("classmethod"),
                                 std::string_view("staticmethod"),
                                 std::string_view("builtin_function_or_method")};

Attribute by_code() { return {Attribute::State::by_code, {}}; }
Attribute found(RemoteAddr value) { return {Attribute::State::found, value}; }

/// What __getattr__ of the class, or of a module, may make of a name that was not found.
Result<Attribute> missing(Heap& heap, RemoteAddr object, const TypeInfo& type) {
  PYEXC_TRY(const auto hook, heap.heap_type_attribute(type, "__getattr__"));
  if (!hook.null()) return by_code();
  PYEXC_TRY(const bool module, heap.inherits(type, "module"));
  if (module) {
    PYEXC_TRY(const auto own, heap.instance_get(object, "__getattr__"));
    if (!own.null()) return by_code();
  }
  return Attribute{};
}

/// PyObject_GenericGetAttr(), module_getattro() and slot_tp_getattr_hook() find the same; other
/// slots do not.
Result<bool> looks_up_as_object(Heap& heap, const TypeInfo& type) {
  PYEXC_TRY(const auto own, heap.heap_type_attribute(type, "__getattribute__"));
  if (!own.null() && !heap.is_exactly(own, "wrapper_descriptor")) return false;
  PYEXC_TRY(const auto* owner, heap.slot_owner(type, &TypeInfo::tp_getattro));
  return owner == nullptr || owner->tp_name == "object" || owner->tp_name == "module";
}

}  // namespace

Result<Attribute> attribute_of(Heap& heap, RemoteAddr object, std::string_view name) {
  PYEXC_TRY(const auto* type, heap.type_info_of(object));
  PYEXC_TRY(const bool generic, looks_up_as_object(heap, *type));
  if (!generic) return by_code();
  PYEXC_TRY(const auto of_class, heap.class_attribute(*type, name));
  const TypeInfo* kind = nullptr;
  if (of_class.owner != nullptr) {
    PYEXC_TRY(kind, heap.type_info_of(of_class.value));
    if (!kind->heap() && kind->tp_name == "member_descriptor") {
      // One borrowed from another class raises TypeError.
      PYEXC_TRY(const auto definer, heap.pointer(of_class.value, heap.layout().member_descr.d_type));
      PYEXC_TRY(const auto bases, heap.mro(*type));
      const bool own = std::any_of(bases.begin(), bases.end(),
                                   [&](const TypeInfo* base) { return base->address == definer; });
      const auto value = heap.slot_member(object, of_class.value);
      if (!own || !value) return by_code();
      return value->null() ? missing(heap, object, *type) : found(*value);
    }
    const bool own_first =
        !kind->has_descr_get || (!kind->heap() && std::find(non_data.begin(), non_data.end(),
                                                            kind->tp_name) != non_data.end());
    if (!own_first) return by_code();
  }
  PYEXC_TRY(const auto own, heap.instance_get(object, name));
  if (!own.null()) return found(own);
  if (of_class.owner == nullptr) return missing(heap, object, *type);
  return kind->has_descr_get ? by_code() : found(of_class.value);
}

Result<RemoteAddr> loaded_module(Heap& heap, std::string_view name) {
  PYEXC_TRY(const auto modules,
            heap.pointer(heap.interpreter(), heap.layout().interp.imports_modules));
  PYEXC_TRY(const auto module, heap.dict_get(modules, name));
  if (module.null()) return RemoteAddr();
  PYEXC_TRY(const auto* type, heap.type_info_of(module));
  PYEXC_TRY(const bool is_module, heap.inherits(*type, "module"));
  return is_module ? module : RemoteAddr();
}

Result<RemoteAddr> module_member(Heap& heap, std::string_view module, std::string_view name) {
  PYEXC_TRY(const auto found_module, loaded_module(heap, module));
  if (found_module.null()) return RemoteAddr();
  PYEXC_TRY(const auto dict, heap.module_dict(found_module));
  return dict.null() ? Result<RemoteAddr>(RemoteAddr()) : heap.dict_get(dict, name);
}

std::optional<bool> truth(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  if (!type) return std::nullopt;
  if (heap.is_none(object)) return false;
  for (const std::string_view special : {"__bool__", "__len__"}) {
    const auto own = heap.heap_type_attribute(**type, special);
    if (!own || !own->null()) return std::nullopt;
  }
  if ((*type)->is(type_flags::int_subclass)) {
    const auto value = heap.integer(object);
    return value ? std::optional(!value->digits.empty()) : std::nullopt;
  }
  const auto length = kind_of(heap, object).length;
  if (length) return *length != 0;
  // Instances of other classes made in Python, types and functions are true.
  const auto has = [&](std::string_view special) {
    const auto attribute = heap.class_attribute(**type, special);
    return !attribute || attribute->owner != nullptr;
  };
  const bool plain = heap.inherits(**type, "type").value_or(false) ||
                     (*type)->tp_name == "function" ||
                     ((*type)->heap() && !has("__bool__") && !has("__len__"));
  return plain ? std::optional(true) : std::nullopt;
}

bool is_kind_of(Heap& heap, const TypeInfo& type, std::string_view module,
                std::string_view class_name) {
  const auto wanted = module_member(heap, module, class_name);
  const auto bases = heap.mro(type);
  if (!wanted || wanted->null() || !bases) return false;
  return std::any_of(bases->begin(), bases->end(),
                     [&](const TypeInfo* base) { return base->address == *wanted; });
}

void put_str(Printer& out, RemoteAddr str) {
  const auto value = out.heap().str(str, out.max_string());
  if (!value) return out.mark_unreadable();
  out.put(value->length - value->left_out, [&] { return value->text; });
  out.mark_left_out(value->left_out);
}

void put_class_name(Printer& out, const TypeInfo& type) {
  const auto names = out.heap().type_names(type);
  if (!names) return out.mark_unreadable();
  out.put(1, [&] { return names->name; });
}

void put_qualified_name(Printer& out, const TypeInfo& type) {
  const auto names = out.heap().type_names(type);
  if (!names) return out.mark_unreadable();
  if (!names->module_is_text) out.mark_inexact("__module__ of " + type.tp_name + " is no str");
  out.put(1, [&] { return names->module + "." + names->qualname; });
}

void put_unknown(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view what) {
  out.mark_inexact(std::string(what) + " of " + full_name(out.heap(), type) +
                   " is decided by code");
  out.put_foreign(object, type);
}

RemoteAddr Attributes::optional(std::string_view name) {
  const auto attribute = attribute_of(out_.heap(), object_, name);
  if (!attribute || attribute->state == Attribute::State::by_code) {
    failed_ = true;
    return {};
  }
  return attribute->value;
}

RemoteAddr Attributes::operator[](std::string_view name) {
  const RemoteAddr value = optional(name);
  if (value.null()) failed_ = true;
  return value;
}

bool Attributes::give_up() {
  if (failed_) put_unknown(out_, object_, type_, "an attribute");
  return failed_;
}

}  // namespace pyexc::cpython
