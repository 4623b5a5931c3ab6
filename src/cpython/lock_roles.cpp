#include "cpython/lock_roles.hpp"

#include <string_view>

#include "cpython/locals.hpp"
#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

namespace {

struct Row {
  std::string_view module, type, method;
  LockRole role;
};

// Lib/threading.py, Lib/queue.py, Lib/concurrent/futures/_base.py, Lib/importlib/_bootstrap.py; a
// version that lacks one of these just never has its frame. queue.Queue.get() is Queue's own,
// _PySimpleQueue waits in a semaphore.
constexpr Row rows[] = {
    {"threading", "Condition", "wait", LockRole::condition_wait},
    {"threading", "Condition", "wait_for", LockRole::condition},
    {"threading", "Condition", "__enter__", LockRole::condition_enter},
    {"threading", "Condition", "_acquire_restore", LockRole::condition_enter},
    {"threading", "Event", "wait", LockRole::event},
    {"threading", "Semaphore", "acquire", LockRole::semaphore},
    {"threading", "Barrier", "wait", LockRole::barrier},
    {"threading", "Barrier", "_enter", LockRole::barrier},
    {"threading", "Barrier", "_wait", LockRole::barrier},
    {"threading", "Thread", "join", LockRole::thread},
    {"threading", "Thread", "_wait_for_tstate_lock", LockRole::thread},
    {"threading", "_RLock", "acquire", LockRole::rlock},
    {"threading", "_RLock", "_acquire_restore", LockRole::rlock},
    {"queue", "Queue", "get", LockRole::queue},
    {"queue", "Queue", "put", LockRole::queue},
    {"queue", "Queue", "join", LockRole::queue},
    {"queue", "_PySimpleQueue", "get", LockRole::queue},
    {"concurrent.futures._base", "Future", "result", LockRole::future},
    {"concurrent.futures._base", "Future", "exception", LockRole::future},
    {"threading", "", "_shutdown", LockRole::shutdown},
    {"multiprocessing.synchronize", "SemLock", "__enter__", LockRole::process_lock},
    {"_frozen_importlib", "_ModuleLock", "acquire", LockRole::module_lock},
    {"_frozen_importlib", "_ModuleLockManager", "__enter__", LockRole::module_lock_manager},
};

Result<RemoteAddr> function_of(Heap& heap, const Row& row) {
  if (row.type.empty()) return module_member(heap, row.module, row.method);
  PYEXC_TRY(const auto type, module_member(heap, row.module, row.type));
  if (type.null()) return RemoteAddr();
  PYEXC_TRY(const auto* info, heap.type_info(type));
  PYEXC_TRY(const auto dict, heap.type_dict(*info));
  return dict.null() ? Result<RemoteAddr>(dict) : heap.dict_get(dict, row.method);
}

Result<RemoteAddr> code_of(Heap& heap, const Row& row) {
  PYEXC_TRY(const auto function, function_of(heap, row));
  if (function.null() || !heap.is_exactly(function, "function")) return RemoteAddr();
  return heap.pointer(function, heap.layout().function.func_code);
}

}  // namespace

void LockRoles::enter_interpreter() {
  by_code_.clear();
  for (const Row& row : rows)
    if (const auto code = code_of(heap_, row); code && !code->null())
      by_code_.emplace(*code, row.role);
}

std::optional<LockRole> LockRoles::of(const FrameFacts& frame) const {
  const auto found = by_code_.find(frame.code);
  return found == by_code_.end() ? std::nullopt : std::optional(found->second);
}

RemoteAddr LockRoles::self_of(const FrameFacts& frame) const {
  const auto variables = read_locals(heap_, frame);
  if (!variables) return {};
  for (const Variable& variable : variables->items)
    if (heap_.str_equals(variable.name, "self")) return variable.value;
  return {};
}

}  // namespace pyexc::cpython
