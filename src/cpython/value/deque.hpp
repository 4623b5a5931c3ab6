#pragma once
// The items of a collections.deque, for those who hold one.

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

/// The first `max` items, from the left. Blocks of pointers, linked; the first begins at leftindex.
[[nodiscard]] Result<Items> items_of_deque(Heap& heap, RemoteAddr deque, std::size_t max);

}  // namespace pyexc::cpython
