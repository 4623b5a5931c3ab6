// asyncio's futures and tasks. The C types call base_futures.py and base_tasks.py, as those written
// in Python do, so it is looked whether the functions that stand there now are the standard
// library's.

#include "cpython/value/asyncio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "cpython/value/callbacks.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/reprlib.hpp"

namespace pyexc::cpython {

namespace {

/// What _future_repr_info() and _task_repr_info() ask for.
struct Future {
  std::string state;  ///< lower case
  RemoteAddr exception, result;
  std::vector<RemoteAddr> callbacks;  ///< first and last
  std::int64_t callback_count = 0;
  RemoteAddr source_traceback;
  // of a task
  RemoteAddr name, coroutine, waiter;
  bool cancelling = false;
};

/// The names of asyncio's own members must lead there: a subclass may have others.
void require_own(Self& self, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (self.stopped()) return;
    const auto found = self.heap().class_attribute(self.type(), name);
    if (!found || found->owner == nullptr || !found->owner->tp_name.starts_with("_asyncio."))
      self.give_up();
  }
}

/// The first and the last of a list of (callback, context), behind the one that is known already.
void add_callbacks(Self& self, Future& future, RemoteAddr list) {
  Heap& heap = self.heap();
  const auto size = heap.list_size(list);
  if (!size || *size < 0) return self.give_up();
  const auto add = [&](std::int64_t index) {
    const auto pair = heap.list_item(list, index);
    const auto items = pair ? heap.tuple_items(*pair, 1) : fail(Errc::invalid);
    if (!items || items->items.empty()) return self.give_up();
    future.callbacks.push_back(items->items.front());
  };
  future.callback_count += *size;
  if (*size == 0) return;
  const bool first = future.callbacks.empty();
  if (first) add(0);
  if (!first || *size > 1) add(*size - 1);
}

Future c_future(Self& self) {
  Future future;
  if (self.stopped()) return future;
  Heap& heap = self.heap();
  const auto& f = heap.layout().future;
  const RemoteAddr object = self.object();
  require_own(self, {"_state", "_exception", "_result", "_callbacks", "_source_traceback"});
  const auto loop = heap.pointer(object, f.fut_loop);
  const auto state = heap.field<std::int32_t>(object, f.fut_state);
  const auto exception = heap.pointer(object, f.fut_exception),
             result = heap.pointer(object, f.fut_result);
  const auto first = heap.pointer(object, f.fut_callback0),
             more = heap.pointer(object, f.fut_callbacks);
  const auto traceback = heap.pointer(object, f.fut_source_tb);
  if (!loop || !state || !exception || !result || !first || !more || !traceback)
    return self.give_up(), future;
  if (loop->null()) self.raise();  // "Future object is not initialized."
  constexpr std::string_view states[] = {"pending", "cancelled", "finished"};
  if (*state < 0 || static_cast<std::size_t>(*state) >= std::size(states))
    return self.give_up(), future;
  future.state = states[static_cast<std::size_t>(*state)];
  if (!exception->null() && !heap.is_none(*exception)) future.exception = *exception;
  future.result = *result;
  if (!first->null()) {
    future.callbacks.push_back(*first);
    future.callback_count = 1;
  }
  if (!more->null() && !heap.is_none(*more)) add_callbacks(self, future, *more);
  if (!traceback->null()) future.source_traceback = *traceback;
  return future;
}

Future python_future(Self& self) {
  Future future;
  future.state = self.text(self.get("_state"));
  std::transform(future.state.begin(), future.state.end(), future.state.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (future.state == "finished") {
    const RemoteAddr exception = self.get("_exception");
    if (!self.stopped() && !self.is_none(exception)) future.exception = exception;
    else future.result = self.get("_result");
  }
  const RemoteAddr callbacks = self.get("_callbacks");
  if (!self.stopped() && !self.heap().is_exactly(callbacks, "list")) self.give_up();
  if (!self.stopped()) add_callbacks(self, future, callbacks);
  future.source_traceback = self.get("_source_traceback");
  return future;
}

enum class Cancelling : std::uint8_t { must_cancel, requests };

void c_task(Self& self, Future& future, Cancelling cancelling) {
  if (self.stopped()) return;
  Heap& heap = self.heap();
  const auto& f = heap.layout().task;
  const RemoteAddr object = self.object();
  require_own(self, {"get_name", "_coro", "_fut_waiter"});
  const auto name = heap.pointer(object, f.task_name),
             coroutine = heap.pointer(object, f.task_coro);
  const auto waiter = heap.pointer(object, f.task_fut_waiter);
  const bool old = cancelling == Cancelling::must_cancel;
  const auto requests =
      heap.field<std::int32_t>(object, old ? f.task_must_cancel : f.task_num_cancels_requested);
  if (!name || !coroutine || !waiter || !requests) return self.give_up();
  if (!old) require_own(self, {"cancelling", "done"});
  future.cancelling = *requests != 0 && (old || future.state == "pending");
  future.name = *name;
  future.coroutine = *coroutine;
  future.waiter = *waiter;
}

void python_task(Self& self, Future& future, Cancelling cancelling) {
  constexpr std::string_view file = "asyncio/tasks.py";
  self.require_method("get_name", file, "Task.get_name");
  const bool old = cancelling == Cancelling::must_cancel;
  if (old) {
    future.cancelling = self.truth("_must_cancel");
  } else {
    self.require_method("cancelling", file, "Task.cancelling");
    self.require_method("done", "asyncio/futures.py", "Future.done");
    future.cancelling = self.truth("_num_cancels_requested") && future.state == "pending";
  }
  future.name = self.get("_name");
  future.coroutine = self.get("_coro");
  future.waiter = self.get("_fut_waiter");
}

/// The last entry of a StackSummary as "file:line", empty if there is none.
struct Place {
  RemoteAddr file, line;
};
std::optional<Place> created_at(Self& self, RemoteAddr summary) {
  if (self.stopped() || summary.null() || !self.truth(summary)) return std::nullopt;
  Heap& heap = self.heap();
  const auto size = heap.has_flag(summary, type_flags::list_subclass) ? heap.list_size(summary)
                                                                      : fail(Errc::invalid);
  const auto last = size && *size > 0 ? heap.list_item(summary, *size - 1) : fail(Errc::invalid);
  if (!last) return self.give_up(), std::nullopt;
  return Place{self.get(*last, "filename"), self.get(*last, "lineno")};
}

void put_callbacks(Printer& out, const Future& future, bool show_arguments) {
  out.put("cb=[");
  put_callback_source(out, future.callbacks.front(), {}, show_arguments);
  if (future.callback_count > 2) out.put(fmt::format(", <{} more>", future.callback_count - 2));
  if (future.callback_count > 1) {
    out.put(", ");
    put_callback_source(out, future.callbacks.back(), {}, show_arguments);
  }
  out.put("]");
}

/// How this release keeps a future that holds itself from being written forever.
enum class Recursion : std::uint8_t { unknown, of_result, of_all };

Recursion recursion_of(Self& self) {
  Heap& heap = self.heap();
  const Decoder body =
      python_decoder(heap, module_global(heap, "asyncio.base_futures", "_future_repr_info"));
  if (!is_stdlib_function(heap, module_global(heap, "asyncio.base_futures", "_format_callbacks"),
                          "asyncio/base_futures.py", "_format_callbacks"))
    self.give_up();
  if (body == future_info_guards_result) return Recursion::of_result;
  if (body == future_info) return Recursion::of_all;
  self.give_up();
  return Recursion::unknown;
}

void put_future(Self& self, const Future& future, bool is_task) {
  Printer& out = self.out();
  Heap& heap = self.heap();
  const Recursion recursion = recursion_of(self);
  const bool calls = future.callback_count > 0;
  const CallbackArguments arguments =
      calls ? require_format_helpers(self) : CallbackArguments::unknown;
  require_reprlib(self);
  const auto place = created_at(self, future.source_traceback);
  const bool has_coroutine = is_task && !future.coroutine.null() && !self.is_none(future.coroutine);
  if (has_coroutine &&
      !is_stdlib_function(heap, module_global(heap, "asyncio.coroutines", "_format_coroutine"),
                          "asyncio/coroutines.py", "_format_coroutine"))
    self.give_up();
  const CoroutineText coroutine =
      has_coroutine ? describe_coroutine(self, future.coroutine) : CoroutineText{};
  if (self.ended()) return;
  const Printer::Guard guard(out, self.object());
  if (!guard.entered() && recursion == Recursion::of_all) return out.put("...");
  out.put("<");
  self.put_class_name();
  out.put(" ");
  out.put(future.cancelling ? "cancelling" : future.state);
  if (is_task) {
    out.put(" name=");
    if (heap.is_exactly(future.name, "int")) {
      // 3.13: a number until somebody asks.
      out.put("'Task-");
      self.put_int(future.name);
      out.put("'");
    } else {
      out.repr(future.name);
    }
    if (has_coroutine) {
      out.put(" coro=<");
      put_coroutine(out, coroutine);
      out.put(">");
    }
    if (!future.waiter.null() && !self.is_none(future.waiter)) {
      out.put(" wait_for=");
      out.repr(future.waiter);
    }
  }
  if (future.state == "finished") {
    if (!future.exception.null()) {
      out.put(" exception=");
      out.repr(future.exception);
    } else {
      out.put(" result=");
      if (!guard.entered()) out.put("...");
      else if (future.result.null()) out.put("None");
      else put_reprlib(out, future.result);
    }
  }
  if (calls) {
    out.put(" ");
    put_callbacks(out, future, arguments == CallbackArguments::always);
  }
  if (place) {
    out.put(" created at ");
    out.str(place->file);
    out.put(":");
    out.str(place->line);
  }
  out.put(">");
}

std::optional<Cancelling> task_rule(Self& self) {
  const Decoder body = python_decoder(
      self.heap(), module_global(self.heap(), "asyncio.base_tasks", "_task_repr_info"));
  if (body == task_info_must_cancel) return Cancelling::must_cancel;
  if (body == task_info) return Cancelling::requests;
  self.give_up();
  return std::nullopt;
}

/// Up to 3.10 __repr__ calls the method _repr_info.
void require_repr_info(Self& self) {
  const auto found = self.heap().class_attribute(self.type(), "_repr_info");
  if (!found || (found->owner != nullptr && !found->owner->tp_name.starts_with("_asyncio.")))
    self.give_up();
}

}  // namespace

void repr_c_future(Printer& out, RemoteAddr object, const TypeInfo& type) {
  // Up to 3.10 both types have the same function in their slots (Modules/_asynciomodule.c).
  if (out.heap().inherits(type, "_asyncio.Task").value_or(false))
    return repr_c_task(out, object, type);
  Self self(out, object, type);
  require_repr_info(self);
  put_future(self, c_future(self), false);
}

void repr_c_task(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  require_repr_info(self);
  Future future = c_future(self);
  if (const auto rule = task_rule(self)) c_task(self, future, *rule);
  put_future(self, future, true);
}

void repr_python_future(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  put_future(self, python_future(self), false);
}

void repr_python_task(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  Future future = python_future(self);
  if (const auto rule = task_rule(self)) python_task(self, future, *rule);
  put_future(self, future, true);
}

// Up to 3.10 the __repr__ of Future is that of Task too.
void repr_python_future_or_task(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto info = out.heap().class_attribute(type, "_repr_info");
  if (info && is_stdlib_function(out.heap(), info->value, "asyncio/tasks.py", "Task._repr_info"))
    return repr_python_task(out, object, type);
  if (info &&
      is_stdlib_function(out.heap(), info->value, "asyncio/base_futures.py", "_future_repr_info"))
    return repr_python_future(out, object, type);
  put_unknown(out, object, type, "_repr_info()");
}

// Rows of functions/concurrency.def that only say which body it is.
void future_info_guards_result(Printer& out, RemoteAddr object, const TypeInfo&) {
  out.repr(object);
}
void future_info(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }
void task_info_must_cancel(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }
void task_info(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }

}  // namespace pyexc::cpython
