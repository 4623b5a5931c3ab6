#pragma once
// The value stack of a frame that runs: what its instructions have pushed and not yet popped. While
// a frame runs, its stack pointer is in a register of the interpreter loop, so where the stack ends
// is not known; what lies above the end is left from before and may point nowhere. How much is
// certainly in use follows from the blocks that the frame is in (up to 3.10), or from the exception
// table (3.11+): where an exception would be caught now, everything up to a certain depth would be
// kept.

#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct ValueStack {
  std::vector<RemoteAddr>
      places;  ///< lowest first, tags removed, NULL where nothing is; all that the code may use
  std::size_t in_use = 0;  ///< of these, that are certainly in use now
};

[[nodiscard]] Result<ValueStack> value_stack(Heap& heap, const FrameFacts& frame);

}  // namespace pyexc::cpython
