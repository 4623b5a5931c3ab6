// _thread.lock and RLock, and what threading.py makes of them.

#include <fmt/format.h>

#include "cpython/value/families.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/self.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

/// Include/cpython/pylock.h: the bit _Py_LOCKED of a PyMutex, which has been a lock's own
/// since 3.13.5.
constexpr std::uint8_t mutex_locked = 1;

Result<bool> is_locked(Heap& heap, RemoteAddr lock) {
  const auto& f = heap.layout().lock;
  PYEXC_TRY(const auto state, heap.field<std::uint8_t>(lock, f.locked.has() ? f.locked : f.lock));
  return f.locked.has() ? state != 0 : (state & mutex_locked) != 0;
}

void put_lock_head(Printer& out, const TypeInfo& type, bool locked) {
  out.put(locked ? "<locked " : "<unlocked ");
  out.put(type.tp_name);
  out.put(" object ");
}

}  // namespace

// lock_repr()
void repr_lock(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto locked = is_locked(out.heap(), object);
  if (!locked) return out.mark_unreadable();
  put_lock_head(out, type, *locked);
  out.put("at ");
  out.put_address(object);
  out.put(">");
}

// rlock_repr(). Since 3.14 the count is a _PyRecursiveMutex's level, which is one less, and the
// owner stays there after the release.
void repr_rlock(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().rlock;
  const auto owner = heap.field<std::int64_t>(object, f.rlock_owner);
  const auto count = heap.field<std::uint64_t>(object, f.rlock_count);
  if (!owner || !count) return out.mark_unreadable();
  std::uint64_t shown = *count;
  if (f.lock.has()) {
    const auto mutex = heap.field<std::uint8_t>(object, f.lock);
    if (!mutex) return out.mark_unreadable();
    shown = (*mutex & mutex_locked) != 0 ? *count + 1 : 0;
  }
  put_lock_head(out, type, shown != 0);
  out.put(fmt::format("owner={} count={} at ", *owner, shown));
  out.put_address(object);
  out.put(">");
}

// threading._RLock, used where there is no RLock in C
namespace {
/// The thread of that ident in threading._active; null if there is none.
RemoteAddr active_thread(Self& self, std::int64_t ident) {
  Heap& heap = self.heap();
  const RemoteAddr active = module_global(heap, "threading", "_active");
  const auto threads = active.null() ? fail(Errc::invalid) : heap.dict_items(active);
  if (!threads) return self.give_up(), RemoteAddr();
  for (const DictEntry& entry : threads->entries) {
    const auto key = heap.integer(entry.key);
    if (key && key->fits_int64() && key->clamped() == ident) return entry.value;
  }
  return {};
}
}  // namespace

void repr_python_rlock(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  RemoteAddr owner = self.get("_owner");
  if (!self.stopped() && heap.has_flag(owner, type_flags::int_subclass)) {
    const RemoteAddr thread = active_thread(self, self.integer(owner));
    if (!thread.null()) owner = self.get(thread, "_name");
  }
  const RemoteAddr count = self.get("_count");
  const RemoteAddr block = self.get("_block");
  const auto block_type = self.stopped() ? fail(Errc::invalid) : heap.type_info_of(block);
  if (!block_type || (*block_type)->tp_name != "_thread.lock") self.give_up();
  const bool locked = !self.stopped() && is_locked(heap, block).value_or(false);
  if (self.ended()) return;
  out.put(locked ? "<locked " : "<unlocked ");
  self.put_class_path();
  out.put(" object owner=");
  out.repr(owner);
  out.put(" count=");
  self.put_int(count);
  out.put(" at ");
  self.put_id();
  out.put(">");
}

// threading.Barrier, which has states 0 (filling), 1 (draining), -1 (resetting), -2 (broken).
void repr_threading_barrier(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::int64_t broken = -2;
  Self self(out, object, type);
  for (const auto& [name, qualname] :
       {std::pair{"broken", "Barrier.broken"}, std::pair{"n_waiting", "Barrier.n_waiting"},
        std::pair{"parties", "Barrier.parties"}})
    self.require_property(name, "threading.py", qualname);
  const std::int64_t state = self.integer("_state");
  if (state == broken) return put_formatted(self, "<{.path} at {.id}: broken>");
  if (state == 0) return put_formatted(self, "<{.path} at {.id}: waiters={_count:}/{_parties:}>");
  put_formatted(self, "<{.path} at {.id}: waiters=0/{_parties:}>");
}

