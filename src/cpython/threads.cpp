// Include/internal/pycore_interp.h and Include/cpython/pystate.h of the version; Lib/threading.py for
// the names.

#include "cpython/threads.hpp"

#include <algorithm>
#include <unordered_set>

namespace pyexc::cpython {

namespace {

Result<ThreadState> read_thread_state(Heap& heap, RemoteAddr address, RemoteAddr interp) {
  const auto& f = heap.layout().tstate;
  PYEXC_TRY(const auto owner, heap.pointer(address, f.interp));
  if (owner != interp) return fail(Error::at(Errc::invalid, address.value(), "a thread state of another interpreter"));
  ThreadState state;
  state.address = address;
  PYEXC_TRY(state.ident, heap.field<std::uint64_t>(address, f.thread_id));
  if (f.native_thread_id.has()) {
    PYEXC_TRY(state.native_id, heap.field<std::int64_t>(address, f.native_thread_id));
  } else if (state.ident != 0) {
    // Up to 3.10 only pthread_self() is kept; glibc keeps the tid in the structure it points to.
    const auto tid = heap.memory().read<std::uint32_t>(RemoteAddr(state.ident) + heap.traits().pthread_tid);
    if (tid) state.native_id = *tid;
  }
  return state;
}

Result<InterpreterState> read_interpreter(Heap& heap, RemoteAddr address) {
  const auto& f = heap.layout().interp;
  InterpreterState interp;
  interp.address = address;
  PYEXC_TRY(interp.id, heap.field<std::int64_t>(address, f.id));
  PYEXC_TRY(interp.sysdict, heap.pointer(address, f.sysdict));
  PYEXC_TRY(interp.modules, heap.pointer(address, f.imports_modules));
  PYEXC_TRY(interp.builtins, heap.pointer(address, f.builtins));
  PYEXC_TRY(auto next, heap.pointer(address, f.threads_head));
  std::unordered_set<std::uint64_t> seen;
  while (!next.null()) {
    if (!seen.insert(next.value()).second) {
      interp.broken = Error::at(Errc::cycle, next.value(), "thread states that come back to themselves");
      break;
    }
    if (interp.threads.size() >= heap.limits().max_threads) {
      interp.cut = true;
      break;
    }
    auto state = read_thread_state(heap, next, address);
    if (!state) {
      interp.broken = std::move(state).error();
      break;
    }
    interp.threads.push_back(*state);
    auto following = heap.pointer(next, heap.layout().tstate.next);
    if (!following) {
      interp.broken = std::move(following).error();
      break;
    }
    next = *following;
  }
  // The list is newest first; people and the main thread come oldest first.
  std::reverse(interp.threads.begin(), interp.threads.end());
  return interp;
}

}  // namespace

Result<std::vector<InterpreterState>> read_interpreters(Heap& heap, const Runtime& runtime) {
  const auto& layout = heap.layout();
  PYEXC_TRY(auto next, heap.memory().read_pointer(runtime.runtime + *layout.runtime.interpreters_head));
  if (next.null()) return fail(Errc::not_initialised, "the runtime has no interpreter");
  std::vector<InterpreterState> all;
  std::unordered_set<std::uint64_t> seen;
  while (!next.null() && all.size() < heap.limits().max_interpreters && seen.insert(next.value()).second) {
    heap.set_interpreter(next);
    PYEXC_TRY(auto interp, read_interpreter(heap, next));
    PYEXC_TRY(const auto following, heap.pointer(next, layout.interp.next));
    all.push_back(std::move(interp));
    next = following;
  }
  std::reverse(all.begin(), all.end());
  return all;
}

std::map<std::uint64_t, PyText> read_thread_names(Heap& heap, const InterpreterState& interp) {
  std::map<std::uint64_t, PyText> names;
  const auto read = [&]() -> Result<void> {
    PYEXC_TRY(const auto module, heap.dict_get(interp.modules, "threading"));
    if (module.null()) return {};
    PYEXC_TRY(const auto dict, heap.module_dict(module));
    PYEXC_TRY(const auto active, heap.dict_get(dict, "_active"));
    if (active.null()) return {};
    PYEXC_TRY(const auto entries, heap.dict_items(active));
    for (const DictEntry& entry : entries.entries) {
      const auto ident = heap.integer(entry.key);
      if (!ident) continue;
      const auto name = heap.instance_get(entry.value, "_name");
      if (!name || name->null()) continue;
      auto text = heap.text(*name);
      if (text) names[static_cast<std::uint64_t>(ident->clamped())] = std::move(*text);
    }
    return {};
  };
  (void)read();  // no names is a report without names, not a failure
  return names;
}

}  // namespace pyexc::cpython
