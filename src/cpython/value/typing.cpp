// Lib/typing.py, Lib/_collections_abc.py and Lib/annotationlib.py: what annotations are made of.

#include "cpython/value/callable_name.hpp"
#include "cpython/value/catalog.hpp"
#include "cpython/value/core_families.hpp"
#include "cpython/value/generics.hpp"
#include "cpython/value/python_families.hpp"

namespace pyexc::cpython {

namespace {

/// Calls `function` of a module of the standard library with the object, so to speak.
void call(Printer& out, std::string_view module, std::string_view function, RemoteAddr object) {
  Heap& heap = out.heap();
  const auto type = heap.type_info_of(object);
  const auto found = module_member(heap, module, function);
  if (!type || !found) return out.mark_unreadable();
  const Decoder decoder = found->null() ? nullptr : catalog(heap).function(*found);
  if (decoder != nullptr) return decoder(out, object, **type);
  out.mark_inexact(std::string(module) + "." + std::string(function) + "() is not known");
  out.repr(object);
}

using ShowType = void (*)(Printer& out, RemoteAddr object);
void by_typing(Printer& out, RemoteAddr object) { call(out, "typing", "_type_repr", object); }
void by_collections(Printer& out, RemoteAddr object) {
  call(out, "_collections_abc", "_type_repr", object);
}
void by_annotationlib(Printer& out, RemoteAddr object) {
  call(out, "annotationlib", "type_repr", object);
}

void put_each(Printer& out, std::span<const RemoteAddr> items, ShowType show) {
  bool first = true;
  for (const RemoteAddr item : items) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    show(out, item);
  }
}

bool is_type(Heap& heap, RemoteAddr object) {
  return heap.has_flag(object, type_flags::type_subclass);
}

void put_defined(Printer& out, RemoteAddr object) {
  Heap& heap = out.heap();
  const auto module = module_of(heap, object);
  const auto name = callable_name(heap, object, NameKind::qualname);
  if (!module || !name) return out.mark_unreadable();
  if (!name->is_text || name->state != Attribute::State::found ||
      module->state == Attribute::State::by_code || !module->is_text) {
    out.mark_inexact("__module__ of an argument is found by code");
    return out.repr(object);
  }
  const bool bare = module->state == Attribute::State::absent || module->text == "builtins";
  out.put(bare ? name->text : module->text + "." + name->text);
}

void type_repr(Printer& out, RemoteAddr object, const TypeInfo& type, bool opens_tuples) {
  Heap& heap = out.heap();
  if (is_type(heap, object)) return put_defined(out, object);
  if (heap.is_exactly(object, "ellipsis")) return out.put("...");
  if (heap.is_exactly(object, "function")) {
    const auto name = callable_name(heap, object, NameKind::name);
    if (!name) return out.mark_unreadable();
    return out.put(name->text);
  }
  if (!opens_tuples || !type.is(type_flags::tuple_subclass)) return out.repr(object);
  const Printer::Guard guard(out, object);
  const auto items = heap.tuple_items(object, out.max_items());
  if (!items || !guard.entered()) return out.mark_unreadable();
  out.put("[");
  put_each(out, items->items, by_typing);
  out.mark_left_out(items->left_out);
  out.put("]");
}

struct Alias {
  RemoteAddr name, origin;
  Items args;
  bool known = false;
};

Alias alias_of(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Attributes of(out, object, type);
  Alias alias;
  alias.name = of.optional("_name");
  alias.origin = of["__origin__"];
  const RemoteAddr args = of["__args__"];
  if (of.give_up()) return alias;
  auto items = out.heap().tuple_items(args, out.max_items());
  if (!items) {
    out.mark_unreadable();
    return alias;
  }
  alias.args = std::move(*items);
  alias.known = true;
  return alias;
}

void put_alias_name(Printer& out, const Alias& alias) {
  const auto named = alias.name.null() ? std::optional(false) : truth(out.heap(), alias.name);
  if (named.value_or(false)) {
    out.put("typing.");
    return out.str(alias.name);
  }
  by_typing(out, alias.origin);
}

void put_alias(Printer& out, const Alias& alias, bool shows_empty) {
  put_alias_name(out, alias);
  out.put("[");
  if (alias.args.items.empty() && shows_empty) out.put("()");
  put_each(out, alias.args.items, by_typing);
  out.mark_left_out(alias.args.left_out);
  out.put("]");
}

/// `[[arguments], result]`
void put_callable(Printer& out, std::string_view name, const Items& args, ShowType show) {
  if (args.items.empty() || args.left_out != 0) return out.mark_unreadable();
  out.put(name);
  out.put("[[");
  put_each(out, std::span(args.items).first(args.items.size() - 1), show);
  out.put("], ");
  show(out, args.items.back());
  out.put("]");
}

bool is_parameters(Heap& heap, RemoteAddr object, bool tuples) {
  if (heap.is_exactly(object, "ellipsis") || heap.has_flag(object, type_flags::list_subclass))
    return true;
  if (tuples && heap.has_flag(object, type_flags::tuple_subclass)) return true;
  const auto type = heap.type_info_of(object);
  return type && (is_kind_of(heap, **type, "typing", "ParamSpec") ||
                  is_kind_of(heap, **type, "typing", "_ConcatenateGenericAlias"));
}

void named(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view before,
           std::string_view attribute, std::string_view behind = {}) {
  Attributes of(out, object, type);
  const RemoteAddr name = of[attribute];
  if (of.give_up()) return;
  out.put(before);
  out.str(name);
  out.put(behind);
}

}  // namespace

