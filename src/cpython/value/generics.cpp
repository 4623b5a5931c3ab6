// Objects/genericaliasobject.c, Objects/unionobject.c, Objects/typevarobject.c: list[int], int |
// None, type variables.

#include "cpython/value/generics.hpp"

#include "cpython/value/callable_name.hpp"
#include "cpython/value/catalog.hpp"
#include "cpython/value/core_families.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 4096;

constexpr int max_wrapped = 32;  // methods of methods

Result<ModuleName> find_module(Heap& heap, RemoteAddr object, int depth) {
  ModuleName found;
  const auto& layout = heap.layout();
  PYEXC_TRY(const auto* type, heap.type_info_of(object));
  RemoteAddr module;
  if (type->is(type_flags::type_subclass)) {
    PYEXC_TRY(const auto* info, heap.type_info(object));
    PYEXC_TRY(auto names, heap.type_names(*info));
    found.state = Attribute::State::found;
    found.is_text = names.module_is_text;
    found.text = std::move(names.module);
    if (info->heap() && found.is_text) {
      // In both phases, as type_names() does not promise.
      PYEXC_TRY(module, heap.dict_get(info->tp_dict, "__module__"));
      PYEXC_TRY(found.text, heap.text_now(module, max_name));
    }
    return found;
  }
  if (!type->heap() && type->tp_name == "function") {
    PYEXC_TRY(module, heap.pointer(object, layout.function.func_module));
  } else if (!type->heap() && type->tp_name == "method" && depth < max_wrapped) {
    PYEXC_TRY(const auto wrapped, heap.pointer(object, layout.method.im_func));
    return find_module(heap, wrapped, depth + 1);
  } else if (!type->heap() && type->tp_name == "builtin_function_or_method") {
    PYEXC_TRY(module, heap.pointer(object, layout.cfunction.m_module));
  } else {
    PYEXC_TRY(const auto attribute, attribute_of(heap, object, "__module__"));
    found.state = attribute.state;
    module = attribute.value;
  }
  if (module.null() || heap.is_none(module)) {
    if (found.state != Attribute::State::by_code) found.state = Attribute::State::absent;
    return found;
  }
  found.state = Attribute::State::found;
  found.is_text = heap.has_flag(module, type_flags::str_subclass);
  if (!found.is_text) return found;
  PYEXC_TRY(found.text, heap.text_now(module, max_name));
  return found;
}

bool is_none_type(Heap& heap, RemoteAddr object) {
  if (!heap.has_flag(object, type_flags::type_subclass)) return false;
  const auto info = heap.type_info(object);
  return info && !(*info)->heap() && (*info)->tp_name == "NoneType";
}

/// Has __origin__ and __args__, as generic aliases of both kinds have.
Result<bool> is_alias(Heap& heap, RemoteAddr object) {
  for (const std::string_view known : {"types.GenericAlias", "types.UnionType", "typing.Union"})
    if (heap.is_exactly(object, known)) return true;
  if (heap.has_flag(object, type_flags::type_subclass)) return false;
  PYEXC_TRY(const auto origin, attribute_of(heap, object, "__origin__"));
  if (!origin.found()) return false;
  PYEXC_TRY(const auto args, attribute_of(heap, object, "__args__"));
  return args.found();
}

/// True if the repr() of the object is known, and is what its module and qualified name would give:
/// the special forms of typing find __qualname__ by a __getattr__ of theirs.
bool names_itself(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  if (!type) return false;
  const auto names = heap.type_names(**type);
  const auto decoders = catalog(heap).of((*type)->address);
  return names && names->module_is_text && decoders && (*decoders)->repr != nullptr &&
         heap.heap_type_attribute(**type, "__getattr__").value_or(RemoteAddr()).null() == false &&
         (is_kind_of(heap, **type, "typing", "_SpecialForm") ||
          is_kind_of(heap, **type, "typing", "_BaseGenericAlias"));
}

// ga_repr_item(), union_repr_item(), _Py_typing_type_repr()
void put_argument(Printer& out, RemoteAddr object, bool none_type) {
  Heap& heap = out.heap();
  if (heap.is_exactly(object, "ellipsis")) return out.put("...");
  if (none_type && is_none_type(heap, object)) return out.put("None");
  const auto alias = is_alias(heap, object);
  if (!alias) return out.mark_unreadable();
  if (*alias) return out.repr(object);
  const auto qualname = callable_name(heap, object, NameKind::qualname);
  if (!qualname) return out.mark_unreadable();
  if (qualname->state == Attribute::State::absent) return out.repr(object);
  if (qualname->state == Attribute::State::by_code) {
    if (!names_itself(heap, object))
      out.mark_inexact("__qualname__ of an argument is found by code");
    return out.repr(object);
  }
  const auto module = module_of(heap, object);
  if (!module) return out.mark_unreadable();
  if (module->state == Attribute::State::by_code) {
    out.mark_inexact("__module__ of an argument is found by code");
    return out.repr(object);
  }
  if (module->state != Attribute::State::found || !qualname->is_text || !module->is_text)
    return out.repr(object);
  out.put(module->text == "builtins" ? qualname->text : module->text + "." + qualname->text);
}

