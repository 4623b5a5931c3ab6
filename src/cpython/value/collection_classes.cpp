// The classes of Lib/collections/__init__.py that are written in Python, and the weak containers of
// Lib/weakref.py: rows of functions/collections.def.

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <optional>

#include "cpython/value/class_facts.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_sorted = 4096;  // counts of a Counter that are read to find the largest
constexpr std::size_t max_count_text = 1024;  // characters of a count that is a str
constexpr std::size_t max_format = 1U << 16;

/// A count, as far as `<` of it is known.
struct Count {
  enum class Kind : std::uint8_t { integer, real, text, none, other } kind = Kind::other;
  IntValue integer;
  double real = 0;
  PyText text;
  DictEntry entry;
};

bool compares_as(Heap& heap, RemoteAddr object, std::string_view tp_name) {
  const auto type = heap.type_info_of(object);
  if (!type) return false;
  const auto method = heap.class_attribute(**type, "__lt__");
  return method && method->owner != nullptr && !method->owner->heap() &&
         method->owner->tp_name == tp_name;
}

Count count_of(Heap& heap, const DictEntry& entry) {
  Count count;
  count.entry = entry;
  if (heap.has_flag(entry.value, type_flags::int_subclass) &&
      compares_as(heap, entry.value, "int")) {
    if (auto number = heap.integer(entry.value)) {
      count.integer = std::move(*number);
      count.kind = Count::Kind::integer;
    }
  } else if (heap.is_exactly(entry.value, "float")) {
    if (const auto number = heap.real(entry.value); number && *number == *number) {
      count.real = *number;
      count.kind = Count::Kind::real;
    }
  } else if (heap.is_exactly(entry.value, "str")) {
    if (auto text = heap.text_now(entry.value, max_count_text)) {
      count.text = std::move(*text);
      count.kind = Count::Kind::text;
    }
  } else if (heap.is_none(entry.value)) {
    count.kind = Count::Kind::none;
  }
  return count;
}

bool less(const IntValue& a, const IntValue& b) {
  if (a.negative != b.negative) return a.negative;
  const IntValue& small = a.negative ? b : a;
  const IntValue& large = a.negative ? a : b;
  if (small.digits.size() != large.digits.size()) return small.digits.size() < large.digits.size();
  return std::lexicographical_compare(small.digits.rbegin(), small.digits.rend(),
                                      large.digits.rbegin(), large.digits.rend());
}

bool less(const Count& a, const Count& b) {
  using Kind = Count::Kind;
  if (a.kind == Kind::text) return a.text < b.text;
  if (a.kind == Kind::integer && b.kind == Kind::integer) return less(a.integer, b.integer);
  const auto number = [](const Count& c) -> long double {
    return c.kind == Kind::integer ? static_cast<long double>(c.integer.clamped())
                                   : static_cast<long double>(c.real);
  };
  return number(a) < number(b);
}

enum class Order : std::uint8_t { sorted, as_it_is, unknown };

/// sorted(items, key=count, reverse=True), or their own order where that raises TypeError.
Order most_common(std::vector<Count>& counts) {
  using Kind = Count::Kind;
  if (counts.size() < 2) return Order::sorted;
  const auto has = [&](Kind kind) {
    return std::any_of(counts.begin(), counts.end(),
                       [&](const Count& c) { return c.kind == kind; });
  };
  if (has(Kind::other)) return Order::unknown;
  const bool numbers = has(Kind::integer) || has(Kind::real);
  // Somewhere in between, two of different kinds or two None are compared.
  if (has(Kind::none) || (numbers && has(Kind::text))) return Order::as_it_is;
  // With floats beside them, ints are compared as numbers that a long double holds.
  if (has(Kind::integer) && has(Kind::real) &&
      std::any_of(counts.begin(), counts.end(), [](const Count& c) {
        return c.kind == Kind::integer && !c.integer.fits_int64();
      }))
    return Order::unknown;
  std::stable_sort(counts.begin(), counts.end(),
                   [](const Count& a, const Count& b) { return less(b, a); });
  return Order::sorted;
}

}  // namespace

void called_by_repr(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_unknown(out, object, type, "repr()");
}

