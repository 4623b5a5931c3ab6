// The containers of Modules/_collectionsmodule.c and Objects/odictobject.c, and
// types.SimpleNamespace.

#include <algorithm>
#include <unordered_map>

#include "cpython/value/class_facts.hpp"
#include "cpython/value/deque.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 256;

void repr_deque(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("[...]");
  Heap& heap = out.heap();
  if (!is_own_method(heap, type, "__iter__", "collections.deque"))
    return put_unknown(out, object, type, "__iter__");
  const auto items = items_of_deque(heap, object, out.max_items());
  const auto maxlen = heap.field<std::int64_t>(object, heap.layout().deque.maxlen);
  if (!items || !maxlen) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  put_sequence(out, *items, false);
  if (*maxlen >= 0) out.put(", maxlen=" + std::to_string(*maxlen));
  out.put(")");
}

/// In the order of its own list, which move_to_end() changes and the dict does not know.
Result<DictItems> ordered_items(Heap& heap, RemoteAddr object, std::size_t max) {
  const auto& f = heap.layout().ordered_dict;
  const auto& n = heap.layout().ordered_dict_node;
  PYEXC_TRY(const auto used, heap.dict_used(object));
  PYEXC_TRY(auto in_dict, heap.dict_items(object, max));
  PYEXC_TRY(auto node, heap.pointer(object, f.od_first));
  const std::size_t wanted = std::min(
      {static_cast<std::size_t>(std::max<std::int64_t>(used, 0)), max, heap.limits().max_items});
  DictItems found;
  std::unordered_map<RemoteAddr, RemoteAddr> values;
  while (found.entries.size() < wanted && !node.null()) {
    PYEXC_TRY(const auto key, heap.pointer(node, n.key));
    const std::size_t at = found.entries.size();
    if (values.empty() && at < in_dict.entries.size() && in_dict.entries[at].key == key) {
      found.entries.push_back(in_dict.entries[at]);
    } else {
      if (values.empty()) {
        PYEXC_TRY(const auto all, heap.dict_items(object));
        for (const DictEntry& entry : all.entries) values.emplace(entry.key, entry.value);
      }
      const auto value = values.find(key);
      if (value == values.end()) break;
      found.entries.push_back({key, value->second});
    }
    PYEXC_TRY(node, heap.pointer(node, n.next));
  }
  found.left_out = static_cast<std::size_t>(std::max<std::int64_t>(used, 0)) - found.entries.size();
  return found;
}

void put_pairs(Printer& out, const DictItems& items, bool as_dict) {
  out.put(as_dict ? "{" : "[");
  bool first = true;
  for (const DictEntry& entry : items.entries) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    if (!as_dict) out.put("(");
    out.repr(entry.key);
    out.put(as_dict ? ": " : ", ");
    out.repr_value_of(entry.key, entry.value);
    if (!as_dict) out.put(")");
  }
  if (items.left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items.left_out);
  }
  out.put(as_dict ? "}" : "]");
}

void repr_ordered_dict(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto used = heap.dict_used(object);
  if (!used) return out.mark_unreadable();
  if (*used == 0) {
    out.put(Printer::short_name(type));
    return out.put("()");
  }
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.put("...");
  const bool as_dict = heap.traits().ordered_dict_is_shown_as_dict;
  if (type.heap()) {
    // The items of a subclass are asked for: by items(), later as dict() does by keys() and
    // indexing.
    if (!as_dict && !is_own_method(heap, type, "items", "collections.OrderedDict"))
      return put_unknown(out, object, type, "items()");
    if (as_dict && !is_own_method(heap, type, "keys", "collections.OrderedDict"))
      return put_unknown(out, object, type, "keys()");
    if (as_dict && !is_own_method(heap, type, "__getitem__", "dict"))
      return put_unknown(out, object, type, "__getitem__()");
  }
  const auto items = ordered_items(heap, object, out.max_items());
  if (!items) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  put_pairs(out, *items, as_dict);
  out.put(")");
}

void repr_default_dict(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto factory = out.heap().pointer(object, out.heap().layout().default_dict.default_factory);
  if (!factory) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(");
  if (factory->null()) {
    out.put("None");
  } else {
    const Printer::Guard guard(out, *factory);
    if (guard.entered()) out.repr(*factory);
    else out.put("...");
  }
  out.put(", ");
  repr_dict(out, object, type);
  out.put(")");
}

/// The attributes of a namespace whose name is a str of some length, in the order in which they are
/// shown.
Result<std::vector<std::pair<PyText, RemoteAddr>>> namespace_items(Heap& heap, RemoteAddr dict,
                                                                   std::size_t max,
                                                                   std::size_t& left_out,
                                                                   bool& sortable) {
  const bool sorted = heap.traits().namespace_sorts_names;
  PYEXC_TRY(const auto items, heap.dict_items(dict, sorted ? Heap::no_own_limit : max));
  left_out = items.left_out;
  std::vector<std::pair<PyText, RemoteAddr>> found;
  std::size_t strs = 0;
  for (const DictEntry& entry : items.entries) {
    if (!heap.has_flag(entry.key, type_flags::str_subclass)) continue;
    ++strs;
    PYEXC_TRY(auto name, heap.text_now(entry.key, max_name));
    if (!name.empty()) found.emplace_back(std::move(name), entry.value);
  }
  sortable = !sorted || strs == 0 || strs == items.entries.size();
  // UTF-8 sorts as code points do.
  if (sorted)
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  if (found.size() > max) {
    left_out += found.size() - max;
    found.resize(max);
  }
  return found;
}

void repr_namespace(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const std::string_view name =
      type.tp_name == "types.SimpleNamespace" ? "namespace" : std::string_view(type.tp_name);
  const Printer::Guard guard(out, object);
  out.put(name);
  if (!guard.entered()) return out.put("(...)");
  const auto dict = heap.pointer(object, heap.layout().namespace_.ns_dict);
  if (!dict) return out.mark_unreadable();
  std::size_t left_out = 0;
  bool sortable = true;
  const auto items = namespace_items(heap, *dict, out.max_items(), left_out, sortable);
  if (!items) return out.mark_unreadable();
  if (!sortable) return out.raise("(<repr() failed>)");
  out.put("(");
  bool first = true;
  for (const auto& [key, value] : *items) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    out.put(key);
    out.put("=");
    out.repr_named(key, value);
  }
  if (left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(left_out);
  }
  out.put(")");
}

}  // namespace

std::span<const Row> collection_repr_rows() noexcept {
  static constexpr Row rows[] = {
      {"collections.deque", repr_deque},
      {"collections.OrderedDict", repr_ordered_dict},
      {"collections.defaultdict", repr_default_dict},
      {"types.SimpleNamespace", repr_namespace},
      {"array.array", repr_array},
  };
  return rows;
}

}  // namespace pyexc::cpython
