#include "cpython/lock_futex.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace pyexc::cpython {

namespace {

constexpr std::uint64_t word = 8;
constexpr std::uint64_t lowest_address = 1U << 16;  // vm.mmap_min_addr
constexpr std::int64_t max_size = 512;              // of the objects below

/// Types whose instances a thread may sleep on: on a part of them, or on what they point to. A
/// buffered file has a lock of its own.
constexpr std::array waited_on = {std::string_view("_thread.lock"),
                                  std::string_view("_thread.RLock"),
                                  std::string_view("_thread._ThreadHandle"),
                                  std::string_view("_queue.SimpleQueue"),
                                  std::string_view("_multiprocessing.SemLock"),
                                  std::string_view("_io.BufferedReader"),
                                  std::string_view("_io.BufferedWriter"),
                                  std::string_view("_io.BufferedRandom")};

}  // namespace

LockFutex::LockFutex(Heap& heap, std::uint64_t futex) : heap_(heap), futex_(futex) {
  // struct wait_entry {…, uintptr_t addr, _PySemaphore sema, …}; a sem_t begins with its futex.
  if (futex < word || futex % 4 != 0) return;
  if (const auto address = heap_.memory().read_pointer(RemoteAddr(futex - word)))
    parked_at_ = *address;
}

bool LockFutex::is_of(RemoteAddr object) {
  if (object.null() || object.value() % word != 0) return false;
  const auto type = heap_.type_info_of(object);
  if (!type || std::find(waited_on.begin(), waited_on.end(), (*type)->tp_name) == waited_on.end())
    return false;
  const std::int64_t size = (*type)->basicsize;
  if (size <= 0 || size > max_size) return false;
  if (lies_in(object, static_cast<std::uint64_t>(size))) return true;
  for (std::uint64_t at = *heap_.layout().object.ob_type + word;
       at + word <= static_cast<std::uint64_t>(size); at += word) {
    const auto value = heap_.memory().read<std::uint64_t>(object + at);
    if (value && (*value == futex_ || (*value == parked_at_.value() && *value >= lowest_address)))
      return true;
  }
  const auto& f = heap_.layout().thread_handle;
  if ((*type)->tp_name != "_thread._ThreadHandle" ||
      !heap_.layout().thread_handle_object.handle.has() || !f.size.has())
    return false;
  const auto handle = heap_.pointer(object, heap_.layout().thread_handle_object.handle);
  return handle && lies_in(*handle, *f.size);
}

RemoteAddr LockFutex::parked_on() {
  if (parked_at_.null()) return {};
  const auto& layout = heap_.layout();
  for (const layout::Offset mutex : {layout.lock.lock, layout.rlock.lock}) {
    if (!mutex.has()) continue;
    const RemoteAddr object = parked_at_ - *mutex;
    if (is_of(object)) return object;
  }
  return {};
}

}  // namespace pyexc::cpython