void repr_counter(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  if (!names_itself(heap, type)) return put_unknown(out, object, type, "__class__");
  if (!is_own_method(heap, type, "__len__", "dict"))
    return put_unknown(out, object, type, "__len__()");
  if (const auto truth = heap.class_attribute(type, "__bool__"); !truth || truth->owner != nullptr)
    return put_unknown(out, object, type, "__bool__()");
  for (const std::string_view method : {"items", "__iter__"})
    if (!is_own_method(heap, type, method, "dict")) return put_unknown(out, object, type, method);
  if (python_decoder(heap, python_function(heap, type, "most_common")) != called_by_repr)
    return put_unknown(out, object, type, "most_common()");
  const auto used = heap.dict_used(object);
  const auto items = heap.dict_items(object, std::max(out.max_items(), max_sorted));
  if (!used || !items) return out.mark_unreadable();
  put_class_name(out, type);
  if (*used == 0) return out.put("()");
  std::vector<Count> counts;
  for (const DictEntry& entry : items->entries) counts.push_back(count_of(heap, entry));
  const Order order = most_common(counts);
  if (order == Order::unknown) out.mark_inexact("how its counts compare is Python code");
  out.put("({");
  const std::size_t shown = std::min(counts.size(), out.max_items());
  for (std::size_t i = 0; i < shown && !out.done(); ++i) {
    if (i != 0) out.put(", ");
    out.repr(counts[i].entry.key);
    out.put(": ");
    out.repr_value_of(counts[i].entry.key, counts[i].entry.value);
  }
  if (const std::size_t left_out = items->left_out + counts.size() - shown; left_out != 0) {
    if (shown != 0) out.put(", ");
    out.mark_left_out(left_out);
  }
  out.put("})");
}

void repr_chain_map(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  if (!names_itself(heap, type)) return put_unknown(out, object, type, "__class__");
  const auto maps = attribute_of(heap, object, "maps");
  if (!is_found(maps)) return put_without(out, object, type, "maps", maps);
  const bool is_list = heap.is_exactly(maps->value, "list");
  if (!is_list && !heap.is_exactly(maps->value, "tuple"))
    return put_unknown(out, object, type, "maps");
  const auto items = is_list ? heap.list_items(maps->value, out.max_items())
                             : heap.tuple_items(maps->value, out.max_items());
  if (!items) return out.mark_unreadable();
  put_class_name(out, type);
  out.put("(");
  bool first = true;
  for (const RemoteAddr map : items->items) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    out.repr(map);
  }
  if (items->left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items->left_out);
  }
  out.put(")");
}

void repr_of_data(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto data = attribute_of(out.heap(), object, "data");
  if (!is_found(data)) return put_without(out, object, type, "data", data);
  out.repr(data->value);
}

void str_of_data(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto data = attribute_of(out.heap(), object, "data");
  if (!is_found(data)) return put_without(out, object, type, "data", data);
  out.str(data->value);
}

void repr_weak_dictionary(Printer& out, RemoteAddr object, const TypeInfo& type) {
  if (!names_itself(out.heap(), type)) return put_unknown(out, object, type, "__class__");
  out.put("<");
  put_class_name(out, type);
  out.put(" at ");
  out.put_address(object);
  out.put(">");
}

void repr_named_tuple(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  if (!names_itself(heap, type)) return put_unknown(out, object, type, "__class__");
  // The format is in the closure: "(x=%r, y=%r)".
  const auto cells = closure(heap, python_function(heap, type, "__repr__"), 1);
  const auto format = cells ? heap.text_now(cells->front(), max_format) : fail(Errc::invalid);
  const auto items = heap.tuple_items(object, out.max_items());
  if (!format || !items) return put_unknown(out, object, type, "repr()");
  constexpr std::string_view value = "=%r", comma = ", ";
  std::string_view rest = *format;
  std::vector<std::string_view> fields;
  if (!rest.starts_with('(') || !rest.ends_with(')'))
    return put_unknown(out, object, type, "repr()");
  rest = rest.substr(1, rest.size() - 2);
  while (!rest.empty()) {
    const auto at = rest.find(value);
    if (at == std::string_view::npos || at == 0) return put_unknown(out, object, type, "repr()");
    fields.push_back(rest.substr(0, at));
    rest.remove_prefix(at + value.size());
    if (rest.starts_with(comma)) rest.remove_prefix(comma.size());
  }
  // "not enough arguments", "not all arguments converted"
  if (fields.size() != items->items.size() + items->left_out) return out.raise("<repr() failed>");
  put_class_name(out, type);
  out.put("(");
  for (std::size_t i = 0; i < items->items.size() && !out.done(); ++i) {
    if (i != 0) out.put(comma);
    out.put(fields[i]);
    out.put("=");
    out.repr_named(PyText(fields[i]), items->items[i]);
  }
  if (items->left_out != 0) {
    if (!items->items.empty()) out.put(comma);
    out.mark_left_out(items->left_out);
  }
  out.put(")");
}

}  // namespace pyexc::cpython
