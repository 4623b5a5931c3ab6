#include "cpython/object/heap.hpp"

#include <algorithm>

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_type_name = 4096;
constexpr std::size_t max_mro = 1000;
constexpr std::uint64_t max_static_types = 1000;  // _Py_MAX_MANAGED_STATIC_BUILTIN_TYPES is about 200
}  // namespace

Heap::Heap(PageCache& memory, const layout::Layout& layout, const Limits& limits, LookupHints& hints, Phase phase)
    : memory_(memory), layout_(layout), limits_(limits), hints_(hints), phase_(phase) {
  types_.reserve(64);
}

RemoteAddr Heap::untag(RemoteAddr reference) const noexcept {
  if (!traits().tagged_references) return reference;
  return RemoteAddr(reference.value() & ~std::uint64_t{3});
}

Result<RemoteAddr> Heap::type_of(RemoteAddr object) const {
  PYEXC_TRY(const auto type, pointer(object, layout_.object.ob_type));
  if (type.null() || type.value() % alignof(void*) != 0)
    return fail(Error::at(Errc::invalid, object.value(), "an object without a type"));
  return type;
}

Result<const TypeInfo*> Heap::type_info(RemoteAddr address) {
  if (const auto known = types_.find(address); known != types_.end()) return &known->second;
  const auto& f = layout_.type;
  TypeInfo info;
  info.address = address;
  PYEXC_TRY(info.flags, field<std::uint64_t>(address, f.tp_flags));
  // The type of a type is a type: its metaclass has the type_subclass flag. One step is enough to
  // refuse random memory, and cheap.
  PYEXC_TRY(const auto meta, type_of(address));
  PYEXC_TRY(const auto meta_flags, field<std::uint64_t>(meta, f.tp_flags));
  if ((meta_flags & type_flags::type_subclass) == 0)
    return fail(Error::at(Errc::invalid, address.value(), "not a type object"));
  PYEXC_TRY(const auto name, pointer(address, f.tp_name));
  PYEXC_TRY(info.tp_name, memory_.read_cstring(name, max_type_name));
  PYEXC_TRY(info.tp_str, pointer(address, f.tp_str));
  PYEXC_TRY(info.tp_repr, pointer(address, f.tp_repr));
  PYEXC_TRY(info.tp_base, pointer(address, f.tp_base));
  PYEXC_TRY(info.tp_dict, pointer(address, f.tp_dict));
  PYEXC_TRY(info.tp_mro, pointer(address, f.tp_mro));
  PYEXC_TRY(info.tp_getattro, pointer(address, f.tp_getattro));
  PYEXC_TRY(info.basicsize, field<std::int64_t>(address, f.tp_basicsize));
  PYEXC_TRY(info.itemsize, field<std::int64_t>(address, f.tp_itemsize));
  PYEXC_TRY(info.dictoffset, field<std::int64_t>(address, f.tp_dictoffset));
  if (f.tp_descr_get.has()) {
    PYEXC_TRY(const auto descr_get, pointer(address, f.tp_descr_get));
    info.has_descr_get = !descr_get.null();
  }
  return &types_.emplace(address, std::move(info)).first->second;
}

Result<const TypeInfo*> Heap::type_info_of(RemoteAddr object) {
  PYEXC_TRY(const auto type, type_of(object));
  return type_info(type);
}