// -- threading.Thread

namespace {

/// Event.is_set(), called so since 2.6 and written so since 3.2.
bool is_set(Self& self, RemoteAddr event) {
  if (self.stopped()) return false;
  self.require_method(event, "is_set", "threading.py", "Event.is_set");
  return self.truth(self.get(event, "_flag"));
}

void put_thread(Self& self, bool started, bool stopped) {
  const bool daemon = self.truth("_daemonic");
  const RemoteAddr ident = self.get("_ident");
  const bool has_ident = !self.stopped() && !self.is_none(ident);
  const RemoteAddr name = self.get("_name");
  if (self.ended()) return;
  Printer& out = self.out();
  out.put("<");
  self.put_class_name();
  out.put("(");
  out.str(name);
  out.put(stopped ? ", stopped" : started ? ", started" : ", initial");
  if (daemon) out.put(" daemon");
  if (has_ident) {
    out.put(" ");
    out.str(ident);
  }
  out.put(")>");
}

RemoteAddr shared_handle(Heap& heap, RemoteAddr handle) {
  const auto type = heap.type_info_of(handle);
  const auto shared = heap.pointer(handle, heap.layout().thread_handle_object.handle);
  return type && (*type)->tp_name == "_thread._ThreadHandle" && shared ? *shared : RemoteAddr();
}

/// _thread._ThreadHandle.is_done(): its PyEvent is set.
bool is_done(Self& self, RemoteAddr handle) {
  constexpr std::uint8_t event_set = 1;
  Heap& heap = self.heap();
  if (self.stopped()) return false;
  const RemoteAddr shared = shared_handle(heap, handle);
  const auto event = shared.null() ? fail(Errc::invalid)
                                   : heap.field<std::uint8_t>(
                                         shared, heap.layout().thread_handle.thread_is_exiting);
  if (!event) return self.give_up(), false;
  return *event == event_set;
}

void put_thread_with_handle(Printer& out, RemoteAddr object, const TypeInfo& type,
                            std::string_view handle) {
  Self self(out, object, type);
  if (!self.truth("_initialized")) self.raise();
  const bool started = is_set(self, self.get("_started"));
  const bool done = is_done(self, self.get(handle));
  put_thread(self, started, done);
}

}  // namespace

// Up to 3.12 __repr__ calls is_alive(), which looks whether the C code of the thread has released
// _tstate_lock and then sets _is_stopped.
void repr_thread_tstate_lock(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  if (!self.truth("_initialized")) self.raise();
  const bool started = is_set(self, self.get("_started"));
  bool stopped = self.truth("_is_stopped");
  const auto alive = self.stopped() ? fail(Errc::invalid) : heap.class_attribute(type, "is_alive");
  const bool dummy =
      alive && is_stdlib_function(heap, alive->value, "threading.py", "_DummyThread.is_alive");
  if (dummy && (stopped || !started)) self.raise();
  if (!dummy) self.require_method("is_alive", "threading.py", "Thread.is_alive");
  if (!dummy && !stopped && started) {
    const RemoteAddr lock = self.get("_tstate_lock");
    if (self.is_none(lock)) self.raise();
    const auto lock_type = self.stopped() ? fail(Errc::invalid) : heap.type_info_of(lock);
    const auto locked = lock_type && (*lock_type)->tp_name == "_thread.lock" ? is_locked(heap, lock)
                                                                             : fail(Errc::invalid);
    if (!locked) self.give_up();
    else stopped = !*locked;
  }
  put_thread(self, started, stopped);
}

void repr_thread_handle_object(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const RemoteAddr shared = shared_handle(heap, object);
  const auto ident = shared.null()
                         ? fail(Errc::invalid)
                         : heap.field<std::uint64_t>(shared, heap.layout().thread_handle.ident);
  if (!ident) return out.mark_unreadable();
  out.put("<");
  out.put(type.tp_name);
  out.put(fmt::format(" object: ident={}>", *ident));
}

// 3.13
void repr_thread_handle(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_thread_with_handle(out, object, type, "_handle");
}

// 3.14
void repr_thread_os_handle(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_thread_with_handle(out, object, type, "_os_thread_handle");
}

}  // namespace pyexc::cpython
