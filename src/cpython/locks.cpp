#include "cpython/locks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cpython/frame/value_stack.hpp"
#include "cpython/locals.hpp"
#include "cpython/lock_futex.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_pages = 16'384;  // 64 MiB, of all locks together
/// Include/cpython/pylock.h: the bit _Py_LOCKED of a PyMutex.
constexpr std::uint8_t mutex_locked = 1;

std::string_view kind_of_role(LockRole role) {
  switch (role) {
    case LockRole::condition_wait:
    case LockRole::condition_enter:
    case LockRole::condition: return "condition";
    case LockRole::event: return "event";
    case LockRole::semaphore: return "semaphore";
    case LockRole::barrier: return "barrier";
    case LockRole::queue: return "queue";
    case LockRole::future: return "future";
    case LockRole::rlock: return "lock";
    case LockRole::module_lock:
    case LockRole::module_lock_manager: return "import";
    case LockRole::thread:
    case LockRole::shutdown: return "thread";
    case LockRole::process_lock: return "lock";
  }
  return "lock";
}

/// Types written in C go by the names under which everybody knows them.
std::string public_name(std::string name) {
  constexpr std::array names = {
      std::pair("_thread.lock", "threading.Lock"),
      std::pair("_thread.RLock", "threading.RLock"),
      std::pair("threading._RLock", "threading.RLock"),
      std::pair("_queue.SimpleQueue", "queue.SimpleQueue"),
      std::pair("queue._PySimpleQueue", "queue.SimpleQueue"),
      std::pair("concurrent.futures._base.Future", "concurrent.futures.Future"),
      std::pair("_frozen_importlib._ModuleLock", "importlib._bootstrap._ModuleLock")};
  for (const auto& [from, to] : names)
    if (name == from) return to;
  return name;
}

}  // namespace

LockReader::LockReader(Heap& heap, FrameReader& frames, const std::vector<Activity>& activity,
                       Report& report)
    : heap_(heap), frames_(frames), report_(report), roles_(heap), names_(heap) {
  for (const Activity& one : activity)
    if (one.wait && one.wait->futex)
      sleeping_.emplace(one.tid, Sleeping{*one.wait->futex, one.wait->remaining_ms});
}

std::optional<LockId> LockReader::waited_for_by(std::int64_t tid) const {
  const auto found = waits_.find(tid);
  return found == waits_.end() ? std::nullopt : std::optional(found->second);
}

/// The lock lies on the value stack of the innermost frame, or in one of its variables, by itself
/// or as what a method is bound to.
RemoteAddr LockReader::blocked_on(std::uint64_t futex, const Stack& stack) {
  LockFutex sleeps(heap_, futex);
  if (stack.frames.empty()) return sleeps.parked_on();
  const FrameFacts& frame = stack.frames.front();
  std::vector<RemoteAddr> candidates;
  if (auto values = value_stack(heap_, frame)) candidates = std::move(values->places);
  const auto lock = [&]() -> RemoteAddr {
    for (const RemoteAddr value : candidates) {
      if (value.null() || value.value() % 8 != 0) continue;
      if (sleeps.is_of(value)) return value;
      const auto type = heap_.type_info_of(value);
      if (!type || (*type)->heap()) continue;
      const bool builtin = (*type)->tp_name == "builtin_function_or_method";
      if (!builtin && (*type)->tp_name != "method" && (*type)->tp_name != "method-wrapper")
        continue;
      const auto& layout = heap_.layout();
      const auto self =
          heap_.pointer(value, builtin                        ? layout.cfunction.m_self
                               : (*type)->tp_name == "method" ? layout.method.im_self
                                                              : layout.method_wrapper.self);
      if (self && sleeps.is_of(*self)) return *self;
    }
    return {};
  };
  RemoteAddr found = lock();
  if (found.null() && (frame.locals.null() || frame.locals != frame.globals)) {
    candidates.clear();
    if (const auto variables = read_locals(heap_, frame))
      for (const Variable& variable : variables->items) candidates.push_back(variable.value);
    found = lock();
  }
  if (found.null() && roles_.of(frame) == LockRole::shutdown) {
    for (const auto& [end, thread] : ends_of_threads())
      if (sleeps.is_of(end)) return end;
  }
  return found.null() ? sleeps.parked_on() : found;
}

