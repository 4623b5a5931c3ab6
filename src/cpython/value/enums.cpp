// Lib/enum.py: members and classes. Which of these a class has, and what they consist of, changed
// in 3.11 and in between; the rows of functions/enum.def know.

#include <fmt/format.h>

#include "cpython/value/catalog.hpp"
#include "cpython/value/class_facts.hpp"
#include "cpython/value/dataclasses.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/quote.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 1U << 16;

struct Member {
  RemoteAddr name, value;
  TypeNames of_class;
};

/// What each of these functions looks at; nothing if it cannot, and then that was said.
std::optional<Member> member(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  if (!names_itself(heap, type)) {
    put_unknown(out, object, type, "__class__");
    return std::nullopt;
  }
  Member found;
  for (const auto& [name, to] :
       {std::pair{"_name_", &found.name}, std::pair{"_value_", &found.value}}) {
    const auto value = attribute_of(heap, object, name);
    if (!is_found(value)) {
      put_without(out, object, type, name, value);
      return std::nullopt;
    }
    *to = value->value;
  }
  auto names = heap.type_names(type);
  if (!names) {
    out.mark_unreadable();
    return std::nullopt;
  }
  found.of_class = std::move(*names);
  return found;
}

void put_class(Printer& out, const Member& of) {
  out.put(1, [&] { return of.of_class.name; });
}

/// The fields of a dataclass that is an Enum's data type (_dataclass_repr()).
void put_fields(Printer& out, RemoteAddr object) {
  Heap& heap = out.heap();
  const auto type = heap.type_info_of(object);
  if (!type) return out.mark_unreadable();
  const auto fields = attribute_of(heap, object, "__dataclass_fields__");
  const auto items = is_found(fields) && heap.is_exactly(fields->value, "dict")
                         ? heap.dict_items(fields->value)
                         : Result<DictItems>(fail(Errc::invalid));
  if (!items || items->left_out != 0) return put_unknown(out, object, **type, "repr()");
  bool first = true;
  for (const DictEntry& entry : items->entries) {
    if (out.done()) return;
    const auto name = heap.text_now(entry.key, max_name);
    const auto field_type = heap.type_info_of(entry.value);
    if (!name || !field_type) return out.mark_unreadable();
    const auto shown = attribute_of(heap, entry.value, "repr");
    if (!is_found(shown) || !heap.is_exactly(shown->value, "bool"))
      return put_unknown(out, object, **type, "repr()");
    const auto truth = heap.integer(shown->value);
    if (!truth) return out.mark_unreadable();
    if (truth->digits.empty()) continue;
    const auto value = attribute_of(heap, object, *name);
    if (!is_found(value)) return put_without(out, object, **type, *name, value);
    if (!first) out.put(", ");
    first = false;
    out.put(*name);
    out.put("=");
    out.repr_named(*name, value->value);
  }
}

/// `(cls._value_repr_ or repr)(value)`: the repr() of the type that is mixed in, whoever else has
/// another.
void put_value(Printer& out, RemoteAddr object, const TypeInfo& type, RemoteAddr value) {
  Heap& heap = out.heap();
  const auto function = class_variable(heap, type, "_value_repr_");
  if (!is_found(function)) return put_without(out, object, type, "_value_repr_", function);
  if (heap.is_none(function->value)) return out.repr(value);
  const auto value_type = heap.type_info_of(value);
  if (!value_type) return out.mark_unreadable();
  const auto own = heap.class_attribute(**value_type, "__repr__");
  if (own && own->owner != nullptr && own->value == function->value) return out.repr(value);
  if (heap.is_exactly(function->value, "wrapper_descriptor")) {
    const auto definer = heap.pointer(function->value, heap.layout().wrapper_descr.d_type);
    const auto bases = heap.mro(**value_type);
    const auto of =
        definer ? heap.type_info(*definer) : Result<const TypeInfo*>(fail(Errc::invalid));
    if (!of || !bases) return out.mark_unreadable();
    const Decoder decoder = repr_decoder((*of)->tp_name);
    for (const TypeInfo* base : *bases)
      if (base->address == *definer && decoder != nullptr) return decoder(out, value, **value_type);
  } else if (python_decoder(heap, function->value) == called_by_repr &&
             is_stdlib_function(heap, function->value, "enum.py", "_dataclass_repr")) {
    return put_fields(out, value);
  }
  put_unknown(out, value, **value_type, "_value_repr_");
}

/// The name of the module behind its last dot, as global_enum() puts it before members.
std::optional<PyText> short_module(const Member& of) {
  if (!of.of_class.module_is_text) return std::nullopt;
  const auto dot = of.of_class.module.rfind('.');
  return dot == std::string::npos ? of.of_class.module : of.of_class.module.substr(dot + 1);
}