struct Variance {
  layout::Offset name, covariant, contravariant, inferred;
};

void put_type_variable(Printer& out, RemoteAddr object, const Variance& fields) {
  Heap& heap = out.heap();
  const auto name = heap.pointer(object, fields.name);
  if (!name) return out.mark_unreadable();
  if (fields.covariant.has()) {
    const auto covariant = heap.field<std::uint8_t>(object, fields.covariant);
    const auto contravariant = heap.field<std::uint8_t>(object, fields.contravariant);
    const auto inferred = heap.field<std::uint8_t>(object, fields.inferred);
    if (!covariant || !contravariant || !inferred) return out.mark_unreadable();
    if (*inferred == 0) out.put(*covariant != 0 ? "+" : *contravariant != 0 ? "-" : "~");
  }
  out.str(*name);
}

}  // namespace

Result<ModuleName> module_of(Heap& heap, RemoteAddr object) { return find_module(heap, object, 0); }

void repr_generic_alias(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().generic_alias;
  const bool none_type = heap.traits().generic_alias_shows_none;
  const auto origin = heap.pointer(object, f.origin), args = heap.pointer(object, f.args);
  const auto items =
      args ? heap.tuple_items(*args, out.max_items()) : Result<Items>(fail(Errc::invalid));
  if (!origin || !items) return out.mark_unreadable();
  if (f.starred.has()) {
    const auto starred = heap.field<std::uint8_t>(object, f.starred);
    if (!starred) return out.mark_unreadable();
    if (*starred != 0) out.put("*");
  }
  put_argument(out, *origin, none_type);
  out.put("[");
  bool first = true;
  for (const RemoteAddr item : items->items) {
    if (!first) out.put(", ");
    first = false;
    // ga_repr_items_list(), 3.12 and later: what is in a list is shown as if it stood there itself.
    if (!heap.traits().generic_alias_opens_lists || !heap.is_exactly(item, "list")) {
      put_argument(out, item, none_type);
      continue;
    }
    const auto inner = heap.list_items(item, out.max_items());
    if (!inner) return out.mark_unreadable();
    out.put("[");
    for (std::size_t i = 0; i < inner->items.size(); ++i) {
      if (i != 0) out.put(", ");
      put_argument(out, inner->items[i], none_type);
    }
    out.mark_left_out(inner->left_out);
    out.put("]");
  }
  if (items->items.empty() && items->left_out == 0) out.put("()");
  out.mark_left_out(items->left_out);
  out.put("]");
}

void repr_union(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto args = heap.pointer(object, heap.layout().union_.args);
  const auto items =
      args ? heap.tuple_items(*args, out.max_items()) : Result<Items>(fail(Errc::invalid));
  if (!items) return out.mark_unreadable();
  bool first = true;
  for (const RemoteAddr item : items->items) {
    if (!first) out.put(" | ");
    first = false;
    put_argument(out, item, true);
  }
  out.mark_left_out(items->left_out);
}

void repr_type_variable(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto& f = out.heap().layout().type_var;
  put_type_variable(out, object, {f.name, f.covariant, f.contravariant, f.infer_variance});
}
void repr_parameter_spec(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto& f = out.heap().layout().param_spec;
  put_type_variable(out, object, {f.name, f.covariant, f.contravariant, f.infer_variance});
}
void repr_type_variable_tuple(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto& f = out.heap().layout().type_var_tuple;
  put_type_variable(out, object, {f.name, f.covariant, f.contravariant, f.infer_variance});
}

namespace {

// paramspecattrobject: its only member, __origin__, follows the object's head.
void put_parameters(Printer& out, RemoteAddr object, std::string_view which) {
  Heap& heap = out.heap();
  const auto origin = heap.memory().read_pointer(object + *heap.layout().object.size);
  const auto type =
      origin ? heap.type_info_of(*origin) : Result<const TypeInfo*>(fail(Errc::invalid));
  if (!type) return out.mark_unreadable();
  if ((*type)->tp_name == "typing.ParamSpec") {
    const auto name = heap.pointer(*origin, heap.layout().param_spec.name);
    if (!name) return out.mark_unreadable();
    out.str(*name);
  } else {
    out.repr(*origin);
  }
  out.put(which);
}

}  // namespace

void repr_parameter_args(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_parameters(out, object, ".args");
}
void repr_parameter_kwargs(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_parameters(out, object, ".kwargs");
}

void repr_type_alias(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto& f = out.heap().layout().type_alias;
  // One made by a `type` statement has a qualified name since 3.15 (Objects/typevarobject.c).
  const auto qualname = f.qualname.has() ? out.heap().pointer(object, f.qualname) : Result<RemoteAddr>(RemoteAddr());
  const auto name = out.heap().pointer(object, f.name);
  if (!name || !qualname) return out.mark_unreadable();
  out.str(qualname->null() ? *name : *qualname);
}

void repr_no_default(Printer& out, RemoteAddr, const TypeInfo&) { out.put("typing.NoDefault"); }

}  // namespace pyexc::cpython
