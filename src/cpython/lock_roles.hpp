#pragma once
// The functions of the standard library in which a thread waits for something better known than a
// bare lock: Condition.wait() blocks on a lock that only it knows; what the caller waits for is the
// condition, the event, or the queue. A function is known by its code object, as its class has it,
// whatever a file is called.

#include <optional>
#include <unordered_map>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

enum class LockRole : std::uint8_t {
  condition_wait,  ///< Condition.wait(), which has released the condition's lock meanwhile
  condition_enter,
  condition,  ///< what calls it: wait_for()
  event,
  semaphore,
  barrier,
  queue,
  future,
  rlock,        ///< threading._RLock, written in Python
  module_lock,  ///< importlib's, one for each module
  module_lock_manager,
  thread,        ///< join()
  shutdown,      ///< threading._shutdown(), which waits for the end of every thread
  process_lock,  ///< one of multiprocessing
};

class LockRoles {
 public:
  explicit LockRoles(Heap& heap) : heap_(heap) {}

  /// Call when the heap has another interpreter: each has its own code objects.
  void enter_interpreter();
  [[nodiscard]] std::optional<LockRole> of(const FrameFacts& frame) const;
  /// The `self` of one of these functions; null if it has none any more.
  [[nodiscard]] RemoteAddr self_of(const FrameFacts& frame) const;

 private:
  Heap& heap_;
  std::unordered_map<RemoteAddr, LockRole> by_code_;
};

}  // namespace pyexc::cpython
