// asyncio/locks.py, queues.py, taskgroups.py and timeouts.py.

#include <fmt/format.h>

#include <cstdlib>

#include "cpython/value/deque.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/number_text.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/self.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view locks_file = "asyncio/locks.py";

/// super().__repr__() is object's: no class between has one.
void require_object_repr(Self& self) {
  if (self.stopped()) return;
  Heap& heap = self.heap();
  const auto bases = heap.mro(self.type());
  if (!bases) return self.give_up();
  bool first = true;
  for (const TypeInfo* base : *bases) {
    const auto dict = heap.type_dict(*base);
    const auto own =
        dict && !dict->null() ? heap.dict_get(*dict, "__repr__") : Result<RemoteAddr>(RemoteAddr());
    if (!own) return self.give_up();
    if (own->null()) continue;
    if (!first && base->tp_name == "object") return;
    if (!first) return self.give_up();
    first = false;
  }
  self.give_up();
}

/// `<pkg.T object at 0x… [extra]>` with what is asked for before anything is written.
void put_with_extra(Self& self, const std::string& extra) {
  require_object_repr(self);
  const RemoteAddr waiters = self.get("_waiters");
  const std::int64_t waiting = self.truth(waiters) ? self.length(waiters) : 0;
  if (self.ended()) return;
  put_formatted(self, "<{.path} object at {.id} [" + extra +
                          (waiting != 0 ? fmt::format(", waiters:{}", waiting) : std::string()) +
                          "]>");
}

}  // namespace

void repr_asyncio_lock(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  put_with_extra(self, self.truth("_locked") ? "locked" : "unlocked");
}

void repr_asyncio_event(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  put_with_extra(self, self.truth("_value") ? "set" : "unset");
}

// Condition.__init__() takes the method locked() of its lock.
void repr_asyncio_condition(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  const RemoteAddr method = self.get("locked");
  bool locked = false;
  if (!self.stopped()) {
    const auto lock = heap.is_exactly(method, "method")
                          ? heap.pointer(method, heap.layout().method.im_self)
                          : fail(Errc::invalid);
    const auto function =
        lock ? heap.pointer(method, heap.layout().method.im_func) : fail(Errc::invalid);
    if (!function || !is_stdlib_function(heap, *function, locks_file, "Lock.locked"))
      self.give_up();
    else locked = self.truth(self.get(*lock, "_locked"));
  }
  put_with_extra(self, locked ? "locked" : "unlocked");
}

namespace {

/// Semaphore.locked(): in later releases also while others wait who have not been cancelled.
bool semaphore_is_locked(Self& self, std::int64_t value) {
  Heap& heap = self.heap();
  const auto method = heap.class_attribute(self.type(), "locked");
  const auto own = heap.instance_get(self.object(), "locked");
  const Decoder body =
      method && method->owner != nullptr ? python_decoder(heap, method->value) : nullptr;
  if (!own || !own->null() || body == nullptr) return self.give_up(), false;
  if (value == 0) return true;
  if (body == semaphore_locked_by_value) return false;
  if (body != semaphore_locked_by_waiters) return self.give_up(), false;
  const RemoteAddr waiters = self.get("_waiters");
  if (!self.truth(waiters)) return false;
  // Whether they were cancelled each of them would have to be asked.
  return self.give_up(), false;
}

}  // namespace

void repr_asyncio_semaphore(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const std::int64_t value = self.integer("_value");
  const bool locked = !self.stopped() && semaphore_is_locked(self, value);
  put_with_extra(self, locked ? "locked" : fmt::format("unlocked, value:{}", value));
}

void repr_asyncio_barrier(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  require_object_repr(self);
  for (const auto& [name, qualname] :
       {std::pair{"broken", "Barrier.broken"}, std::pair{"n_waiting", "Barrier.n_waiting"},
        std::pair{"parties", "Barrier.parties"}})
    self.require_property(name, locks_file, qualname);
  const std::string state = self.text(self.get(self.get("_state"), "_value_"));
  if (self.ended()) return;
  if (state == "broken") return put_formatted(self, "<{.path} object at {.id} [broken]>");
  const std::string head = "<{.path} object at {.id} [" + state + ", waiters:";
  put_formatted(self, head + (state == "filling" ? "{_count:}" : "0") + "/{_parties:}]>");
}

