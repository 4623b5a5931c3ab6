// tuple, list and set objects.

#include <algorithm>

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t pointer_size = 8;
constexpr std::size_t set_entry_size = 16;  // struct setentry {PyObject *key; Py_hash_t hash;}
constexpr std::int64_t dummy_hash = -1;     // Objects/setobject.c: a deleted slot
constexpr std::size_t slots_a_piece = 4096;
}  // namespace

Result<std::int64_t> Heap::var_size(RemoteAddr object) const {
  PYEXC_TRY(const auto size, field<std::int64_t>(object, layout_.var_object.ob_size));
  if (size < 0) return fail(Error::at(Errc::invalid, object.value(), "a container of negative size"));
  return size;
}

Result<Items> Heap::tuple_items(RemoteAddr object, std::size_t max) {
  if (!has_flag(object, type_flags::tuple_subclass))
    return fail(Error::at(Errc::invalid, object.value(), "not a tuple"));
  PYEXC_TRY(const auto size, var_size(object));
  const std::size_t count = std::min({static_cast<std::size_t>(size), limits_.max_items, max});
  Items result;
  result.left_out = static_cast<std::size_t>(size) - count;
  const RemoteAddr items = object + *layout_.tuple.ob_item;
  PYEXC_CHECK(memory_.touch(items, count * pointer_size));
  result.items.resize(count);
  PYEXC_CHECK(memory_.read_into(items, std::as_writable_bytes(std::span(result.items))));
  return result;
}

Result<std::int64_t> Heap::list_size(RemoteAddr object) const { return var_size(object); }

Result<RemoteAddr> Heap::list_item(RemoteAddr object, std::int64_t index) const {
  PYEXC_TRY(const auto items, pointer(object, layout_.list.ob_item));
  return memory_.read_pointer(items + static_cast<std::uint64_t>(index) * pointer_size);
}

Result<Items> Heap::list_items(RemoteAddr object, std::size_t max) {
  if (!has_flag(object, type_flags::list_subclass))
    return fail(Error::at(Errc::invalid, object.value(), "not a list"));
  PYEXC_TRY(const auto size, var_size(object));
  const std::size_t count = std::min({static_cast<std::size_t>(size), limits_.max_items, max});
  Items result;
  result.left_out = static_cast<std::size_t>(size) - count;
  if (count == 0) return result;
  PYEXC_TRY(const auto items, pointer(object, layout_.list.ob_item));
  PYEXC_CHECK(memory_.touch(items, count * pointer_size));
  result.items.resize(count);
  PYEXC_CHECK(memory_.read_into(items, std::as_writable_bytes(std::span(result.items))));
  return result;
}

Result<Items> Heap::set_items(RemoteAddr object, std::size_t max) {
  PYEXC_TRY(const auto used, field<std::int64_t>(object, layout_.set.used));
  PYEXC_TRY(const auto mask, field<std::int64_t>(object, layout_.set.mask));
  PYEXC_TRY(const auto table, pointer(object, layout_.set.table));
  if (used < 0 || mask < 0) return fail(Error::at(Errc::invalid, object.value(), "a set of negative size"));
  Items result;
  const std::size_t slots = std::min(static_cast<std::size_t>(mask) + 1, limits_.max_dict_entries);
  const std::size_t wanted = std::min({static_cast<std::size_t>(used), limits_.max_items, max});
  // In pieces: a set of few items may have a large table.
  for (std::size_t i = 0; i < slots && result.items.size() < wanted; ++i) {
    if (i % slots_a_piece == 0)
      PYEXC_CHECK(memory_.touch(table + i * set_entry_size, std::min(slots_a_piece, slots - i) * set_entry_size));
    PYEXC_TRY(const auto key, memory_.read_pointer(table + i * set_entry_size));
    PYEXC_TRY(const auto hash, memory_.read<std::int64_t>(table + i * set_entry_size + pointer_size));
    if (!key.null() && hash != dummy_hash) result.items.push_back(key);
  }
  result.left_out = static_cast<std::size_t>(used) - std::min(static_cast<std::size_t>(used), result.items.size());
  return result;
}

}  // namespace pyexc::cpython
