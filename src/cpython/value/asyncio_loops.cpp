// asyncio's event loops, their handles and transports, and streams.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cpython/value/callbacks.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/self.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view loop_file = "asyncio/base_events.py";
constexpr std::int64_t event_read = 1, event_write = 2;  // selectors.EVENT_READ, EVENT_WRITE

std::string_view python_bool(bool value) { return value ? "True" : "False"; }

}  // namespace

// is_running() is whether run_forever() of any thread is in it: _thread_id is set then.
void repr_event_loop(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  self.require_method("is_running", loop_file, "BaseEventLoop.is_running");
  self.require_method("is_closed", loop_file, "BaseEventLoop.is_closed");
  self.require_method("get_debug", loop_file, "BaseEventLoop.get_debug");
  const RemoteAddr thread = self.get("_thread_id");
  const std::string running(python_bool(!self.stopped() && !self.is_none(thread)));
  put_formatted(self, "<{.class} running=" + running + " closed={_closed:} debug={_debug:}>");
}

void repr_asyncio_server(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  self.require_property("sockets", loop_file, "Server.sockets");
  if (self.is_none(self.get("_sockets"))) return put_formatted(self, "<{.class} sockets=()>");
  // The addresses of sockets are the kernel's.
  self.give_up();
  (void)self.ended();
}

// -- handles

namespace {

struct HandleText {
  bool cancelled = false;
  RemoteAddr callback;
  std::vector<RemoteAddr> args;
  bool show_arguments = false;
  RemoteAddr file, line;
};

HandleText describe_handle(Self& self) {
  Heap& heap = self.heap();
  HandleText text;
  text.cancelled = self.truth("_cancelled");
  const RemoteAddr callback = self.get("_callback");
  if (!self.stopped() && !self.is_none(callback)) {
    text.callback = callback;
    const CallbackArguments arguments = require_format_helpers(self);
    text.show_arguments = arguments == CallbackArguments::always;
    if (arguments == CallbackArguments::in_debug_mode) {
      const RemoteAddr loop = self.get("_loop");
      if (!self.stopped())
        self.require_method(loop, "get_debug", loop_file, "BaseEventLoop.get_debug");
      if (!self.stopped()) text.show_arguments = self.truth(self.get(loop, "_debug"));
    }
    const RemoteAddr args = self.get("_args");
    const auto items = self.stopped()                   ? fail(Errc::invalid)
                       : heap.is_exactly(args, "tuple") ? heap.tuple_items(args)
                                                        : heap.list_items(args);
    if (!items) self.give_up();
    else text.args = items->items;
  }
  const RemoteAddr traceback = self.get("_source_traceback");
  if (!self.stopped() && self.truth(traceback)) {
    const auto size = heap.has_flag(traceback, type_flags::list_subclass)
                          ? heap.list_size(traceback)
                          : fail(Errc::invalid);
    const auto last =
        size && *size > 0 ? heap.list_item(traceback, *size - 1) : fail(Errc::invalid);
    if (!last) return self.give_up(), text;
    text.file = self.get(*last, "filename");
    text.line = self.get(*last, "lineno");
  }
  return text;
}

void put_handle(Self& self, const HandleText& text, RemoteAddr when) {
  Printer& out = self.out();
  out.put("<");
  self.put_class_name();
  if (text.cancelled) out.put(" cancelled");
  if (!when.null()) {
    out.put(" when=");
    out.str(when);
  }
  if (!text.callback.null()) {
    out.put(" ");
    put_callback_source(out, text.callback, text.args, text.show_arguments);
  }
  if (!text.file.null()) {
    out.put(" created at ");
    out.str(text.file);
    out.put(":");
    out.str(text.line);
  }
  out.put(">");
}

}  // namespace

void repr_handle(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  const RemoteAddr saved = self.get("_repr");
  if (!self.stopped() && !self.is_none(saved)) return out.str(saved);
  const auto info = heap.class_attribute(type, "_repr_info");
  const bool timer =
      info && is_stdlib_function(heap, info->value, "asyncio/events.py", "TimerHandle._repr_info");
  if (!timer) self.require_method("_repr_info", "asyncio/events.py", "Handle._repr_info");
  const RemoteAddr when = timer ? self.get("_when") : RemoteAddr();
  const HandleText text = describe_handle(self);
  if (self.ended()) return;
  put_handle(self, text, when);
}

// -- streams and transports

void repr_stream_reader(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const RemoteAddr buffer = self.get("_buffer");
  std::string format = "<StreamReader";
  if (self.truth(buffer)) format += fmt::format(" {} bytes", self.length(buffer));
  if (self.truth("_eof")) format += " eof";
  const RemoteAddr usual = module_global(out.heap(), "asyncio.streams", "_DEFAULT_LIMIT");
  if (usual.null()) self.give_up();
  if (self.integer("_limit") != self.integer(usual)) format += " limit={_limit:}";
  if (self.truth("_waiter")) format += " waiter={_waiter!r}";
  if (self.truth("_exception")) format += " exception={_exception!r}";
  if (self.truth("_transport")) format += " transport={_transport!r}";
  if (self.truth("_paused")) format += " paused";
  put_formatted(self, format + ">");
}

