// dict objects, combined and split, and the key tables they share with inline instance values.
// Include/internal/pycore_dict.h of 3.6 to 3.15; the two shapes of the key table are a trait.

#include <algorithm>

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct Heap::KeysView {
  RemoteAddr address;
  RemoteAddr entries;
  std::int64_t count = 0;  ///< dk_nentries, bounded
  std::size_t stride = 24;
  std::size_t key_offset = 8;
  std::size_t value_offset = 16;
};

namespace {
constexpr std::size_t general_entry = 24;  // PyDictKeyEntry {hash, key, value}
constexpr std::size_t unicode_entry = 16;  // PyDictUnicodeEntry {key, value}
constexpr unsigned max_log2 = 40;
constexpr std::int64_t entries_a_piece = 2048;
}  // namespace

Result<Heap::KeysView> Heap::keys_view(RemoteAddr keys) const {
  const auto& f = layout_.dict_keys;
  KeysView view;
  view.address = keys;
  PYEXC_TRY(view.count, field<std::int64_t>(keys, f.dk_nentries));
  std::uint64_t index_bytes = 0;
  if (traits().dict_keys == layout::DictKeys::log2) {
    PYEXC_TRY(const auto log2_bytes, field<std::uint8_t>(keys, f.dk_log2_index_bytes));
    PYEXC_TRY(const auto kind, field<std::uint8_t>(keys, f.dk_kind));
    if (log2_bytes > max_log2) return fail(Error::at(Errc::invalid, keys.value(), "impossible dict keys"));
    index_bytes = std::uint64_t{1} << log2_bytes;
    if (kind != 0) {
      view.stride = unicode_entry;
      view.key_offset = 0;
      view.value_offset = 8;
    }
  } else {
    PYEXC_TRY(const auto size, field<std::int64_t>(keys, f.dk_size));
    if (size <= 0 || size > (std::int64_t{1} << max_log2))
      return fail(Error::at(Errc::invalid, keys.value(), "impossible dict keys"));
    const auto width = size <= 0xff ? 1 : size <= 0xffff ? 2 : size <= 0xffffffffLL ? 4 : 8;
    index_bytes = static_cast<std::uint64_t>(size) * static_cast<std::uint64_t>(width);
  }
  if (view.count < 0) return fail(Error::at(Errc::invalid, keys.value(), "impossible dict keys"));
  view.entries = keys + *f.dk_indices + index_bytes;
  return view;
}

Result<DictEntry> Heap::keys_entry(const KeysView& view, std::int64_t index) const {
  const RemoteAddr at = view.entries + static_cast<std::uint64_t>(index) * view.stride;
  DictEntry entry;
  PYEXC_TRY(entry.key, memory_.read_pointer(at + view.key_offset));
  PYEXC_TRY(entry.value, memory_.read_pointer(at + view.value_offset));
  return entry;
}

Result<std::int64_t> Heap::find_key(const KeysView& view, std::int64_t used, std::string_view name) {
  LookupHints::Key hint_key{view.address.value(), std::string(name)};
  if (const auto hint = hints_.places.find(hint_key); hint != hints_.places.end()) {
    const auto& place = hint->second;
    if (place.index == LookupHints::absent) {
      if (place.entries == view.count && place.used == used) return LookupHints::absent;
    } else if (place.index < view.count) {
      PYEXC_TRY(const auto entry, keys_entry(view, place.index));
      if (!entry.key.null() && str_equals(entry.key, name)) return place.index;
    }
  }
  const std::int64_t count = std::min(view.count, static_cast<std::int64_t>(limits_.max_dict_entries));
  PYEXC_CHECK(memory_.touch(view.entries, static_cast<std::size_t>(count) * view.stride));
  std::int64_t found = LookupHints::absent;
  for (std::int64_t i = 0; i < count && found < 0; ++i) {
    PYEXC_TRY(const auto entry, keys_entry(view, i));
    if (!entry.key.null() && str_equals(entry.key, name)) found = i;
  }
  hints_.places[std::move(hint_key)] = {found, view.count, used};
  return found;
}

Result<RemoteAddr> Heap::split_value(RemoteAddr values, std::int64_t index) const {
  return memory_.read_pointer(values + static_cast<std::uint64_t>(index) * 8);
}

Result<std::int64_t> Heap::dict_used(RemoteAddr dict) const {
  PYEXC_TRY(const auto used, field<std::int64_t>(dict, layout_.dict.ma_used));
  if (used < 0) return fail(Error::at(Errc::invalid, dict.value(), "a dict of negative size"));
  return used;
}

namespace {
/// 3.13 wrapped the values of a split dict into a structure with an 8-byte head
/// (Include/internal/pycore_dict.h, struct _dictvalues).
std::uint64_t values_head(const layout::Traits& traits) {
  return traits.split_values == layout::SplitValues::struct_313 ? 8 : 0;
}
}  // namespace

Result<RemoteAddr> Heap::dict_get(RemoteAddr dict, std::string_view name) {
  if (!has_flag(dict, type_flags::dict_subclass))
    return fail(Error::at(Errc::invalid, dict.value(), "not a dict"));
  PYEXC_TRY(const auto used, dict_used(dict));
  PYEXC_TRY(const auto keys, pointer(dict, layout_.dict.ma_keys));
  PYEXC_TRY(const auto values, pointer(dict, layout_.dict.ma_values));
  PYEXC_TRY(const auto view, keys_view(keys));
  PYEXC_TRY(const auto index, find_key(view, used, name));
  if (index < 0) return RemoteAddr();
  if (!values.null()) return split_value(values + values_head(traits()), index);
  PYEXC_TRY(const auto entry, keys_entry(view, index));
  return entry.value;
}

