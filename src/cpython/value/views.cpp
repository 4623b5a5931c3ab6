// What looks at another object: dict views, proxies of mappings, memoryviews, weak references.

#include <fmt/format.h>

#include <unordered_map>

#include "cpython/value/callable_name.hpp"
#include "cpython/value/core_families.hpp"

namespace pyexc::cpython {

namespace {

/// Entries in the order in which the dict is iterated: an OrderedDict's is that of its list of
/// nodes.
Result<DictItems> iterated(Heap& heap, RemoteAddr dict, std::size_t max) {
  PYEXC_TRY(const auto* type, heap.type_info_of(dict));
  PYEXC_TRY(const bool ordered, heap.inherits(*type, "collections.OrderedDict"));
  PYEXC_TRY(auto items, heap.dict_items(dict, ordered ? Heap::no_own_limit : max));
  if (!ordered) return items;
  std::unordered_map<RemoteAddr, RemoteAddr> values;
  for (const DictEntry& entry : items.entries) values.emplace(entry.key, entry.value);
  const auto& layout = heap.layout();
  DictItems found;
  const std::size_t all = items.entries.size() + items.left_out;
  PYEXC_TRY(auto node, heap.pointer(dict, layout.ordered_dict.od_first));
  while (!node.null() && found.entries.size() < std::min(max, all)) {
    PYEXC_TRY(const auto key, heap.pointer(node, layout.ordered_dict_node.key));
    const auto value = values.find(key);
    if (value == values.end())
      return fail(Error::at(Errc::invalid, node.value(), "a node of no entry"));
    found.entries.push_back({key, value->second});
    PYEXC_TRY(node, heap.pointer(node, layout.ordered_dict_node.next));
  }
  found.left_out = all - found.entries.size();
  return found;
}

template <class Put>
void put_view(Printer& out, RemoteAddr object, const TypeInfo& type, Put put) {
  Heap& heap = out.heap();
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("...");
  const auto dict = heap.pointer(object, heap.layout().dict_view.dv_dict);
  if (!dict || dict->null()) return out.mark_unreadable();
  const auto items = iterated(heap, *dict, out.max_items());
  if (!items) return out.mark_unreadable();
  out.put(type.tp_name);
  out.put("([");
  bool first = true;
  for (const DictEntry& entry : items->entries) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    put(entry);
  }
  if (items->left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items->left_out);
  }
  out.put("])");
}

/// PyType_GetFullyQualifiedName(), what %T writes (3.13+); before, tp_name was written.
void put_referent_type(Printer& out, const TypeInfo& type) {
  Heap& heap = out.heap();
  if (!heap.traits().weak_references_name_types_fully || !type.heap()) return out.put(type.tp_name);
  const auto names = heap.type_names(type);
  if (!names) return out.mark_unreadable();
  out.put(1, [&] {
    const bool bare =
        !names->module_is_text || names->module == "builtins" || names->module == "__main__";
    return bare ? names->qualname : names->module + "." + names->qualname;
  });
}

struct Referent {
  RemoteAddr object;
  const TypeInfo* type = nullptr;  ///< null: it is dead
};

Result<Referent> referent_of(Heap& heap, RemoteAddr reference) {
  Referent found;
  PYEXC_TRY(found.object, heap.pointer(reference, heap.layout().weak_reference.wr_object));
  if (heap.is_none(found.object)) return found;
  PYEXC_TRY(found.type, heap.type_info_of(found.object));
  return found;
}

}  // namespace

void repr_dict_keys(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_view(out, object, type, [&](const DictEntry& entry) { out.repr(entry.key); });
}
void repr_dict_values(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_view(out, object, type,
           [&](const DictEntry& entry) { out.repr_value_of(entry.key, entry.value); });
}
void repr_dict_items(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_view(out, object, type, [&](const DictEntry& entry) {
    out.put("(");
    out.repr(entry.key);
    out.put(", ");
    out.repr_value_of(entry.key, entry.value);
    out.put(")");
  });
}

void repr_mapping_proxy(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto mapping = out.heap().pointer(object, out.heap().layout().mapping_proxy.mapping);
  if (!mapping) return out.mark_unreadable();
  out.put("mappingproxy(");
  out.repr(*mapping);
  out.put(")");
}

// mappingproxy_str()
void str_mapping_proxy(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto mapping = out.heap().pointer(object, out.heap().layout().mapping_proxy.mapping);
  if (!mapping) return out.mark_unreadable();
  out.str(*mapping);
}

void repr_memory_view(Printer& out, RemoteAddr object, const TypeInfo&) {
  constexpr std::int32_t released = 1;  // _Py_MEMORYVIEW_RELEASED
  const auto flags = out.heap().field<std::int32_t>(object, out.heap().layout().memory_view.flags);
  if (!flags) return out.mark_unreadable();
  out.put((*flags & released) != 0 ? "<released memory at " : "<memory at ");
  out.put_address(object);
  out.put(">");
}

void repr_weak_reference(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto referent = referent_of(heap, object);
  if (!referent) return out.mark_unreadable();
  out.put("<weakref at ");
  out.put_address(object);
  if (referent->type == nullptr) return out.put("; dead>");
  const auto name = heap.traits().weak_references_ask_instances
                        ? callable_name(heap, referent->object, NameKind::name)
                        : special_name(heap, referent->object);
  if (!name) return out.mark_unreadable();
  if (name->state == Attribute::State::by_code)
    out.mark_inexact("__name__ of what " + type.tp_name + " refers to is found by code");
  out.put("; to '");
  put_referent_type(out, *referent->type);
  out.put("' at ");
  out.put_address(referent->object);
  if (name->state == Attribute::State::found && name->is_text) {
    out.put(" (");
    out.put(name->text);
    out.put(")");
  }
  out.put(">");
}

void repr_weak_proxy(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto referent = referent_of(heap, object);
  if (!referent) return out.mark_unreadable();
  out.put("<weakproxy at ");
  out.put_address(object);
  if (!heap.traits().weak_references_name_types_fully) {
    out.put(" to ");
    out.put(referent->type == nullptr ? std::string_view("NoneType")
                                      : std::string_view(referent->type->tp_name));
    out.put(" at ");
    out.put_address(referent->object);
    return out.put(">");
  }
  if (referent->type == nullptr) return out.put("; dead>");
  out.put("; to '");
  put_referent_type(out, *referent->type);
  out.put("' at ");
  out.put_address(referent->object);
  out.put(">");
}

}  // namespace pyexc::cpython
