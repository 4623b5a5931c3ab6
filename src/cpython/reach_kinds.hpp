#pragma once
// What an object is to the search of reach.hpp: a container to look into, something that may keep an exception, or
// nothing of interest. Told once per type.

#include <unordered_map>

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

enum class ReachKind : std::uint8_t {
  none,
  generator,  ///< also coroutines and async generators
  wrapper,    ///< what `await` puts around one
  list,
  tuple,
  set,
  dict,
  deque,
  method,
  builtin_method,
  instance,
  loop,              ///< an event loop of asyncio, with what it is going to run
  handle,            ///< of call_soon() and call_later()
  task_group,        ///< of asyncio
  task,              ///< of asyncio, in C or in Python
  c_future,          ///< of asyncio
  python_future,     ///< of asyncio
  concurrent_future  ///< of concurrent.futures
};

class ReachKinds {
 public:
  explicit ReachKinds(Heap& heap) : heap_(heap) {}
  [[nodiscard]] ReachKind of(RemoteAddr object);

 private:
  ReachKind of_type(RemoteAddr type);
  ReachKind of_class(const TypeInfo& type);

  Heap& heap_;
  std::unordered_map<RemoteAddr, ReachKind> known_;
};

}  // namespace pyexc::cpython
