#pragma once
// Who holds a plain lock: the lock does not know, but a thread that is in the body of a `with`
// keeps the lock's
// __exit__ on the value stack of that frame. One that has called acquire() by itself leaves no
// trace.

#include <optional>
#include <unordered_map>
#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/generators.hpp"
#include "cpython/lock_roles.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

class LockHolders {
 public:
  LockHolders(Heap& heap, FrameReader& frames, const LockRoles& roles)
      : heap_(heap), roles_(roles), generators_(heap, frames) {}

  /// The stack of the thread with that number.
  void add(std::size_t thread, const Stack& stack);
  /// The thread that has the lock; empty unless exactly one frame of one thread is in a `with` of
  /// it.
  [[nodiscard]] std::optional<std::size_t> of(RemoteAddr lock) const;

 private:
  struct Bodies {
    std::size_t thread = 0;
    std::size_t count = 0;
  };
  [[nodiscard]] RemoteAddr left_by(RemoteAddr value, RemoteAddr above);
  [[nodiscard]] RemoteAddr lock_of(RemoteAddr manager, const TypeInfo& type);
  void read_frame(const FrameFacts& frame, int depth, std::vector<RemoteAddr>& locks);

  Heap& heap_;
  const LockRoles& roles_;
  GeneratorReader generators_;
  std::unordered_map<RemoteAddr, Bodies> bodies_;  ///< by lock
  std::size_t frames_ = 0, values_ = 0;            ///< that were looked at
};

}  // namespace pyexc::cpython
