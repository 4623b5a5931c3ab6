#pragma once
// The global interpreter lock: who holds it, and what memory a thread that waits for it sleeps on.
// Python/ceval_gil.c (ceval_gil.h up to 3.11) and Include/internal/pycore_gil.h of each version.

#include <optional>

#include "cpython/locate.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct GilFacts {
  RemoteAddr address;                ///< of the lock; interpreters that share one have the same
  std::optional<RemoteAddr> holder;  ///< the thread state that has it; null if nobody has
  bool enabled = true;               ///< false: a free-threaded build that runs without one

  /// A futex at this address is what a thread waits on that wants the lock, or hands it over.
  [[nodiscard]] bool is_waited_for_at(std::uint64_t futex) const noexcept {
    return futex >= first && futex < last;
  }
  std::uint64_t first = 0, last = 0;
};

/// The lock of one interpreter; empty if this version does not let us know.
[[nodiscard]] std::optional<GilFacts> read_gil(Heap& heap, const Runtime& runtime, RemoteAddr interpreter);

/// Is the garbage collector at work in the interpreter (up to 3.8: in the process)?
[[nodiscard]] std::optional<bool> read_collecting(Heap& heap, const Runtime& runtime, RemoteAddr interpreter);

/// Has Py_Finalize or Py_EndInterpreter begun?
[[nodiscard]] std::optional<bool> read_finalizing(Heap& heap, const Runtime& runtime, RemoteAddr interpreter);

}  // namespace pyexc::cpython
