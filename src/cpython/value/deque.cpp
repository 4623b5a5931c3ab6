#include "cpython/value/deque.hpp"

#include <algorithm>

namespace pyexc::cpython {

bool is_deque(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  return type && (*type)->tp_name == "collections.deque";
}

Result<Items> items_of_deque(Heap& heap, RemoteAddr deque, std::size_t max) {
  const auto& f = heap.layout().deque;
  const auto& b = heap.layout().deque_block;
  if (!b.data.has() || !b.rightlink.has() || *b.rightlink <= *b.data)
    return fail(Errc::invalid, "a layout without blocks");
  const std::int64_t block_length = (*b.rightlink - *b.data) / 8;
  PYEXC_TRY(const auto size, heap.var_size(deque));
  PYEXC_TRY(auto block, heap.pointer(deque, f.leftblock));
  PYEXC_TRY(auto index, heap.field<std::int64_t>(deque, f.leftindex));
  if (size > 0 && (index < 0 || index >= block_length))
    return fail(Error::at(Errc::invalid, deque.value(), "a deque that begins outside its block"));
  Items found;
  const std::size_t wanted =
      std::min({static_cast<std::size_t>(size), max, heap.limits().max_items});
  found.left_out = static_cast<std::size_t>(size) - wanted;
  while (found.items.size() < wanted) {
    if (index == block_length) {
      PYEXC_TRY(block, heap.pointer(block, b.rightlink));
      index = 0;
    }
    PYEXC_TRY(const auto item,
              heap.memory().read_pointer(block + *b.data + static_cast<std::uint64_t>(index) * 8));
    found.items.push_back(item);
    ++index;
  }
  return found;
}

}  // namespace pyexc::cpython
