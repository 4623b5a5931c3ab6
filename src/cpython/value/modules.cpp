// Modules, their specs and their loaders. module_repr() in Objects/moduleobject.c calls
// importlib._bootstrap._module_repr(), which is Python code that changed: which one the target has
// is known by its fingerprint.

#include "cpython/value/catalog.hpp"
#include "cpython/value/core_families.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view bootstrap = "_frozen_importlib";
constexpr std::string_view bootstrap_external = "_frozen_importlib_external";

void unknown(Printer& out, RemoteAddr object, std::string_view what) {
  const auto type = out.heap().type_info_of(object);
  if (!type) return out.mark_unreadable();
  put_unknown(out, object, **type, what);
}

/// Calls a function of importlib._bootstrap, so to speak.
void call_bootstrap(Printer& out, std::string_view function, RemoteAddr argument) {
  Heap& heap = out.heap();
  const auto type = heap.type_info_of(argument);
  const auto found = module_member(heap, bootstrap, function);
  if (!type || !found) return out.mark_unreadable();
  const Decoder decoder = found->null() ? nullptr : catalog(heap).function(*found);
  if (decoder == nullptr)
    return put_unknown(out, argument, **type, "the importlib function for repr()");
  decoder(out, argument, **type);
}

/// `<module 'name'`
void open(Printer& out, RemoteAddr name) {
  out.put("<module ");
  if (name.null()) out.put("'?'");
  else out.repr(name);
}

/// The part that needs no spec: by name, file and loader.
void by_file(Printer& out, RemoteAddr module, RemoteAddr loader) {
  Heap& heap = out.heap();
  const auto name = attribute_of(heap, module, "__name__");
  const auto file = attribute_of(heap, module, "__file__");
  if (!name || !file) return out.mark_unreadable();
  if (name->state == Attribute::State::by_code || file->state == Attribute::State::by_code)
    return unknown(out, module, "__file__");
  open(out, name->value);
  if (file->found()) {
    out.put(" from ");
    out.repr(file->value);
  } else if (!loader.null() && !heap.is_none(loader)) {
    out.put(" (");
    out.repr(loader);
    out.put(")");
  }
  out.put(">");
}

/// loader.module_repr, if there is such a thing.
Result<Attribute> module_repr_of(Heap& heap, RemoteAddr loader) {
  Attribute found;
  if (loader.null() || heap.is_none(loader)) return found;
  PYEXC_TRY(const auto* type, heap.type_info_of(loader));
  PYEXC_TRY(const auto* where, type->is(type_flags::type_subclass) ? heap.type_info(loader)
                                                                   : heap.type_info_of(loader));
  PYEXC_TRY(const auto attribute, heap.class_attribute(*where, "module_repr"));
  if (attribute.owner == nullptr) return attribute_of(heap, loader, "module_repr");
  found.state = Attribute::State::found;
  found.value = attribute.value;
  const auto& layout = heap.layout();
  if (heap.is_exactly(found.value, "staticmethod")) {
    PYEXC_TRY(found.value, heap.pointer(found.value, layout.static_method.sm_callable));
  } else if (heap.is_exactly(found.value, "classmethod")) {
    PYEXC_TRY(found.value, heap.pointer(found.value, layout.class_method.cm_callable));
  }
  return found;
}

/// True if the loader had its say.
bool by_loader(Printer& out, RemoteAddr module, RemoteAddr loader, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto function = module_repr_of(heap, loader);
  if (!function) {
    out.mark_unreadable();
    return true;
  }
  if (function->absent()) return false;
  const Decoder decoder = function->found() ? catalog(heap).function(function->value) : nullptr;
  if (decoder == nullptr) {
    unknown(out, module, "module_repr() of the loader");
    return true;
  }
  // The functions that are known ask for nothing but __name__; an AttributeError is swallowed.
  const auto name = attribute_of(heap, module, "__name__");
  if (name && name->absent()) return false;
  decoder(out, module, type);
  return true;
}

void origin_in_parentheses(Printer& out, RemoteAddr module, std::string_view origin) {
  const auto name = attribute_of(out.heap(), module, "__name__");
  if (!name || !name->found()) return unknown(out, module, "__name__");
  open(out, name->value);
  out.put(" (");
  out.put(origin);
  out.put(")>");
}

struct Origins {
  RemoteAddr loader, spec;
  bool known = true;
};
Origins origins_of(Printer& out, RemoteAddr module, const TypeInfo& type) {
  Attributes attributes(out, module, type);
  Origins found;
  found.loader = attributes.optional("__loader__");
  found.spec = attributes.optional("__spec__");
  found.known = !attributes.give_up();
  return found;
}

/// `if spec := getattr(module, "__spec__", None)`; empty if code decides.
std::optional<bool> has_spec(Heap& heap, RemoteAddr spec) {
  return spec.null() ? std::optional(false) : truth(heap, spec);
}