/// From the lock outwards, through the functions of the standard library that wait on behalf of
/// their callers.
LockReader::Waited LockReader::climb(RemoteAddr lock, const Stack& stack) {
  Waited waited;
  waited.object = lock;
  bool notified = false;  // somebody has to do something; else somebody has to let the lock go
  for (; waited.user_frame < stack.frames.size(); ++waited.user_frame) {
    const FrameFacts& frame = stack.frames[waited.user_frame];
    const auto role = roles_.of(frame);
    if (!role) break;
    const RemoteAddr self = roles_.self_of(frame);
    if (self.null()) break;
    switch (*role) {
      case LockRole::condition_wait: {
        const auto own = heap_.instance_get(self, "_lock");
        notified = waited.user_frame == 0 && own && *own != lock;
        break;
      }
      case LockRole::rlock:
      case LockRole::process_lock: waited.object = self; continue;
      case LockRole::module_lock: {
        const auto wakeup = heap_.instance_get(self, "wakeup");
        notified = wakeup && *wakeup == lock;
        break;
      }
      case LockRole::module_lock_manager: continue;
      case LockRole::thread: notified = true; break;
      default: break;
    }
    waited.owner = self;
    if (!notified) continue;
    waited.object = self;
    waited.kind = kind_of_role(*role);
  }
  return waited;
}

/// What says that a thread has ended, and its Thread object: up to 3.12 a lock that it releases,
/// from 3.13 on an event of its handle (Lib/threading.py).
const LockReader::Ends& LockReader::ends_of_threads() {
  constexpr std::size_t max_active = 20'000;
  if (ends_) return *ends_;
  ends_.emplace();
  const auto active = module_member(heap_, "threading", "_active");
  if (!active || active->null()) return *ends_;
  const auto threads = heap_.dict_items(*active, max_active);
  if (!threads) return *ends_;
  for (const DictEntry& entry : threads->entries)
    for (const std::string_view name : {"_tstate_lock", "_handle", "_os_thread_handle"})
      if (const auto value = heap_.instance_get(entry.value, name); value && !value->null())
        ends_->emplace(*value, entry.value);
  return *ends_;
}

/// A lock that nobody has is one that the thread is just about to get.
bool LockReader::is_free(RemoteAddr object) {
  const auto type = heap_.type_info_of(object);
  if (!type) return false;
  if ((*type)->tp_name == "_thread.lock") return !is_locked(object);
  return (*type)->tp_name == "_thread.RLock" && !owner_of_rlock(object);
}

void LockReader::read_thread(const LockThread& thread, std::uint64_t futex) {
  const Stack stack = frames_.stack_of(thread.state.address);
  const RemoteAddr found = blocked_on(futex, stack);
  if (found.null() || is_free(found)) return;
  Waited waited = climb(found, stack);
  const auto type = heap_.type_info_of(waited.object);
  if (!type) return;
  if (waited.object == found) {
    if ((*type)->tp_name == "_queue.SimpleQueue") waited.kind = "queue";
    else if ((*type)->tp_name.starts_with("_io.")) waited.kind = "file";
    else if ((*type)->tp_name.starts_with("_thread.") && waited.owner.null()) {
      // threading._shutdown() waits for every thread without asking its Thread object.
      const auto end = ends_of_threads().find(found);
      if (end != ends_of_threads().end()) {
        waited.object = end->second;
        waited.kind = "thread";
      }
    }
  }
  const LockId id = add(waited, stack);
  waits_.emplace(thread.tid, id);
  if (!heap_.capturing()) (*report_.locks)[id].waiters.push_back(thread.tid);
}

