#pragma once
// The items of a collections.deque, for those who hold one.

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

/// True for a deque itself; a subclass may list its items in its own way.
[[nodiscard]] bool is_deque(Heap& heap, RemoteAddr object);

/// The first `max` items, from the left, of an object that the caller knows to be a deque. Blocks of pointers, linked; the first begins at leftindex.
[[nodiscard]] Result<Items> items_of_deque(Heap& heap, RemoteAddr deque, std::size_t max);

}  // namespace pyexc::cpython
