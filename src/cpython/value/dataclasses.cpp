// The __repr__ that dataclass() makes (Lib/dataclasses.py): code that is compiled anew for each
// class, from the names of its fields. What such code consists of follows from the names it uses,
// and only that is taken for it.

#include <algorithm>
#include <optional>

#include "cpython/value/class_facts.hpp"
#include "cpython/value/dataclasses.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 1024;
constexpr std::size_t max_fields = 4096;

Result<std::vector<PyText>> texts(Heap& heap, RemoteAddr tuple) {
  PYEXC_TRY(const auto items, heap.tuple_items(tuple));
  if (items.left_out != 0 || items.items.size() > max_fields)
    return fail(Errc::limit, "too many names");
  std::vector<PyText> found;
  for (const RemoteAddr item : items.items) {
    // None is the first constant up to 3.13: no docstring.
    if (found.empty() && heap.is_none(item)) continue;
    PYEXC_TRY(auto text, heap.text_now(item, max_name));
    found.push_back(std::move(text));
  }
  return found;
}

Result<std::int64_t> code_length(Heap& heap, RemoteAddr code) {
  if (heap.layout().code.co_code.has()) {
    PYEXC_TRY(const auto bytes, heap.pointer(code, heap.layout().code.co_code));
    return heap.var_size(bytes);
  }
  PYEXC_TRY(const auto units, heap.var_size(code));
  return units * 2;
}

/// The literal parts between the values: "(a=", ", b=", ")".
std::vector<PyText> literals(const std::vector<PyText>& fields) {
  std::vector<PyText> parts;
  for (const PyText& field : fields) parts.push_back((parts.empty() ? "(" : ", ") + field + "=");
  parts.push_back(fields.empty() ? "()" : ")");
  return parts;
}

constexpr std::size_t max_on_stack = 14;  // fields of an f-string that is not joined from a list

bool is_joined(const layout::Traits& traits, std::size_t fields) {
  return traits.dataclass_repr.joined != 0 && fields > max_on_stack;
}

bool is_so_long(const layout::Traits& traits, std::size_t fields, std::int64_t length) {
  const auto& rule = traits.dataclass_repr;
  const auto count = static_cast<std::int64_t>(fields);
  const std::int64_t least = fields == 0                 ? rule.empty
                             : is_joined(traits, fields) ? rule.joined + count * rule.a_joined
                                                         : rule.with_fields + count * rule.a_field;
  constexpr std::int64_t small = 120;  // more names than that need EXTENDED_ARG
  return length == least || (count > small && length > least && length <= least + 4 * count);
}

/// Takes the names of the fields out of co_names: without __class__, __qualname__ and, if it is
/// called, join.
bool keep_fields(const layout::Traits& traits, std::vector<PyText>& names) {
  constexpr std::size_t others = 2;
  if (names.size() > others && is_joined(traits, names.size() - others - 1)) {
    if (names.front() == "join") names.erase(names.begin());
    else if (names[others] == "join") names.erase(names.begin() + others);
  }
  if (names.size() < others || names[0] != "__class__" || names[1] != "__qualname__") return false;
  names.erase(names.begin(), names.begin() + others);
  return true;
}

}  // namespace

std::optional<std::vector<PyText>> dataclass_fields(Heap& heap, RemoteAddr function) {
  constexpr std::string_view made_by = "__create_fn__.<locals>.__repr__";
  if (!heap.is_exactly(function, "function")) return std::nullopt;
  const auto& f = heap.layout().code;
  const auto code = heap.pointer(function, heap.layout().function.func_code);
  if (!code || !heap.is_exactly(*code, "code")) return std::nullopt;
  const auto file = heap.pointer(*code, f.co_filename);
  const auto qualname = f.co_qualname.has()
                            ? heap.pointer(*code, f.co_qualname)
                            : heap.pointer(function, heap.layout().function.func_qualname);
  const auto arguments = heap.field<std::int32_t>(*code, f.co_argcount);
  const auto names = heap.pointer(*code, f.co_names);
  const auto constants = heap.pointer(*code, f.co_consts);
  const auto length = code_length(heap, *code);
  if (!file || !qualname || !arguments || !names || !constants || !length) return std::nullopt;
  if (!heap.str_equals(*file, "<string>") || !heap.str_equals(*qualname, made_by) ||
      *arguments != 1)
    return std::nullopt;
  auto fields = texts(heap, *names);
  const auto parts = texts(heap, *constants);
  if (!fields || !parts || !keep_fields(heap.traits(), *fields)) return std::nullopt;
  auto expected = literals(*fields);
  if (is_joined(heap.traits(), fields->size())) expected.insert(expected.begin(), PyText());
  if (*parts != expected || !is_so_long(heap.traits(), fields->size(), *length))
    return std::nullopt;
  return std::move(*fields);
}

void put_dataclass(Printer& out, RemoteAddr object, const TypeInfo& type,
                   const std::vector<PyText>& fields) {
  Heap& heap = out.heap();
  if (!names_itself(heap, type)) return put_unknown(out, object, type, "__class__");
  // Which ones there are is known before anything is written.
  std::vector<RemoteAddr> values;
  for (const PyText& field : fields) {
    const auto found = attribute_of(heap, object, field);
    if (!is_found(found)) return put_without(out, object, type, field, found);
    values.push_back(found->value);
  }
  const auto names = heap.type_names(type);
  if (!names) return out.mark_unreadable();
  out.put(1, [&] { return names->qualname; });
  out.put("(");
  for (std::size_t i = 0; i < fields.size() && !out.done(); ++i) {
    if (i != 0) out.put(", ");
    if (i == out.max_items()) {
      out.mark_left_out(fields.size() - i);
      break;
    }
    out.put(fields[i]);
    out.put("=");
    out.repr_named(fields[i], values[i]);
  }
  out.put(")");
}

void repr_recursive(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const RemoteAddr wrapper = python_function(heap, type, "__repr__");
  // Their free variables in the order of names: fillvalue (only reprlib's), repr_running,
  // user_function.
  auto cells = closure(heap, wrapper, 2);
  if (!cells) cells = closure(heap, wrapper, 3);
  if (!cells) return put_unknown(out, object, type, "repr()");
  const RemoteAddr wrapped = cells->back();
  const auto fields = dataclass_fields(heap, wrapped);
  const Decoder known = fields ? nullptr : python_decoder(heap, wrapped);
  if (!fields && known != repr_chain_map) return put_unknown(out, object, type, "repr()");
  const Printer::Guard guard(out, object);
  if (!guard.entered()) {
    if (cells->size() == 2) return out.put("...");
    return out.str(cells->front());
  }
  if (fields) put_dataclass(out, object, type, *fields);
  else known(out, object, type);
}

}  // namespace pyexc::cpython
