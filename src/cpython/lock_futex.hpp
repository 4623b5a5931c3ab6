#pragma once
// Which object of Python's a thread sleeps on, proved by addresses: a lock that is a semaphore
// (sem_t) points to it, and the thread's futex lies there; one that is a PyMutex or a PyEvent is
// named by the entry that the thread has put into the parking lot, which holds the semaphore of its
// own that the thread sleeps on. Python/thread_pthread.h; Python/parking_lot.c (3.13+).

#include <optional>

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

class LockFutex {
 public:
  LockFutex(Heap& heap, std::uint64_t futex);

  /// Does the thread sleep on this object, or on what belongs to it? Any address may be asked
  /// about.
  [[nodiscard]] bool is_of(RemoteAddr object);

  /// The lock or RLock that the entry in the parking lot names; null if there is none.
  [[nodiscard]] RemoteAddr parked_on();

  [[nodiscard]] std::uint64_t address() const noexcept { return futex_; }

 private:
  [[nodiscard]] bool lies_in(RemoteAddr first, std::uint64_t size) const noexcept {
    return !parked_at_.null() && parked_at_ >= first && parked_at_.value() - first.value() < size;
  }

  Heap& heap_;
  std::uint64_t futex_;
  RemoteAddr parked_at_;  ///< what the entry names, if the futex is in one
};

}  // namespace pyexc::cpython