/// "<enum 'Color'>"
void put_enum_class(Printer& out, RemoteAddr object, const TypeInfo& meta, std::string_view kind) {
  Heap& heap = out.heap();
  const auto of = heap.type_info(object);
  if (!of) return out.mark_unreadable();
  if (!names_itself(heap, **of)) return put_unknown(out, object, meta, "__name__");
  const auto names = heap.type_names(**of);
  if (!names) return out.mark_unreadable();
  out.put("<");
  out.put(kind);
  out.put(" ");
  out.put(3, [&] { return quote_str(names->name, out.database(), out.room()); });
  out.put(">");
}

/// The names of a Flag that has none of its own (up to 3.10), by that version's _decompose().
void put_composed(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view special) {
  Heap& heap = out.heap();
  const Decoder decompose = python_decoder(
      heap, function_global(heap, python_function(heap, type, special), "_decompose"));
  if (decompose != names_by_value && decompose != names_by_member)
    return put_unknown(out, object, type, "_decompose()");
  decompose(out, object, type);
}

}  // namespace

void repr_enum_plain(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  out.put("<");
  put_class(out, *of);
  out.put(".");
  out.str(of->name);
  out.put(": ");
  out.repr(of->value);
  out.put(">");
}

void repr_enum(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  out.put("<");
  put_class(out, *of);
  out.put(".");
  out.str(of->name);
  out.put(": ");
  put_value(out, object, type, of->value);
  out.put(">");
}

void str_enum(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  put_class(out, *of);
  out.put(".");
  out.str(of->name);
}

void repr_composed_flag(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  if (!out.heap().is_none(of->name)) return repr_enum_plain(out, object, type);
  out.put("<");
  put_class(out, *of);
  out.put(".");
  put_composed(out, object, type, "__repr__");
  out.put(": ");
  out.repr(of->value);
  out.put(">");
}

void str_composed_flag(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  put_class(out, *of);
  out.put(".");
  if (out.heap().is_none(of->name)) put_composed(out, object, type, "__str__");
  else out.str(of->name);
}

void repr_flag(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  out.put("<");
  put_class(out, *of);
  if (!out.heap().is_none(of->name)) {
    out.put(".");
    out.str(of->name);
  }
  out.put(": ");
  put_value(out, object, type, of->value);
  out.put(">");
}

void str_flag(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  put_class(out, *of);
  if (out.heap().is_none(of->name)) {
    out.put("(");
    out.repr(of->value);
    return out.put(")");
  }
  out.put(".");
  out.str(of->name);
}

void repr_enum_class(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_enum_class(out, object, type, "enum");
}

void repr_enum_or_flag_class(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const RemoteAddr flag = function_global(heap, python_function(heap, type, "__repr__"), "Flag");
  const auto of = heap.type_info(object);
  const auto bases =
      of ? heap.mro(**of) : Result<std::vector<const TypeInfo*>>(fail(Errc::invalid));
  if (!bases) return out.mark_unreadable();
  bool is_flag = false;
  for (const TypeInfo* base : *bases) is_flag = is_flag || base->address == flag;
  put_enum_class(out, object, type, is_flag ? "flag" : "enum");
}

void repr_global_enum(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  const auto module = short_module(*of);
  if (!module) return put_unknown(out, object, type, "__module__");
  out.put(1, [&] { return *module; });
  out.put(".");
  out.str(of->name);
}

void repr_global_flag(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto of = member(out, object, type);
  if (!of) return;
  const auto module = short_module(*of);
  if (!module) return put_unknown(out, object, type, "__module__");
  if (heap.is_none(of->name)) {
    out.put(1, [&] { return *module + "." + of->of_class.name + "("; });
    out.repr(of->value);
    return out.put(")");
  }
  const auto name = heap.text_now(of->name, max_name);
  const auto boundary = class_variable(heap, type, "_boundary_");
  const auto boundary_type = is_found(boundary) ? heap.type_info_of(boundary->value)
                                                : Result<const TypeInfo*>(fail(Errc::invalid));
  if (!name || !boundary_type) return put_unknown(out, object, type, "_boundary_");
  const auto boundary_name = attribute_of(heap, boundary->value, "_name_");
  if (!is_found(boundary_name)) return put_unknown(out, object, type, "_boundary_");
  const bool keeps = heap.str_equals(boundary_name->value, "KEEP");
  // A single bit has a name without '|', or its number: both are one part, which KEEP alone leaves
  // as it is.
  std::string_view rest = *name;
  const bool single = rest.find('|') == std::string_view::npos;
  for (bool first = true; !out.done(); first = false) {
    const auto end = rest.find('|');
    const std::string_view part = rest.substr(0, end);
    if (!first) out.put("|");
    const bool number = !part.empty() && part.front() >= '0' && part.front() <= '9';
    if (!keeps || !number || single) {
      out.put(1, [&] { return *module; });
      out.put(".");
    }
    out.put(part);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
}

void str_global_enum(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto of = member(out, object, type);
  if (!of) return;
  if (!out.heap().is_none(of->name)) return out.str(of->name);
  put_class(out, *of);
  out.put("(");
  out.repr(of->value);
  out.put(")");
}

}  // namespace pyexc::cpython
