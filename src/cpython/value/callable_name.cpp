#include "cpython/value/callable_name.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 4096;
constexpr int max_wrapped = 32;  // methods of methods

using Name = Result<CallableName>;

CallableName text_name(std::string text) {
  return {Attribute::State::found, true, std::move(text)};
}

Name of_str(Heap& heap, RemoteAddr str) {
  if (!heap.has_flag(str, type_flags::str_subclass))
    return CallableName{Attribute::State::found, false, {}};
  PYEXC_TRY(auto text, heap.text_now(str, max_name));
  return text_name(std::move(text));
}

Name of_type(Heap& heap, RemoteAddr type, NameKind kind) {
  PYEXC_TRY(const auto* info, heap.type_info(type));
  if (!info->heap()) {
    PYEXC_TRY(auto names, heap.type_names(*info));
    return text_name(kind == NameKind::name ? std::move(names.name) : std::move(names.qualname));
  }
  const auto& f = heap.layout().heap_type;
  PYEXC_TRY(const auto name,
            heap.pointer(type, kind == NameKind::name ? f.ht_name : f.ht_qualname));
  return of_str(heap, name);
}

/// `T.name`, of a member of type T.
Name below_type(Heap& heap, RemoteAddr type, std::string name) {
  PYEXC_TRY(auto outer, of_type(heap, type, NameKind::qualname));
  return text_name(outer.text + "." + name);
}

// meth_get__name__() and meth_get__qualname__(), Objects/methodobject.c
Name of_builtin(Heap& heap, RemoteAddr object, NameKind kind) {
  const auto& f = heap.layout().cfunction;
  PYEXC_TRY(const auto method, heap.pointer(object, f.m_ml));
  PYEXC_TRY(const auto at, heap.memory().read_pointer(method));
  PYEXC_TRY(auto name, heap.memory().read_cstring(at, max_name));
  PYEXC_TRY(const auto self, heap.pointer(object, f.m_self));
  if (kind == NameKind::name || self.null()) return text_name(std::move(name));
  PYEXC_TRY(const auto* type, heap.type_info_of(self));
  PYEXC_TRY(const bool module, heap.inherits(*type, "module"));
  if (module) return text_name(std::move(name));
  return below_type(heap, type->is(type_flags::type_subclass) ? self : type->address,
                    std::move(name));
}

// descr_get_qualname(), Objects/descrobject.c
Name of_descriptor(Heap& heap, RemoteAddr object, NameKind kind) {
  const auto& f = heap.layout().wrapper_descr;
  PYEXC_TRY(const auto name, heap.pointer(object, f.d_name));
  PYEXC_TRY(auto text, of_str(heap, name));
  if (kind == NameKind::name || !text.is_text) return text;
  PYEXC_TRY(const auto type, heap.pointer(object, f.d_type));
  return below_type(heap, type, std::move(text.text));
}

Name find(Heap& heap, RemoteAddr object, NameKind kind, int depth) {
  if (depth > max_wrapped) return CallableName{Attribute::State::by_code, false, {}};
  const auto& layout = heap.layout();
  PYEXC_TRY(const auto* type, heap.type_info_of(object));
  if (type->is(type_flags::type_subclass)) return of_type(heap, object, kind);
  if (!type->heap()) {
    const std::string_view name = type->tp_name;
    const auto str_at = [&](layout::Offset short_name, layout::Offset qualified) -> Name {
      PYEXC_TRY(const auto str,
                heap.pointer(object, kind == NameKind::name ? short_name : qualified));
      return of_str(heap, str);
    };
    const auto forward = [&](layout::Offset to) -> Name {
      PYEXC_TRY(const auto next, heap.pointer(object, to));
      return find(heap, next, kind, depth + 1);
    };
    if (name == "function") return str_at(layout.function.func_name, layout.function.func_qualname);
    if (name == "builtin_function_or_method") return of_builtin(heap, object, kind);
    if (name == "method") return forward(layout.method.im_func);
    if (name == "instancemethod") return forward(layout.instance_method.func);
    if (name == "types.GenericAlias") return forward(layout.generic_alias.origin);
    if (name == "method-wrapper") return forward(layout.method_wrapper.descr);
    if (name == "method_descriptor" || name == "classmethod_descriptor" ||
        name == "wrapper_descriptor" || name == "member_descriptor" || name == "getset_descriptor")
      return of_descriptor(heap, object, kind);
    if (name == "generator" || name == "coroutine" || name == "async_generator")
      return str_at(layout.gen.gi_name, layout.gen.gi_qualname);
  }
  PYEXC_TRY(const auto attribute,
            attribute_of(heap, object, kind == NameKind::name ? "__name__" : "__qualname__"));
  if (!attribute.found()) return CallableName{attribute.state, false, {}};
  return of_str(heap, attribute.value);
}

}  // namespace

Name callable_name(Heap& heap, RemoteAddr object, NameKind kind) {
  return find(heap, object, kind, 0);
}

Name special_name(Heap& heap, RemoteAddr object) {
  PYEXC_TRY(const auto* type, heap.type_info_of(object));
  // Descriptors that C code gave the type answer as getattr() does; these types forward all else to
  // what they wrap.
  if (type->is(type_flags::type_subclass)) return find(heap, object, NameKind::name, 0);
  if (!type->heap())
    return type->tp_name == "method" || type->tp_name == "instancemethod" ||
                   type->tp_name == "types.GenericAlias" || type->tp_name == "module"
               ? CallableName{}
               : find(heap, object, NameKind::name, 0);
  PYEXC_TRY(const auto attribute, heap.class_attribute(*type, "__name__"));
  if (attribute.owner == nullptr) return CallableName{};
  if (heap.is_exactly(attribute.value, "member_descriptor")) {
    const auto value = heap.slot_member(object, attribute.value);
    if (!value) return CallableName{Attribute::State::by_code, false, {}};
    return value->null() ? CallableName{} : of_str(heap, *value);
  }
  PYEXC_TRY(const auto* kind, heap.type_info_of(attribute.value));
  if (kind->has_descr_get) return CallableName{Attribute::State::by_code, false, {}};
  return of_str(heap, attribute.value);
}

}  // namespace pyexc::cpython