void typing_type_repr(Printer& out, RemoteAddr object, const TypeInfo& type) {
  type_repr(out, object, type, false);
}
void typing_type_repr_tuples(Printer& out, RemoteAddr object, const TypeInfo& type) {
  type_repr(out, object, type, true);
}
void typing_type_repr_annotationlib(Printer& out, RemoteAddr object, const TypeInfo& type) {
  if (type.is(type_flags::tuple_subclass)) return type_repr(out, object, type, true);
  by_annotationlib(out, object);
}

void annotationlib_type_repr(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  if (heap.is_exactly(object, "string.templatelib.Template"))
    out.mark_inexact("a template is shown as source");
  if (heap.is_exactly(object, "ellipsis")) return out.put("...");
  if (!is_type(heap, object) && !heap.is_exactly(object, "function") &&
      !heap.is_exactly(object, "builtin_function_or_method"))
    return out.repr(object);
  put_defined(out, object);
}

// 3.8: special aliases (typing.List) and Callable are of the same class.
void repr_typing_alias_special(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Alias alias = alias_of(out, object, type);
  if (!alias.known) return;
  Attributes of(out, object, type);
  const RemoteAddr flag = of["_special"];
  if (of.give_up()) return;
  const auto special = truth(out.heap(), flag);
  if (!special) return put_unknown(out, object, type, "_special");
  if (*special) return put_alias_name(out, alias);
  const bool callable = !alias.name.null() && out.heap().str_equals(alias.name, "Callable");
  if (callable &&
      !(alias.args.items.size() == 2 && out.heap().is_exactly(alias.args.items[0], "ellipsis")))
    return put_callable(out, "typing.Callable", alias.args, by_typing);
  put_alias(out, alias, false);
}

void repr_typing_alias(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Alias alias = alias_of(out, object, type);
  if (alias.known) put_alias(out, alias, false);
}
void repr_typing_alias_empty(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Alias alias = alias_of(out, object, type);
  if (alias.known) put_alias(out, alias, true);
}

void repr_typing_callable(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Alias alias = alias_of(out, object, type);
  if (!alias.known) return;
  if (alias.args.items.size() == 2 && is_parameters(out.heap(), alias.args.items[0], true))
    return put_alias(out, alias, true);
  put_callable(out, "typing.Callable", alias.args, by_typing);
}

void repr_typing_union(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const Alias alias = alias_of(out, object, type);
  if (!alias.known) return;
  const auto is_none = [&](RemoteAddr argument) {
    const auto info = is_type(heap, argument) ? heap.type_info(argument)
                                              : Result<const TypeInfo*>(fail(Errc::invalid));
    return info && !(*info)->heap() && (*info)->tp_name == "NoneType";
  };
  if (alias.args.items.size() == 2 && alias.args.left_out == 0 &&
      (is_none(alias.args.items[0]) || is_none(alias.args.items[1]))) {
    out.put("typing.Optional[");
    by_typing(out, alias.args.items[is_none(alias.args.items[0]) ? 1 : 0]);
    return out.put("]");
  }
  put_alias(out, alias, true);
}

void repr_typing_annotated(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Attributes of(out, object, type);
  const RemoteAddr origin = of["__origin__"], metadata = of["__metadata__"];
  if (of.give_up()) return;
  const auto items = out.heap().tuple_items(metadata, out.max_items());
  if (!items) return out.mark_unreadable();
  out.put("typing.Annotated[");
  by_typing(out, origin);
  out.put(", ");
  put_each(out, items->items, [](Printer& to, RemoteAddr item) { to.repr(item); });
  out.mark_left_out(items->left_out);
  out.put("]");
}

