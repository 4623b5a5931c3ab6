#pragma once
// A thread's exception state: what sys.exc_info() returns there, the handlers further out, and what is
// raised and not yet caught. Include/cpython/pystate.h: PyThreadState, _PyErr_StackItem.

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/exceptions.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct ExceptionState {
  std::vector<ExceptionReader::Triple> handling;  ///< [0] is sys.exc_info(); then outwards
  std::optional<ExceptionReader::Triple> raising;
  bool torn = false;  ///< caught between the stores of an update: type and value do not belong together
  /// What may be such a moment and may be meant so: not 0, and the same again if it is looked at later and
  /// nothing has moved.
  std::uint64_t doubt = 0;
  std::optional<Error> broken;
};

[[nodiscard]] ExceptionState read_exception_state(Heap& heap, RemoteAddr tstate);

}  // namespace pyexc::cpython
