#pragma once
// The variables of a frame, as frame.f_locals of that version would list them: fast locals, cells
// and free variables of functions; the mapping itself for modules, class bodies and exec.

#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/namespace.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct Variables {
  std::vector<Variable> items;
  /// Up to 3.12: a dict of the target that frame.f_locals would write these variables into, and so
  /// change.
  RemoteAddr rewritten;
  bool exact = true;  ///< false: f_locals is a mapping that only the target's code could list
};

[[nodiscard]] Result<Variables> read_locals(Heap& heap, const FrameFacts& frame);

}  // namespace pyexc::cpython
