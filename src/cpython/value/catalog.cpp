#include "cpython/value/catalog.hpp"

#include "cpython/value/families.hpp"
#include "cpython/value/packages.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_path = 4096;

Result<std::string> folder_of(Heap& heap) {
  const auto& interp = heap.layout().interp;
  PYEXC_TRY(const auto sysdict, heap.pointer(heap.interpreter(), interp.sysdict));
  PYEXC_TRY(const auto told, heap.dict_get(sysdict, "_stdlib_dir"));
  if (!told.null() && heap.has_flag(told, type_flags::str_subclass)) {
    PYEXC_TRY(auto folder, heap.text_now(told, max_path));
    return folder + "/";
  }
  PYEXC_TRY(const auto modules, heap.pointer(heap.interpreter(), interp.imports_modules));
  PYEXC_TRY(const auto os, heap.dict_get(modules, "os"));
  if (os.null()) return std::string();
  PYEXC_TRY(const auto dict, heap.module_dict(os));
  PYEXC_TRY(const auto file, heap.dict_get(dict, "__file__"));
  if (file.null()) return std::string();
  PYEXC_TRY(auto path, heap.text_now(file, max_path));
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

}  // namespace

const std::string& Catalog::stdlib_folder() {
  const RemoteAddr interpreter = heap_.interpreter();
  if (const auto known = folders_.find(interpreter); known != folders_.end()) return known->second;
  const std::size_t refused = refused_reads();
  std::string& folder = folders_[interpreter] = folder_of(heap_).value_or(std::string());
  if (refused_reads() == refused) return folder;
  for_now_ = std::move(folder);
  folders_.erase(interpreter);
  return for_now_;
}

Result<const TypeDecoders*> Catalog::of(RemoteAddr type) {
  const auto known = known_.find(type);
  if (known != known_.end() && known->second.settled) return &known->second;
  const std::size_t refused = refused_reads();
  TypeDecoders found;
  PYEXC_TRY(found.type, heap_.type_info(type));
  found.repr = find(*found.type, "__repr__", &TypeInfo::tp_repr, repr_decoder);
  found.str = find(*found.type, "__str__", &TypeInfo::tp_str, str_decoder);
  if (found.repr == nullptr || found.repr == repr_object)
    found.shown = package_decoder(heap_, *found.type, found.repr == repr_object);
  found.settled = refused_reads() == refused;
  return &known_.insert_or_assign(type, found).first->second;
}

Decoder Catalog::function(RemoteAddr function) {
  if (const auto known = functions_.find(function); known != functions_.end()) return known->second;
  const std::size_t refused = refused_reads();
  const Decoder decoder = python_decoder(heap_, function);
  if (refused_reads() == refused) functions_.emplace(function, decoder);
  return decoder;
}

std::size_t Catalog::refused_reads() const { return heap_.memory().optional_failures().left_out; }

Decoder Catalog::find(const TypeInfo& type, std::string_view special, RemoteAddr TypeInfo::*slot,
                      Decoder (*by_owner)(std::string_view)) {
  // A type that nobody made ready (before 3.10 some of C code are not) has no slot: object's text
  // stands in.
  if (!type.heap() && (type.*slot).null()) return by_owner("object");
  const auto owner = heap_.slot_owner(type, slot);
  if (!owner) return nullptr;
  if (*owner != nullptr) return by_owner((*owner)->tp_name);
  // The slot calls what the class attribute is. A type that C code made on the heap has a slot
  // wrapper of its own there, which names it (PyDescrObject.d_type); no class statement can make
  // one.
  const auto attribute = heap_.class_attribute(type, special);
  if (!attribute || attribute->owner == nullptr) return nullptr;
  if (heap_.is_exactly(attribute->value, "wrapper_descriptor")) {
    const auto& f = heap_.layout().wrapper_descr;
    const auto definer = heap_.pointer(attribute->value, f.d_type);
    const auto name = heap_.pointer(attribute->value, f.d_name);
    if (!definer || !name) return nullptr;
    const auto info = heap_.type_info(*definer);
    if (!info) return nullptr;
    // Which function of that type it is does not follow from where it was put: IntEnum.__str__ is
    // int.__repr__.
    if (heap_.str_equals(*name, "__repr__")) return repr_decoder((*info)->tp_name);
    return heap_.str_equals(*name, "__str__") ? str_decoder((*info)->tp_name) : nullptr;
  }
  return python_decoder(heap_, attribute->value);
}

}  // namespace pyexc::cpython
