// Where instances keep their attributes. Objects/dictobject.c and Include/internal/pycore_object.h of
// each version; which rule applies is a trait.

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::uint64_t pointer_size = 8;
constexpr std::uint64_t split_head_313 = 8;
}  // namespace

Result<Heap::InstanceAttributes> Heap::instance_attributes(RemoteAddr object) {
  using layout::InstanceDict;
  InstanceAttributes where;
  PYEXC_TRY(const auto* type, type_info_of(object));
  const auto rule = traits().instance_dict;
  if (rule == InstanceDict::dictoffset || !type->is(type_flags::managed_dict)) {
    if (type->dictoffset == 0) return where;
    std::int64_t offset = type->dictoffset;
    if (offset < 0) {
      // _PyObject_GetDictPtr: counted from the end of a var-sized object, rounded up to a pointer.
      PYEXC_TRY(auto items, field<std::int64_t>(object, layout_.var_object.ob_size));
      if (items < 0) items = -items;
      if (items > (std::int64_t{1} << 40) || type->itemsize < 0 || type->itemsize > 4096 || type->basicsize < 0)
        return fail(Error::at(Errc::invalid, object.value(), "an instance of impossible size"));
      const std::int64_t size = (type->basicsize + items * type->itemsize + 7) & ~std::int64_t{7};
      offset += size;
    }
    PYEXC_TRY(where.dict, memory_.read_pointer(object + static_cast<std::uint64_t>(offset)));
    return where;
  }
  const auto cached_keys = [&]() -> Result<RemoteAddr> { return pointer(type->address, layout_.heap_type.ht_cached_keys); };
  switch (rule) {
    case InstanceDict::managed_311: {
      // Two words before the object's header: values, then dict.
      PYEXC_TRY(const auto values, memory_.read_pointer(object - 4 * pointer_size));
      if (!values.null()) {
        where.values = values;
        PYEXC_TRY(where.keys, cached_keys());
      } else {
        PYEXC_TRY(where.dict, memory_.read_pointer(object - 3 * pointer_size));
      }
      return where;
    }
    case InstanceDict::managed_312: {
      // One word: values pointer with its low bit cleared by one (PyDictOrValues), or the dict.
      PYEXC_TRY(const auto word, memory_.read_pointer(object - 3 * pointer_size));
      if ((word.value() & 1) != 0) {
        where.values = word + 1;
        PYEXC_TRY(where.keys, cached_keys());
      } else {
        where.dict = word;
      }
      return where;
    }
    case InstanceDict::managed_313: {
      PYEXC_TRY(where.dict, memory_.read_pointer(object - traits().managed_dict_before));
      if (!where.dict.null() || !type->is(type_flags::managed_dict_inline)) return where;
      if (type->basicsize <= 0 || type->basicsize > (1 << 20))
        return fail(Error::at(Errc::invalid, object.value(), "an instance of impossible size"));
      const RemoteAddr inline_values = object + static_cast<std::uint64_t>(type->basicsize);
      PYEXC_TRY(const auto valid, memory_.read<std::uint8_t>(inline_values + 3));
      if (valid == 0) return where;
      where.values = inline_values + split_head_313;
      PYEXC_TRY(where.keys, cached_keys());
      return where;
    }
    case InstanceDict::dictoffset: break;
  }
  return where;
}

Result<RemoteAddr> Heap::type_get(const TypeInfo& type, std::string_view name, bool* incomplete) {
  PYEXC_TRY(const auto types, mro(type));
  for (const TypeInfo* base : types) {
    PYEXC_TRY(const auto dict, type_dict(*base));
    if (dict.null()) {
      if (incomplete != nullptr) *incomplete = true;
      continue;
    }
    PYEXC_TRY(const auto value, dict_get(dict, name));
    if (!value.null()) return value;
  }
  return RemoteAddr();
}

Result<RemoteAddr> Heap::heap_type_attribute(const TypeInfo& type, std::string_view name) {
  if (!type.heap()) return RemoteAddr();
  PYEXC_TRY(const auto types, mro(type));
  for (const TypeInfo* base : types) {
    if (!base->heap() || base->tp_dict.null()) continue;
    PYEXC_TRY(const auto value, dict_get(base->tp_dict, name));
    if (!value.null()) return value;
  }
  return RemoteAddr();
}

Result<RemoteAddr> Heap::slot_member(RemoteAddr object, RemoteAddr descriptor) {
  // PyMemberDef {const char* name; int type; Py_ssize_t offset; ...}
  constexpr std::uint64_t type_at = 8, offset_at = 16;
  constexpr std::int32_t object_ex = 16;  // Py_T_OBJECT_EX, what __slots__ makes
  constexpr std::int64_t max_offset = 1 << 20;
  PYEXC_TRY(const auto member, pointer(descriptor, layout_.member_descr.d_member));
  PYEXC_TRY(const auto kind, memory_.read<std::int32_t>(member + type_at));
  PYEXC_TRY(const auto offset, memory_.read<std::int64_t>(member + offset_at));
  if (kind != object_ex || offset < 0 || offset > max_offset || offset % 8 != 0)
    return fail(Error::at(Errc::invalid, descriptor.value(), "a slot of another kind"));
  return memory_.read_pointer(object + static_cast<std::uint64_t>(offset));
}

Result<DictItems> Heap::slot_items(RemoteAddr object) {
  DictItems found;
  PYEXC_TRY(const auto* type, type_info_of(object));
  PYEXC_TRY(const auto types, mro(*type));
  // From the root on, as __init__ methods set them; a slot that a subclass has again hides the first.
  for (auto base = types.rbegin(); base != types.rend(); ++base) {
    if (!(*base)->heap() || (*base)->tp_dict.null()) continue;
    PYEXC_TRY(const auto items, dict_items((*base)->tp_dict));
    for (const DictEntry& entry : items.entries) {
      if (!is_exactly(entry.value, "member_descriptor")) continue;
      std::erase_if(found.entries, [&](const DictEntry& known) { return known.key == entry.key; });
      const auto value = slot_member(object, entry.value);
      if (value && !value->null()) found.entries.push_back({entry.key, *value});
    }
  }
  return found;
}

Result<RemoteAddr> Heap::module_dict(RemoteAddr module) { return pointer(module, layout_.module.md_dict); }

}  // namespace pyexc::cpython