LockId LockReader::add(const Waited& waited, const Stack& stack) {
  const auto [known, added] =
      known_.try_emplace(waited.object, static_cast<LockId>(report_.locks->size()));
  if (!added) return known->second;
  Lock lock;
  lock.address = waited.object.value();
  lock.interpreter = interpreter_->id;
  lock.kind = waited.kind;
  describe(waited, stack, lock);
  report_.locks->push_back(std::move(lock));
  return known->second;
}

void LockReader::describe(const Waited& waited, const Stack& stack, Lock& lock) {
  if (const auto type = heap_.type_info_of(waited.object))
    lock.type = public_name(full_name(heap_, **type));
  if (lock.kind == "import") {
    const auto name = heap_.instance_get(waited.object, "name");
    if (name && !name->null())
      if (auto text = heap_.text(*name)) lock.name = std::move(*text);
    return;
  }
  const std::span<const FrameFacts> frames =
      std::span(stack.frames).subspan(std::min(waited.user_frame, stack.frames.size()));
  ObjectName name;
  if (!waited.owner.null() && waited.owner != waited.object) {
    // A lock inside something: that has the name.
    const PyText inside = names_.attribute(waited.owner, waited.object);
    name = names_.find(waited.owner, frames);
    if (name.path.empty() || inside.empty()) name = names_.find(waited.object, frames);
    else name.path += "." + inside;
  } else {
    name = names_.find(waited.object, frames);
  }
  lock.name = std::move(name.path);
  lock.of = std::move(name.of);
  // multiprocessing's locks hand out methods of what they are made of.
  constexpr std::string_view inside = "._semlock";
  if (lock.type == "_multiprocessing.SemLock" && lock.name.ends_with(inside)) {
    lock.name.resize(lock.name.size() - inside.size());
    lock.type = std::exchange(lock.of, {});
  }
}

bool LockReader::is_locked(RemoteAddr lock) {
  const auto& f = heap_.layout().lock;
  const auto state = heap_.field<std::uint8_t>(lock, f.locked.has() ? f.locked : f.lock);
  return state && (f.locked.has() ? *state != 0 : (*state & mutex_locked) != 0);
}

std::optional<std::uint64_t> LockReader::ident_attribute(RemoteAddr object, std::string_view name) {
  const auto value = heap_.instance_get(object, name);
  if (!value || value->null() || !heap_.has_flag(*value, type_flags::int_subclass))
    return std::nullopt;
  const auto number = heap_.integer(*value);
  return number && number->fits_int64()
             ? std::optional(static_cast<std::uint64_t>(number->clamped()))
             : std::nullopt;
}

/// threading.get_ident() of the thread that has it, of what knows that.
std::optional<std::uint64_t> LockReader::owner_of(RemoteAddr object, const Lock& lock) {
  if (lock.kind == "thread") return ident_attribute(object, "_ident");
  if (lock.kind == "import") return ident_attribute(object, "owner");
  const auto type = heap_.type_info_of(object);
  if (lock.kind != "lock" || !type) return std::nullopt;
  return (*type)->tp_name == "_thread.RLock" ? owner_of_rlock(object)
                                             : ident_attribute(object, "_owner");
}

std::optional<std::uint64_t> LockReader::owner_of_rlock(RemoteAddr object) {
  const auto& f = heap_.layout().rlock;
  const auto owner = heap_.field<std::uint64_t>(object, f.rlock_owner);
  const auto count = heap_.field<std::uint64_t>(object, f.rlock_count);
  if (!owner || !count) return std::nullopt;
  if (f.lock.has()) {
    // Since 3.14 a _PyRecursiveMutex, whose level is one less.
    const auto mutex = heap_.field<std::uint8_t>(object, f.lock);
    return mutex && (*mutex & mutex_locked) != 0 ? std::optional(*owner) : std::nullopt;
  }
  return *count != 0 ? std::optional(*owner) : std::nullopt;
}

