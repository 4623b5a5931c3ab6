#pragma once
// What blocked threads wait for among the locks of Python, and who holds that. A thread counts as
// blocked on an object only if the futex that the kernel says it sleeps on is proved to be that
// object's (lock_futex.hpp).

#include <unordered_map>
#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/lock_holders.hpp"
#include "cpython/lock_names.hpp"
#include "cpython/lock_roles.hpp"
#include "cpython/threads.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

/// A thread state, and the OS thread that it is; tid 0 if that is not known.
struct LockThread {
  ThreadState state;
  std::int64_t tid = 0;
  bool wants_gil = false;  ///< what it sleeps on is that
};

class LockReader {
 public:
  LockReader(Heap& heap, FrameReader& frames, const std::vector<Activity>& activity,
             Report& report);

  /// Adds what the threads of one interpreter wait for to the report.
  void read(const InterpreterState& interpreter, const std::vector<LockThread>& threads);
  /// Once all were read: who waits for whom in a circle.
  void finish();
  /// The lock that the thread waits for.
  [[nodiscard]] std::optional<LockId> waited_for_by(std::int64_t tid) const;

 private:
  /// What a thread waits for.
  struct Waited {
    RemoteAddr object;
    std::string kind = "lock";
    RemoteAddr owner;  ///< what the lock is a part of: the Queue of a mutex
    std::size_t user_frame =
        0;  ///< the innermost frame that is not one of the standard library's waiting functions
  };
  using Threads = std::vector<LockThread>;

  [[nodiscard]] RemoteAddr blocked_on(std::uint64_t futex, const Stack& stack);
  [[nodiscard]] Waited climb(RemoteAddr lock, const Stack& stack);
  void read_thread(const LockThread& thread, std::uint64_t futex);
  LockId add(const Waited& waited, const Stack& stack);
  void describe(const Waited& waited, const Stack& stack, Lock& lock);
  using Ends = std::unordered_map<RemoteAddr, RemoteAddr>;
  [[nodiscard]] const Ends& ends_of_threads();
  void hold_by_ident(std::optional<std::uint64_t> ident, Lock& lock);
  [[nodiscard]] std::optional<std::uint64_t> owner_of(RemoteAddr object, const Lock& lock);
  [[nodiscard]] std::optional<std::uint64_t> ident_attribute(RemoteAddr object,
                                                             std::string_view name);
  [[nodiscard]] bool is_locked(RemoteAddr lock);
  [[nodiscard]] std::optional<std::uint64_t> owner_of_rlock(RemoteAddr rlock);
  [[nodiscard]] bool is_free(RemoteAddr object);

  Heap& heap_;
  FrameReader& frames_;
  std::size_t failures_ = 0;  ///< of reads
  Report& report_;
  LockRoles roles_;
  LockNames names_;
  struct Sleeping {
    std::uint64_t futex = 0;
    std::optional<std::int64_t> remaining_ms;
  };
  std::unordered_map<std::int64_t, Sleeping> sleeping_;  ///< by tid
  std::unordered_map<std::int64_t, LockId> waits_;       ///< by tid
  const Threads* threads_ = nullptr;
  const InterpreterState* interpreter_ = nullptr;
  std::unordered_map<RemoteAddr, LockId> known_;  ///< of this interpreter
  std::optional<Ends> ends_;                      ///< of this interpreter, once somebody asked
};

}  // namespace pyexc::cpython
