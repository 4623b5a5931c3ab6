// Up to Python 3.10 a Flag value without a name is shown as the members that make it up, and which
// those are is worked out for each repr() anew (Lib/enum.py, _decompose(); Lib/re.py,
// RegexFlag.__repr__()).

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "cpython/value/class_facts.hpp"
#include "cpython/value/python_families.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_members = 4096;
constexpr std::size_t max_name = 1024;

struct Bit {
  std::optional<PyText> name;
  std::int64_t value = 0;
  bool fits = true;  ///< the value is within 64 bits
};

std::optional<Bit> bit_of(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  if (!type) return std::nullopt;
  const auto name = attribute_of(heap, object, "_name_");
  const auto value = attribute_of(heap, object, "_value_");
  if (!is_found(name) || !is_found(value) || !heap.has_flag(value->value, type_flags::int_subclass))
    return std::nullopt;
  const auto number = heap.integer(value->value);
  if (!number) return std::nullopt;
  Bit bit;
  bit.value = number->clamped();
  bit.fits = number->fits_int64();
  if (!heap.is_none(name->value)) {
    auto text = heap.text_now(name->value, max_name);
    if (!text) return std::nullopt;
    bit.name = std::move(*text);
  }
  return bit;
}

using Bits = std::optional<std::vector<Bit>>;

/// All values of the class there have been, in the order in which they came.
Bits known_values(Heap& heap, const TypeInfo& type) {
  const auto map = class_variable(heap, type, "_value2member_map_");
  if (!is_found(map) || !heap.is_exactly(map->value, "dict")) return std::nullopt;
  const auto items = heap.dict_items(map->value, max_members);
  if (!items || items->left_out != 0) return std::nullopt;
  std::vector<Bit> bits;
  for (const DictEntry& entry : items->entries) {
    auto bit = bit_of(heap, entry.value);
    if (!bit || (bit->name && !bit->fits)) return std::nullopt;
    // One without a name counts only in values that are as large.
    if (!bit->fits) continue;
    bits.push_back(std::move(*bit));
  }
  return bits;
}

/// The members, as iterating over the class gives them.
Bits members(Heap& heap, const TypeInfo& type) {
  const auto names = class_variable(heap, type, "_member_names_");
  const auto map = class_variable(heap, type, "_member_map_");
  if (!is_found(names) || !is_found(map) || !heap.is_exactly(names->value, "list") ||
      !heap.is_exactly(map->value, "dict"))
    return std::nullopt;
  const auto items = heap.list_items(names->value, max_members);
  if (!items || items->left_out != 0) return std::nullopt;
  std::vector<Bit> bits;
  for (const RemoteAddr item : items->items) {
    const auto name = heap.text_now(item, max_name);
    const auto member =
        name ? heap.dict_get(map->value, *name) : Result<RemoteAddr>(fail(Errc::invalid));
    auto bit = member && !member->null() ? bit_of(heap, *member) : std::nullopt;
    if (!bit || !bit->fits) return std::nullopt;
    bits.push_back(std::move(*bit));
  }
  return bits;
}

bool is_power_of_two(std::int64_t value) {
  return value > 0 && std::has_single_bit(static_cast<std::uint64_t>(value));
}

void put_uncounted(Printer& out) {
  out.mark_inexact("the members of a value beyond 64 bits are not looked for");
  out.put("...");
}

void put_names(Printer& out, std::vector<Bit> found, std::int64_t value,
               const std::vector<Bit>& known) {
  if (found.empty())
    for (const Bit& bit : known)
      if (bit.value == value) {
        found.push_back(bit);
        break;
      }
  std::stable_sort(found.begin(), found.end(),
                   [](const Bit& a, const Bit& b) { return a.value > b.value; });
  if (found.size() > 1 && found.front().value == value) found.erase(found.begin());
  bool first = true;
  for (const Bit& bit : found) {
    if (!first) out.put("|");
    first = false;
    out.put(bit.name && !bit.name->empty() ? *bit.name : std::to_string(bit.value));
  }
}

}  // namespace

void names_by_value(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto self = bit_of(out.heap(), object);
  const auto known = known_values(out.heap(), type);
  if (!self || !self->fits || !known) return put_uncounted(out);
  std::vector<Bit> found;
  for (const Bit& bit : *known)
    if ((bit.name || (self->value >= 0 && is_power_of_two(bit.value))) && bit.value != 0 &&
        (bit.value & self->value) == bit.value)
      found.push_back(bit);
  put_names(out, std::move(found), self->value, *known);
}

void names_by_member(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto self = bit_of(out.heap(), object);
  const auto known = known_values(out.heap(), type);
  const auto all = members(out.heap(), type);
  if (!self || !self->fits || !known || !all) return put_uncounted(out);
  std::vector<Bit> found;
  std::int64_t uncovered = self->value;
  for (const Bit& bit : *all)
    if (bit.value != 0 && (bit.value & self->value) == bit.value) {
      found.push_back(bit);
      uncovered &= ~bit.value;
    }
  while (self->value >= 0 && uncovered > 0) {
    const auto top =
        static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(uncovered)));
    const auto bit =
        std::find_if(known->begin(), known->end(), [&](const Bit& b) { return b.value == top; });
    if (bit != known->end()) found.push_back(*bit);
    uncovered &= ~top;
  }
  put_names(out, std::move(found), self->value, *known);
}

void repr_regex_flag(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto self = bit_of(out.heap(), object);
  if (!self || (!self->name && !self->fits)) return put_unknown(out, object, type, "_value_");
  if (self->name) return out.put("re." + *self->name);
  const auto all = members(out.heap(), type);
  if (!all) return put_unknown(out, object, type, "__iter__()");
  const bool negative = self->value < 0;
  std::int64_t rest = negative ? ~self->value : self->value;
  std::vector<std::string> parts;
  for (const Bit& bit : *all)
    if ((rest & bit.value) != 0) {
      rest &= ~bit.value;
      parts.push_back("re." + bit.name.value_or("None"));
    }
  if (rest != 0) parts.push_back(fmt::format("{:#x}", rest));
  std::string text = fmt::format("{}", fmt::join(parts, "|"));
  if (negative) text = parts.size() > 1 ? "~(" + text + ")" : "~" + text;
  out.put(text);
}

}  // namespace pyexc::cpython