void repr_stream_writer(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const bool reader = !self.is_none(self.get("_reader"));
  put_formatted(self, reader ? "<{.class} transport={_transport!r} reader={_reader!r}>"
                             : "<{.class} transport={_transport!r}>");
}

namespace {

/// selector_events._test_selector_event(): whether the selector, one of selectors.py, waits for
/// that of fd.
bool is_polled(Self& self, RemoteAddr selector, std::int64_t fd, std::int64_t event) {
  if (self.stopped()) return false;
  Heap& heap = self.heap();
  self.require_method(selector, "get_key", "selectors.py", "BaseSelector.get_key");
  self.require_method(selector, "get_map", "selectors.py", "_BaseSelectorImpl.get_map");
  const RemoteAddr keys = self.get(selector, "_fd_to_key");
  const auto entries = self.stopped() ? fail(Errc::invalid) : heap.dict_items(keys);
  if (!entries) return self.give_up(), false;
  for (const DictEntry& entry : entries->entries) {
    const auto key = heap.integer(entry.key);
    if (!key || !key->fits_int64() || key->clamped() != fd) continue;
    // SelectorKey(fileobj, fd, events, data)
    constexpr std::size_t events_at = 2;
    const auto fields = heap.tuple_items(entry.value);
    if (!fields || fields->items.size() <= events_at) return self.give_up(), false;
    return (self.integer(fields->items[events_at]) & event) != 0;
  }
  if (entries->left_out != 0) self.give_up();
  return false;
}

/// get_write_buffer_size(): which of its bodies it is says where the size stands.
std::string buffer_size(Self& self) {
  Heap& heap = self.heap();
  const auto method = heap.class_attribute(self.type(), "get_write_buffer_size");
  const Decoder body =
      method && method->owner != nullptr ? python_decoder(heap, method->value) : nullptr;
  if (body == buffer_size_of_bytes) return std::to_string(self.length(self.get("_buffer")));
  if (body == buffer_size_attribute) return std::to_string(self.integer("_buffer_size"));
  if (body != buffer_size_of_pieces) return self.give_up(), std::string();
  const RemoteAddr buffer = self.get("_buffer");
  // The pieces of a deque would have to be asked for their lengths; nearly always there are none.
  if (self.length(buffer) != 0) self.give_up();
  return "0";
}

}  // namespace

void repr_selector_transport(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  std::string format = "<{.class}";
  if (self.is_none(self.get("_sock"))) format += " closed";
  else if (self.truth("_closing")) format += " closing";
  const std::int64_t fd = self.integer("_sock_fd");
  format += fmt::format(" fd={}", fd);
  const RemoteAddr loop = self.get("_loop");
  if (!self.stopped() && !self.is_none(loop)) {
    self.require_method(loop, "is_closed", loop_file, "BaseEventLoop.is_closed");
    if (!self.truth(self.get(loop, "_closed"))) {
      const RemoteAddr selector = self.get(loop, "_selector");
      format += is_polled(self, selector, fd, event_read) ? " read=polling" : " read=idle";
      format += is_polled(self, selector, fd, event_write) ? " write=<polling" : " write=<idle";
      format += ", bufsize=" + buffer_size(self) + ">";
    }
  }
  put_formatted(self, format + ">");
}

namespace {

void put_pipe_transport(Printer& out, RemoteAddr object, const TypeInfo& type, std::int64_t event) {
  Self self(out, object, type);
  std::string format = "<{.class}";
  const bool open = !self.is_none(self.get("_pipe"));
  if (!open) format += " closed";
  else if (self.truth("_closing")) format += " closing";
  const std::int64_t fd = self.integer("_fileno");
  format += fmt::format(" fd={}", fd);
  const RemoteAddr loop = self.get("_loop");
  const RemoteAddr selector = self.stopped() ? RemoteAddr() : self.get_or_null(loop, "_selector");
  const bool has_selector = !selector.null() && !self.is_none(selector);
  if (open && has_selector) {
    format += is_polled(self, selector, fd, event) ? " polling" : " idle";
    if (event == event_write) format += " bufsize=" + buffer_size(self);
  } else {
    format += open ? " open" : " closed";
  }
  put_formatted(self, format + ">");
}

}  // namespace

void repr_read_pipe_transport(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_pipe_transport(out, object, type, event_read);
}
void repr_write_pipe_transport(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_pipe_transport(out, object, type, event_write);
}

// Rows of functions/concurrency.def that only say which body it is.
void buffer_size_of_bytes(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }
void buffer_size_of_pieces(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }
void buffer_size_attribute(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }

}  // namespace pyexc::cpython