/// spec.has_location, a property that gives _set_fileattr.
std::optional<bool> has_location(Heap& heap, RemoteAddr spec, const TypeInfo& type) {
  const auto attribute = heap.class_attribute(type, "has_location");
  if (!attribute || attribute->owner == nullptr) {
    const auto own = attribute_of(heap, spec, "has_location");
    return own && own->found() ? truth(heap, own->value) : std::nullopt;
  }
  if (!heap.is_exactly(attribute->value, "property")) return std::nullopt;
  const auto getter = heap.pointer(attribute->value, heap.layout().property.prop_get);
  if (!getter ||
      !is_stdlib_function(heap, *getter, "importlib/_bootstrap.py", "ModuleSpec.has_location"))
    return std::nullopt;
  const auto flag = attribute_of(heap, spec, "_set_fileattr");
  return flag && flag->found() ? truth(heap, flag->value) : std::nullopt;
}

constexpr int max_packages = 32;  // namespace packages inside each other

bool same_items(Heap& heap, const Items& one, const Items& other) {
  constexpr std::size_t max_entry = 4096;
  if (one.left_out != 0 || other.left_out != 0 || one.items.size() != other.items.size())
    return false;
  for (std::size_t i = 0; i < one.items.size(); ++i) {
    if (one.items[i] == other.items[i]) continue;
    const auto left = heap.text_now(one.items[i], max_entry),
               right = heap.text_now(other.items[i], max_entry);
    if (!left || !right || *left != *right) return false;
  }
  return true;
}

/// list(path) of a _NamespacePath: what it holds, if the path of its parent is still what it was;
/// else finders would be asked again.
Result<Items> namespace_items(Heap& heap, RemoteAddr path, int depth) {
  const auto refuse = [&] {
    return fail(Error::at(Errc::unsupported, path.value(), "a path that would be made anew"));
  };
  if (depth > max_packages) return refuse();
  PYEXC_TRY(const auto* type, heap.type_info_of(path));
  if (!type->heap() && type->tp_name == "list") return heap.list_items(path);
  if (!is_kind_of(heap, *type, bootstrap_external, "_NamespacePath") &&
      !is_kind_of(heap, *type, bootstrap_external, "NamespacePath"))
    return refuse();
  PYEXC_TRY(const auto name, attribute_of(heap, path, "_name"));
  PYEXC_TRY(const auto held, attribute_of(heap, path, "_path"));
  PYEXC_TRY(const auto last, attribute_of(heap, path, "_last_parent_path"));
  if (!name.found() || !held.found() || !last.found()) return refuse();
  constexpr std::size_t max_name = 1024;
  PYEXC_TRY(const auto text, heap.text_now(name.value, max_name));
  RemoteAddr parent;
  if (const auto dot = text.rfind('.'); dot == std::string::npos) {
    PYEXC_TRY(const auto sysdict, heap.pointer(heap.interpreter(), heap.layout().interp.sysdict));
    PYEXC_TRY(parent, heap.dict_get(sysdict, "path"));
  } else {
    PYEXC_TRY(parent, module_member(heap, std::string_view(text).substr(0, dot), "__path__"));
  }
  if (parent.null()) return refuse();
  PYEXC_TRY(const auto now, namespace_items(heap, parent, depth + 1));
  PYEXC_TRY(const auto before, heap.tuple_items(last.value));
  if (!same_items(heap, now, before)) return refuse();
  // 3.9 and later: importlib.invalidate_caches() counts _epoch up, which has the path made anew
  // too.
  PYEXC_TRY(const auto epoch, attribute_of(heap, path, "_epoch"));
  PYEXC_TRY(const auto last_epoch, attribute_of(heap, path, "_last_epoch"));
  if (epoch.found() && last_epoch.found()) {
    PYEXC_TRY(const auto current, heap.integer(epoch.value));
    PYEXC_TRY(const auto known, heap.integer(last_epoch.value));
    if (current.digits != known.digits) return refuse();
  }
  return heap.is_exactly(held.value, "tuple") ? heap.tuple_items(held.value)
                                              : namespace_items(heap, held.value, depth + 1);
}