Result<TypeNames> Heap::type_names(const TypeInfo& type) {
  TypeNames names;
  if (!type.heap()) {
    // type_module() and type_name() in Objects/typeobject.c: a static type's module is what stands
    // before the last dot of tp_name.
    const auto dot = type.tp_name.rfind('.');
    names.module = dot == std::string::npos ? "builtins" : type.tp_name.substr(0, dot);
    names.name = dot == std::string::npos ? type.tp_name : type.tp_name.substr(dot + 1);
    names.qualname = names.name;
    return names;
  }
  PYEXC_TRY(const auto name, pointer(type.address, layout_.heap_type.ht_name));
  PYEXC_TRY(names.name, text(name));
  names.qualname = names.name;
  if (layout_.heap_type.ht_qualname.has()) {
    PYEXC_TRY(const auto qualname, pointer(type.address, layout_.heap_type.ht_qualname));
    PYEXC_TRY(names.qualname, text(qualname));
  }
  names.module_is_text = false;
  if (!type.tp_dict.null()) {
    PYEXC_TRY(const auto module, dict_get(type.tp_dict, "__module__"));
    if (!module.null() && has_flag(module, type_flags::str_subclass)) {
      PYEXC_TRY(names.module, text(module));
      names.module_is_text = true;
    }
  }
  return names;
}

Result<std::vector<const TypeInfo*>> Heap::mro(const TypeInfo& type) {
  std::vector<const TypeInfo*> types;
  if (type.tp_mro.null()) return types;
  PYEXC_TRY(const auto items, tuple_items(type.tp_mro));
  for (const RemoteAddr item : items.items) {
    if (types.size() >= max_mro) break;
    PYEXC_TRY(const auto* info, type_info(item));
    types.push_back(info);
  }
  return types;
}

Result<const TypeInfo*> Heap::slot_owner(const TypeInfo& type, RemoteAddr TypeInfo::*slot) {
  const RemoteAddr wanted = type.*slot;
  PYEXC_TRY(const auto types, mro(type));
  const TypeInfo* owner = nullptr;
  for (const TypeInfo* candidate : types)
    if (!candidate->heap() && candidate->*slot == wanted) owner = candidate;
  return owner;
}

Result<bool> Heap::inherits(const TypeInfo& type, std::string_view name) {
  const TypeInfo* at = &type;
  for (std::size_t depth = 0; depth < max_mro; ++depth) {
    if (!at->heap() && at->tp_name == name) return true;
    if (at->tp_base.null()) return false;
    PYEXC_TRY(at, type_info(at->tp_base));
  }
  return false;
}

Result<Heap::ClassAttribute> Heap::class_attribute(const TypeInfo& type, std::string_view special) {
  PYEXC_TRY(const auto types, mro(type));
  for (const TypeInfo* base : types) {
    PYEXC_TRY(const auto dict, type_dict(*base));
    if (dict.null()) continue;
    PYEXC_TRY(const auto value, dict_get(dict, special));
    if (!value.null()) return ClassAttribute{base, value};
  }
  return ClassAttribute{};
}

bool Heap::is_exactly(RemoteAddr object, std::string_view name) {
  const auto info = type_info_of(object);
  return info && !(*info)->heap() && (*info)->tp_name == name;
}

bool Heap::has_flag(RemoteAddr object, std::uint64_t flag) {
  const auto info = type_info_of(object);
  return info && (*info)->is(flag);
}

Result<RemoteAddr> Heap::type_dict(const TypeInfo& type) {
  if (!type.tp_dict.null()) return type.tp_dict;
  // pycore_typeobject.h, 3.12 and later: static types keep what differs between interpreters in arrays of
  // each interpreter, at the index that stands in tp_subclasses, counted from 1.
  const auto& states = layout_.static_type_state;
  if (!traits().static_type_dict_per_interpreter || interpreter_.null() || !states.size.has() || !states.type.has() ||
      !states.tp_dict.has() || !layout_.type.tp_subclasses.has())
    return RemoteAddr();
  PYEXC_TRY(const auto index, field<std::uint64_t>(type.address, layout_.type.tp_subclasses));
  if (index == 0 || index > max_static_types) return RemoteAddr();
  for (const layout::Offset array : {layout_.interp.types_builtins, layout_.interp.types_for_extensions}) {
    if (!array.has()) continue;
    const RemoteAddr state = interpreter_ + *array + (index - 1) * *states.size;
    const auto owner = pointer(state, states.type);
    if (owner && *owner == type.address) return pointer(state, states.tp_dict);
  }
  return RemoteAddr();
}

}  // namespace pyexc::cpython