void repr_typing_unpack_starred(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Alias alias = alias_of(out, object, type);
  if (!alias.known || alias.args.items.empty()) return;
  out.put("*");
  out.repr(alias.args.items.front());
}
void repr_typing_unpack(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Alias alias = alias_of(out, object, type);
  if (!alias.known || alias.args.items.empty()) return;
  out.put("typing.Unpack[");
  by_typing(out, alias.args.items.front());
  out.put("]");
}

void repr_typing_form(Printer& out, RemoteAddr object, const TypeInfo& type) {
  named(out, object, type, "typing.", "_name");
}

void repr_typing_any(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto any = module_member(out.heap(), "typing", "Any");
  const auto info = out.heap().type_info(object);
  if (!any || !info) return out.mark_unreadable();
  if (*any == object) return out.put("typing.Any");
  out.put("<class '");
  out.put_type_name(**info);
  out.put("'>");
}

void repr_typing_variable(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Attributes of(out, object, type);
  const RemoteAddr name = of["__name__"], covariant = of["__covariant__"],
                   contravariant = of["__contravariant__"];
  if (of.give_up()) return;
  const auto plus = truth(out.heap(), covariant), minus = truth(out.heap(), contravariant);
  if (!plus || !minus) return put_unknown(out, object, type, "__covariant__");
  out.put(*plus ? "+" : *minus ? "-" : "~");
  out.str(name);
}

void repr_typing_named(Printer& out, RemoteAddr object, const TypeInfo& type) {
  named(out, object, type, "", "__name__");
}

namespace {
void put_parameters_of(Printer& out, RemoteAddr object, const TypeInfo& type,
                       std::string_view which) {
  Attributes of(out, object, type);
  const RemoteAddr origin = of["__origin__"];
  if (of.give_up()) return;
  const auto origin_type = out.heap().type_info_of(origin);
  if (!origin_type) return out.mark_unreadable();
  named(out, origin, **origin_type, "", "__name__", which);
}
}  // namespace

void repr_typing_args(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_parameters_of(out, object, type, ".args");
}
void repr_typing_kwargs(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_parameters_of(out, object, type, ".kwargs");
}

void repr_typing_new_type(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Attributes of(out, object, type);
  const RemoteAddr module = of["__module__"], name = of["__qualname__"];
  if (of.give_up()) return;
  out.str(module);
  out.put(".");
  out.str(name);
}

namespace {
void put_forward(Printer& out, RemoteAddr object, const TypeInfo& type, bool with_module) {
  Attributes of(out, object, type);
  const RemoteAddr text = of["__forward_arg__"];
  const RemoteAddr module = with_module ? of["__forward_module__"] : RemoteAddr();
  if (of.give_up()) return;
  out.put("ForwardRef(");
  out.repr(text);
  if (!module.null() && !out.heap().is_none(module)) {
    out.put(", module=");
    out.repr(module);
  }
  out.put(")");
}
}  // namespace

void repr_forward_reference(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_forward(out, object, type, false);
}
void repr_forward_reference_module(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_forward(out, object, type, true);
}

// __resolved_str__: made when it is asked for first, from names that are looked at then.
void repr_annotationlib_reference(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Attributes of(out, object, type);
  const RemoteAddr cached = of["__resolved_str_cache__"], text = of["__arg__"],
                   names = of["__extra_names__"], module = of["__forward_module__"],
                   is_class = of["__forward_is_class__"], owner = of["__owner__"];
  if (of.give_up()) return;
  const bool made = !heap.is_none(cached);
  const auto extra = truth(heap, names), in_class = truth(heap, is_class);
  if (!in_class || (!made && (heap.is_none(text) || !extra || *extra)))
    return put_unknown(out, object, type, "__resolved_str__");
  out.put("ForwardRef(");
  out.repr(made ? cached : text);
  if (!heap.is_none(module)) {
    out.put(", module=");
    out.repr(module);
  }
  if (*in_class) out.put(", is_class=True");
  if (!heap.is_none(owner)) {
    out.put(", owner=");
    out.repr(owner);
  }
  out.put(")");
}

namespace {
void put_abstract_callable(Printer& out, RemoteAddr object, const TypeInfo& type, ShowType show) {
  Heap& heap = out.heap();
  const auto args = heap.pointer(object, heap.layout().generic_alias.args);
  const auto items =
      args ? heap.tuple_items(*args, out.max_items()) : Result<Items>(fail(Errc::invalid));
  if (!items) return out.mark_unreadable();
  if (items->items.size() == 2 && is_parameters(heap, items->items[0], false))
    return repr_generic_alias(out, object, type);
  put_callable(out, "collections.abc.Callable", *items, show);
}
}  // namespace

void repr_abstract_callable(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_abstract_callable(out, object, type, by_collections);
}
void repr_abstract_callable_annotationlib(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_abstract_callable(out, object, type, by_annotationlib);
}

}  // namespace pyexc::cpython