void from_spec(Printer& out, RemoteAddr spec, const TypeInfo& type, bool knows_namespaces) {
  Heap& heap = out.heap();
  Attributes of(out, spec, type);
  const RemoteAddr name = of["name"], origin = of["origin"], loader = of["loader"];
  if (of.give_up()) return;
  if (!heap.is_none(origin)) {
    const auto located = has_location(heap, spec, type);
    if (!located) return put_unknown(out, spec, type, "has_location");
    // Here alone a name that is None is shown as it is.
    open(out, *located && heap.is_none(name) ? RemoteAddr() : name);
    out.put(*located ? " from " : " (");
    if (*located) out.repr(origin);
    else out.str(origin);
    return out.put(*located ? ">" : ")>");
  }
  open(out, heap.is_none(name) ? RemoteAddr() : name);
  if (heap.is_none(loader)) return out.put(">");
  const auto loader_type = heap.type_info_of(loader);
  if (!loader_type) return out.mark_unreadable();
  if (!knows_namespaces ||
      !is_kind_of(heap, **loader_type, bootstrap_external, "NamespaceLoader")) {
    out.put(" (");
    out.repr(loader);
    return out.put(")>");
  }
  out.put(" (namespace) from ");
  const auto path = attribute_of(heap, loader, "_path");
  const auto items =
      path && path->found() ? namespace_items(heap, path->value, 0) : fail(Errc::unsupported);
  if (items) put_sequence(out, *items, false);
  else unknown(out, loader, "_path");
  out.put(">");
}

}  // namespace

void repr_module(Printer& out, RemoteAddr object, const TypeInfo&) {
  call_bootstrap(out, "_module_repr", object);
}

void module_repr_loader_first(Printer& out, RemoteAddr module, const TypeInfo& type) {
  const Origins origins = origins_of(out, module, type);
  if (!origins.known || by_loader(out, module, origins.loader, type)) return;
  if (!origins.spec.null() && !out.heap().is_none(origins.spec))
    return call_bootstrap(out, "_module_repr_from_spec", origins.spec);
  by_file(out, module, origins.loader);
}

void module_repr_spec_first(Printer& out, RemoteAddr module, const TypeInfo& type) {
  const Origins origins = origins_of(out, module, type);
  if (!origins.known) return;
  const auto spec = has_spec(out.heap(), origins.spec);
  if (!spec) return put_unknown(out, module, type, "__spec__");
  if (*spec) return call_bootstrap(out, "_module_repr_from_spec", origins.spec);
  if (by_loader(out, module, origins.loader, type)) return;
  by_file(out, module, origins.loader);
}

void module_repr_spec_only(Printer& out, RemoteAddr module, const TypeInfo& type) {
  const Origins origins = origins_of(out, module, type);
  if (!origins.known) return;
  const auto spec = has_spec(out.heap(), origins.spec);
  if (!spec) return put_unknown(out, module, type, "__spec__");
  if (*spec) return call_bootstrap(out, "_module_repr_from_spec", origins.spec);
  by_file(out, module, origins.loader);
}

void module_repr_from_spec(Printer& out, RemoteAddr spec, const TypeInfo& type) {
  from_spec(out, spec, type, false);
}
void module_repr_from_spec_namespace(Printer& out, RemoteAddr spec, const TypeInfo& type) {
  from_spec(out, spec, type, true);
}

void module_repr_built_in(Printer& out, RemoteAddr module, const TypeInfo&) {
  origin_in_parentheses(out, module, "built-in");
}
void module_repr_frozen(Printer& out, RemoteAddr module, const TypeInfo&) {
  origin_in_parentheses(out, module, "frozen");
}
void module_repr_namespace(Printer& out, RemoteAddr module, const TypeInfo&) {
  origin_in_parentheses(out, module, "namespace");
}
void repr_module_spec(Printer& out, RemoteAddr spec, const TypeInfo& type) {
  Heap& heap = out.heap();
  Attributes of(out, spec, type);
  const RemoteAddr name = of["name"], loader = of["loader"], origin = of["origin"],
                   places = of["submodule_search_locations"];
  if (of.give_up()) return;
  put_class_name(out, type);
  out.put("(name=");
  out.repr(name);
  out.put(", loader=");
  out.repr(loader);
  if (!heap.is_none(origin)) {
    out.put(", origin=");
    out.repr(origin);
  }
  if (!heap.is_none(places)) {
    out.put(", submodule_search_locations=");
    out.str(places);
  }
  out.put(")");
}

namespace {
void one_attribute(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view before,
                   std::string_view name) {
  Attributes of(out, object, type);
  const RemoteAddr value = of[name];
  if (of.give_up()) return;
  out.put(before);
  out.repr(value);
  out.put(")");
}
}  // namespace

void repr_file_finder(Printer& out, RemoteAddr object, const TypeInfo& type) {
  one_attribute(out, object, type, "FileFinder(", "path");
}
void repr_namespace_path_underscored(Printer& out, RemoteAddr object, const TypeInfo& type) {
  one_attribute(out, object, type, "_NamespacePath(", "_path");
}
void repr_namespace_path(Printer& out, RemoteAddr object, const TypeInfo& type) {
  one_attribute(out, object, type, "NamespacePath(", "_path");
}

void repr_zip_importer(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Attributes of(out, object, type);
  const RemoteAddr archive = of["archive"], prefix = of["prefix"];
  if (of.give_up()) return;
  out.put("<zipimporter object \"");
  out.str(archive);
  out.put("/");
  out.str(prefix);
  out.put("\">");
}

}  // namespace pyexc::cpython