namespace {

/// Queue._format(), 3.13 and later with `shutdown`.
void put_queue(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view head) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  const auto method = heap.class_attribute(type, "_format");
  const Decoder body =
      method && method->owner != nullptr ? python_decoder(heap, method->value) : nullptr;
  if (body != queue_format && body != queue_format_with_shutdown) self.give_up();
  const RemoteAddr queue = self.get_or_null("_queue");
  const bool filled = !queue.null() && self.truth(queue);
  Items items;
  if (filled) {
    const auto found = heap.is_exactly(queue, "list")
                           ? heap.list_items(queue, out.max_items())
                       : is_deque(heap, queue) ? items_of_deque(heap, queue, out.max_items())
                                               : fail(Errc::invalid, "neither a list nor a deque");
    if (!found) self.give_up();
    else items = *found;
  }
  std::string rest;
  for (const auto& [name, label] :
       {std::pair{"_getters", " _getters"}, std::pair{"_putters", " _putters"}}) {
    const RemoteAddr waiting = self.get(name);
    if (self.truth(waiting)) rest += fmt::format("{}[{}]", label, self.length(waiting));
  }
  const bool tasks = self.truth("_unfinished_tasks");
  if (tasks) rest += " tasks={_unfinished_tasks:}";
  if (body == queue_format_with_shutdown && self.truth("_is_shutdown")) rest += " shutdown";
  if (self.ended()) return;
  put_formatted(self, std::string(head) + " maxsize={_maxsize!r}");
  if (self.stopped()) return;
  if (filled) {
    out.put(" _queue=");
    put_sequence(out, items, false);
  }
  put_formatted(self, rest + ">");
}

}  // namespace

void repr_asyncio_queue(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_queue(out, object, type, "<{.class} at {.id}");
}
void str_asyncio_queue(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_queue(out, object, type, "<{.class}");
}

void repr_task_group(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  std::string text = "<TaskGroup";
  for (const auto& [name, label] :
       {std::pair{"_tasks", " tasks="}, std::pair{"_errors", " errors="}}) {
    const RemoteAddr list = self.get(name);
    if (self.truth(list)) text += label + std::to_string(self.length(list));
  }
  if (self.truth("_aborting")) text += " cancelling";
  else if (self.truth("_entered")) text += " entered";
  if (self.ended()) return;
  out.put(text + ">");
}

void repr_asyncio_timeout(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  // The members of timeouts._State, by their values.
  const RemoteAddr value = self.get(self.get("_state"), "_value_");
  const bool entered = self.text(value) == "active";
  std::string when;
  if (entered) {
    const RemoteAddr at = self.get("_when");
    if (self.is_none(at)) {
      when = " when=None";
    } else if (!self.stopped() && heap.is_exactly(at, "float")) {
      const auto number = heap.real(at);
      if (!number) self.give_up();
      // round(x, 3) is the number that is nearest to these digits.
      else
        when = " when=" + float_repr(std::strtod(fmt::format("{:.3f}", *number).c_str(), nullptr));
    } else if (!self.stopped() && heap.is_exactly(at, "int")) {
      when = " when=" + std::to_string(self.integer(at));
    } else {
      self.give_up();
    }
  }
  if (self.ended()) return;
  out.put("<Timeout [");
  out.str(value);
  out.put("]" + when + ">");
}

// Rows of functions/concurrency.def that only say which body it is.
void semaphore_locked_by_value(Printer& out, RemoteAddr object, const TypeInfo&) {
  out.repr(object);
}
void semaphore_locked_by_waiters(Printer& out, RemoteAddr object, const TypeInfo&) {
  out.repr(object);
}
void queue_format(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }
void queue_format_with_shutdown(Printer& out, RemoteAddr object, const TypeInfo&) {
  out.repr(object);
}

}  // namespace pyexc::cpython
