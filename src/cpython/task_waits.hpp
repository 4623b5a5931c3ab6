#pragma once
// What a task of asyncio waits for where that is hidden behind a plain future: the tasks of a TaskGroup, of wait(),
// wait_for(), shield() and as_completed(); the lock, event or queue that it waits at. The functions of asyncio that such a
// task stands in keep them in their variables (Lib/asyncio/ of each version).

#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/frame/code.hpp"
#include "cpython/generators.hpp"

namespace pyexc::cpython {

struct HiddenWait {
  std::vector<RemoteAddr> futures;  ///< or tasks, done ones included
  RemoteAddr object;                ///< a Lock, Event, Condition, Semaphore, Barrier or Queue; null if none
};

class TaskWaits {
 public:
  TaskWaits(Heap& heap, GeneratorReader& generators) : heap_(heap), generators_(generators) {}

  /// What is behind `waiter`, a future, for which the innermost of `links` waits.
  [[nodiscard]] HiddenWait behind(RemoteAddr waiter, const std::vector<GeneratorFacts>& links);

 private:
  enum class Role : std::uint8_t { none, task_group, wait, wait_for, wait_for_one, as_completed, synchronizer };
  Role role_of(RemoteAddr code);
  Role read_role(RemoteAddr code);
  Result<RemoteAddr> variable(const FrameFacts& frame, std::string_view name);
  Result<void> futures_of(RemoteAddr container, HiddenWait& out);
  Result<void> look_at(Role role, const FrameFacts& frame, RemoteAddr waiter, HiddenWait& out);
  Result<void> look_for_as_completed(const FrameFacts& frame, HiddenWait& out);
  Result<void> look_at_shield(RemoteAddr waiter, HiddenWait& out);
  Result<void> look_at_callback(RemoteAddr callback, HiddenWait& out);

  Heap& heap_;
  GeneratorReader& generators_;
  std::unordered_map<RemoteAddr, Role> roles_;  ///< by code object
};

}  // namespace pyexc::cpython