void LockReader::hold_by_ident(std::optional<std::uint64_t> ident, Lock& lock) {
  if (!ident || *ident == 0) return;
  const auto thread = std::find_if(threads_->begin(), threads_->end(), [&](const LockThread& one) {
    return one.state.ident == *ident;
  });
  if (thread == threads_->end()) lock.holder_gone = !interpreter_->broken && !interpreter_->cut;
  else if (thread->tid != 0) lock.holder = thread->tid;
}

void LockReader::read(const InterpreterState& interpreter, const std::vector<LockThread>& threads) {
  if (!report_.locks) report_.locks.emplace();
  threads_ = &threads;
  interpreter_ = &interpreter;
  known_.clear();
  ends_.reset();
  const PageCache::Optional optional(heap_.memory(), max_pages, false);
  heap_.set_interpreter(interpreter.address);
  const std::size_t first = report_.locks->size();
  bool entered = false;
  for (const LockThread& thread : threads) {
    const auto sleeping = sleeping_.find(thread.tid);
    if (sleeping == sleeping_.end() || thread.tid == 0 || thread.wants_gil ||
        waits_.contains(thread.tid))
      continue;
    if (!entered) roles_.enter_interpreter();
    entered = true;
    read_thread(thread, sleeping->second.futex);
  }
  LockHolders holders(heap_, frames_, roles_);
  bool looked = false;
  for (std::size_t id = first; id < report_.locks->size(); ++id) {
    Lock& lock = (*report_.locks)[id];
    const RemoteAddr object(lock.address);
    hold_by_ident(owner_of(object, lock), lock);
    const auto type = heap_.type_info_of(object);
    if (!type || (*type)->tp_name != "_thread.lock" || !is_locked(object)) continue;
    if (!looked)
      for (std::size_t i = 0; i < threads.size(); ++i)
        holders.add(i, frames_.stack_of(threads[i].state.address));
    looked = true;
    if (const auto holder = holders.of(object); holder && threads[*holder].tid != 0)
      lock.holder = threads[*holder].tid;
  }
  failures_ += optional.failed();
}

void LockReader::finish() {
  if (heap_.capturing()) heap_.lock_failures() = failures_;
  else if (failures_ > heap_.lock_failures())
    report_.problems.push_back({std::string(errc_name(Errc::not_captured)), "locks",
                                "what threads wait for may be missing: memory that was read for it is not there"});
  report_.deadlocks.emplace();
  const auto& locks = *report_.locks;
  const auto next = [&](std::int64_t tid) -> std::optional<std::int64_t> {
    const auto lock = waited_for_by(tid);
    return lock ? locks[*lock].holder : std::nullopt;
  };
  std::unordered_map<std::int64_t, std::size_t> seen;  // the round in which a thread was met
  std::size_t round = 0;
  std::vector<std::int64_t> waiters;
  for (const Lock& lock : locks)
    waiters.insert(waiters.end(), lock.waiters.begin(), lock.waiters.end());
  for (const std::int64_t start : waiters) {
    ++round;
    std::optional<std::int64_t> tid = start;
    while (tid && seen.try_emplace(*tid, round).second) tid = next(*tid);
    if (!tid || seen.at(*tid) != round) continue;
    Deadlock& deadlock = report_.deadlocks->emplace_back();
    for (std::int64_t at = *tid;;) {
      deadlock.threads.push_back({at, *waited_for_by(at)});
      if (const auto ms = sleeping_.at(at).remaining_ms)
        deadlock.timeout_ms = std::min(*ms, deadlock.timeout_ms.value_or(*ms));
      at = *next(at);
      if (at == *tid) break;
    }
  }
}

}  // namespace pyexc::cpython
