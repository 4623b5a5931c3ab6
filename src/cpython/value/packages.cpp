#include "cpython/value/packages.hpp"

#include <string>
#include <unordered_map>

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 256;

using Rows = std::unordered_map<std::string_view, const PackageRow*>;

const Rows& all_rows() {
  static const Rows rows = [] {
    Rows all;
    for (const auto family :
         {numpy_rows(), pandas_rows(), model_rows(), orm_rows(), web_rows(), client_rows()})
      for (const PackageRow& row : family) all.emplace(row.type, &row);
    return all;
  }();
  return rows;
}

/// "module.qualname", in both phases.
Result<std::string> name_of(Heap& heap, const TypeInfo& type) {
  if (!type.heap()) return type.tp_name;
  const auto& f = heap.layout().heap_type;
  PYEXC_TRY(const auto qualname, heap.pointer(type.address, f.ht_qualname));
  PYEXC_TRY(const auto text, heap.text_now(qualname, max_name));
  PYEXC_TRY(const auto module, heap.dict_get(type.tp_dict, "__module__"));
  if (module.null()) return type.tp_name;
  PYEXC_TRY(const auto module_text, heap.text_now(module, max_name));
  return module_text + "." + text;
}

bool has_class_attribute(Heap& heap, const TypeInfo& type, std::string_view name) {
  const auto found = heap.heap_type_attribute(type, name);
  return found && !found->null();
}

}  // namespace

bool is_a(Heap& heap, const TypeInfo& type, std::string_view name) {
  const auto types = heap.mro(type);
  if (!types) return false;
  for (const TypeInfo* base : *types)
    if (const auto found = name_of(heap, *base); found && *found == name) return true;
  return false;
}

Decoder package_decoder(Heap& heap, const TypeInfo& type, bool default_repr) {
  const auto types = heap.mro(type);
  if (!types) return nullptr;
  for (const TypeInfo* base : *types) {
    const auto name = name_of(heap, *base);
    if (!name) continue;
    const auto row = all_rows().find(*name);
    if (row != all_rows().end() && (!default_repr || row->second->instead_of_default))
      return row->second->decoder;
  }
  if (default_repr) return nullptr;
  if (has_class_attribute(heap, type, "__attrs_attrs__")) return show_attrs;
  if (has_class_attribute(heap, type, "_sa_class_manager")) return show_mapped;
  return nullptr;
}

}  // namespace pyexc::cpython