/// Split values keep the order of insertion beside them (pycore_dict.h, 3.11 and later): as bytes before
/// the values, counted backwards, or after the last of `capacity` values.
Result<std::vector<std::uint8_t>> Heap::insertion_order(const KeysView& view, RemoteAddr values) const {
  std::size_t size = 0;
  RemoteAddr first;
  const bool structure = traits().split_values == layout::SplitValues::struct_313;
  if (structure) {
    const RemoteAddr head = values - values_head(traits());  // {u8 capacity, size, embedded, valid}
    PYEXC_TRY(const auto capacity, memory_.read<std::uint8_t>(head));
    PYEXC_TRY(size, memory_.read<std::uint8_t>(head + 1));
    first = values + std::uint64_t{capacity} * 8;
  } else {
    PYEXC_TRY(size, memory_.read<std::uint8_t>(values - 2));
    first = values - 2 - size;
  }
  std::vector<std::uint8_t> order(size);
  PYEXC_CHECK(memory_.read_into(first, std::as_writable_bytes(std::span(order))));
  if (!structure) std::reverse(order.begin(), order.end());
  for (const std::uint8_t index : order)
    if (index >= view.count) return fail(Error::at(Errc::invalid, values.value(), "split values out of order"));
  return order;
}

Result<DictItems> Heap::collect_split(const KeysView& view, RemoteAddr values, std::size_t used, std::size_t max) {
  // Up to 3.10 the keys' own order is the order of insertion: a dict that departs from it is not split.
  if (traits().dict_keys != layout::DictKeys::log2) {
    return collect(view, values, used, max);
  }
  PYEXC_TRY(const auto order, insertion_order(view, values));
  DictItems result;
  for (const std::uint8_t index : order) {
    if (result.entries.size() >= max) {
      ++result.left_out;
      continue;
    }
    PYEXC_TRY(auto entry, keys_entry(view, index));
    PYEXC_TRY(entry.value, split_value(values, index));
    if (!entry.key.null() && !entry.value.null()) result.entries.push_back(entry);
  }
  return result;
}

Result<DictItems> Heap::collect(const KeysView& view, RemoteAddr values, std::size_t used, std::size_t max) {
  DictItems result;
  const std::int64_t count = std::min(view.count, static_cast<std::int64_t>(limits_.max_dict_entries));
  // In pieces: what lies behind the last item wanted is not read.
  const std::size_t wanted = std::min(limits_.max_items, max);
  for (std::int64_t i = 0; i < count && result.entries.size() < wanted; ++i) {
    if (i % entries_a_piece == 0) {
      const auto piece = static_cast<std::size_t>(std::min(entries_a_piece, count - i));
      PYEXC_CHECK(memory_.touch(view.entries + static_cast<std::uint64_t>(i) * view.stride, piece * view.stride));
    }
    PYEXC_TRY(auto entry, keys_entry(view, i));
    if (!values.null()) {
      PYEXC_TRY(entry.value, split_value(values, i));
    }
    if (!entry.key.null() && !entry.value.null()) result.entries.push_back(entry);
  }
  if (used > result.entries.size()) result.left_out = used - result.entries.size();
  return result;
}

Result<DictItems> Heap::dict_items(RemoteAddr dict, std::size_t max) {
  PYEXC_TRY(const auto* type, type_info_of(dict));
  // PyFrozenDictObject begins as PyDictObject does, but is no subclass of it.
  if (!type->is(type_flags::dict_subclass) && !inherits(*type, "frozendict").value_or(false))
    return fail(Error::at(Errc::invalid, dict.value(), "not a dict"));
  PYEXC_TRY(const auto keys, pointer(dict, layout_.dict.ma_keys));
  PYEXC_TRY(const auto values, pointer(dict, layout_.dict.ma_values));
  PYEXC_TRY(const auto used, dict_used(dict));
  PYEXC_TRY(const auto view, keys_view(keys));
  if (!values.null()) return collect_split(view, values + values_head(traits()), static_cast<std::size_t>(used), max);
  return collect(view, RemoteAddr(), static_cast<std::size_t>(used), max);
}

Result<RemoteAddr> Heap::instance_get(RemoteAddr object, std::string_view name) {
  PYEXC_TRY(const auto where, instance_attributes(object));
  if (!where.values.null()) {
    PYEXC_TRY(const auto view, keys_view(where.keys));
    PYEXC_TRY(const auto index, find_key(view, view.count, name));
    if (index < 0) return RemoteAddr();
    return split_value(where.values, index);
  }
  if (where.dict.null()) return RemoteAddr();
  return dict_get(where.dict, name);
}

Result<DictItems> Heap::instance_items(RemoteAddr object, std::size_t max) {
  PYEXC_TRY(const auto where, instance_attributes(object));
  if (!where.values.null()) {
    PYEXC_TRY(const auto view, keys_view(where.keys));
    return collect_split(view, where.values, 0, max);
  }
  if (where.dict.null()) return DictItems{};
  return dict_items(where.dict, max);
}

}  // namespace pyexc::cpython
