#pragma once
// What a frame refers to: its variables with cells and free variables, and the values on its stack, where the iterator
// of a `for` and the manager of a `with` are. Addresses only; a name is read when it is asked for.

#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct FrameSlots {
  std::vector<RemoteAddr> values;  ///< null: not bound
  std::size_t variables = 0;       ///< so many are variables, the rest is the stack
  /// How high the stack is, is not written down while the frame runs: what is behind the variables may be left over
  /// from before, and lead anywhere.
  bool stack_is_guess = false;
};

[[nodiscard]] Result<FrameSlots> read_slots(Heap& heap, const FrameFacts& frame);
/// The str object that is the name of a variable.
[[nodiscard]] Result<RemoteAddr> slot_name(Heap& heap, const FrameFacts& frame, std::size_t index);
/// True if the variables are in a dict of their own: those of a module, a class body, exec().
[[nodiscard]] Result<bool> has_namespace(Heap& heap, const FrameFacts& frame);

}  // namespace pyexc::cpython
