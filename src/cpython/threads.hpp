#pragma once
// Interpreters and their thread states: who is there, which OS thread each is, what its name is.

#include <map>
#include <vector>

#include "cpython/locate.hpp"
#include "cpython/object/heap.hpp"
#include "target/target.hpp"

namespace pyexc::cpython {

struct ThreadState {
  RemoteAddr address;
  std::uint64_t ident = 0;      ///< pthread_self()
  std::int64_t native_id = 0;   ///< kernel tid as the target sees it, 0 if not known
};

struct InterpreterState {
  RemoteAddr address;
  std::int64_t id = 0;
  RemoteAddr sysdict, modules, builtins;
  std::vector<ThreadState> threads;   ///< oldest first
  std::optional<Error> broken;        ///< the list could not be followed to its end
  bool cut = false;
};

/// Every interpreter of the runtime, the main one first.
[[nodiscard]] Result<std::vector<InterpreterState>> read_interpreters(Heap& heap, const Runtime& runtime);

/// threading._active of one interpreter: ident -> name. Empty if `threading` is not imported.
[[nodiscard]] std::map<std::uint64_t, PyText> read_thread_names(Heap& heap, const InterpreterState& interpreter);

}  // namespace pyexc::cpython
