#include "cpython/value/callbacks.hpp"

#include <fmt/format.h>

#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/reprlib.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view helpers_file = "asyncio/format_helpers.py";
constexpr std::size_t max_wrappers = 64;  // of a function around a function
constexpr std::size_t max_method_name = 4096;

bool is_partial(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  const auto bases = type ? heap.mro(**type) : fail(Errc::invalid);
  if (!bases) return false;
  for (const TypeInfo* base : *bases)
    if (base->tp_name == "functools.partial") return true;
  return false;
}

/// callback.__qualname__, a str object; null if there is none or code would have to say.
RemoteAddr qualname_of(Heap& heap, RemoteAddr callback) {
  const auto& layout = heap.layout();
  RemoteAddr function = callback;
  if (heap.is_exactly(function, "method")) {
    const auto inside = heap.pointer(function, layout.method.im_func);
    if (!inside) return {};
    function = *inside;
  }
  if (heap.is_exactly(function, "function"))
    return heap.pointer(function, layout.function.func_qualname).value_or(RemoteAddr());
  return {};
}

/// meth_get__qualname__(): of the type of what the function is bound to, if that is no module.
bool put_builtin_name(Printer& out, RemoteAddr callback) {
  Heap& heap = out.heap();
  if (!heap.is_exactly(callback, "builtin_function_or_method")) return false;
  const auto self = heap.pointer(callback, heap.layout().cfunction.m_self);
  const auto method = heap.pointer(callback, heap.layout().cfunction.m_ml);
  const auto text = method ? heap.memory().read_pointer(*method) : fail(Errc::invalid);
  const auto name = text ? heap.memory().read_cstring(*text, max_method_name) : fail(Errc::invalid);
  if (!self || !name) return false;
  if (!self->null() && !heap.is_exactly(*self, "module")) {
    const bool type = heap.has_flag(*self, type_flags::type_subclass);
    const auto owner = type ? heap.type_info(*self) : heap.type_info_of(*self);
    const auto names = owner ? heap.type_names(**owner) : fail(Errc::invalid);
    if (!names) return false;
    out.put(1, [&] { return names->qualname; });
    out.put(".");
  }
  out.put(*name);
  return true;
}

void put_name(Printer& out, RemoteAddr callback) {
  Heap& heap = out.heap();
  if (const RemoteAddr name = qualname_of(heap, callback); !name.null()) {
    const auto length = heap.str_length(name);
    if (length && *length > 0) return put_str(out, name);
  }
  if (put_builtin_name(out, callback)) return;
  if (heap.has_flag(callback, type_flags::type_subclass)) {
    const auto type = heap.type_info(callback);
    const auto names = type ? heap.type_names(**type) : fail(Errc::invalid);
    if (!names) return out.mark_unreadable();
    return out.put(1, [&] { return names->qualname; });
  }
  for (const std::string_view attribute : {"__qualname__", "__name__"}) {
    const auto found = attribute_of(heap, callback, attribute);
    if (found && found->found() && heap.has_flag(found->value, type_flags::str_subclass))
      return put_str(out, found->value);
    if (!found || !found->absent()) {
      out.mark_inexact("the name of a callback is decided by code");
      return out.repr(callback);
    }
  }
  out.repr(callback);
}

struct Call {
  std::vector<RemoteAddr> args;
  RemoteAddr keywords;
};

void put_call(Printer& out, const Call& call, bool show_arguments) {
  Heap& heap = out.heap();
  out.put("(");
  bool first = true;
  const auto comma = [&] {
    if (!first) out.put(", ");
    first = false;
  };
  if (show_arguments) {
    for (const RemoteAddr argument : call.args) {
      comma();
      put_reprlib(out, argument);
    }
    const auto keywords =
        call.keywords.null() ? Result<DictItems>(DictItems{}) : heap.dict_items(call.keywords);
    if (!keywords) return out.mark_unreadable();
    for (const DictEntry& entry : keywords->entries) {
      comma();
      out.str(entry.key);
      out.put("=");
      out.named_by(entry.key, entry.value, [&] { put_reprlib(out, entry.value); });
    }
    out.mark_left_out(keywords->left_out);
  }
  out.put(")");
}

/// inspect.unwrap() and what _get_function_source() finds behind partials: the function, null if it
/// is none.
RemoteAddr source_function(Printer& out, RemoteAddr function) {
  Heap& heap = out.heap();
  for (std::size_t steps = 0; steps < max_wrappers; ++steps) {
    RemoteAddr holder = function;
    if (heap.is_exactly(holder, "method"))
      holder = heap.pointer(holder, heap.layout().method.im_func).value_or(holder);
    if (!heap.is_exactly(function, "builtin_function_or_method") &&
        !heap.has_flag(function, type_flags::type_subclass)) {
      const auto wrapped = attribute_of(heap, holder, "__wrapped__");
      if (!wrapped || wrapped->state == Attribute::State::by_code) {
        out.mark_inexact("where a callback stands is decided by code");
        return {};
      }
      if (wrapped->found()) {
        function = wrapped->value;
        continue;
      }
    }
    if (is_partial(heap, function)) {
      const auto inside = heap.pointer(function, heap.layout().partial.fn);
      if (!inside) return {};
      function = *inside;
      continue;
    }
    return heap.is_exactly(function, "function") ? function : RemoteAddr();
  }
  out.mark_inexact("too many wrappers around a callback");
  return {};
}

}  // namespace

CallbackArguments require_format_helpers(Self& self) {
  if (self.stopped()) return CallbackArguments::unknown;
  Heap& heap = self.heap();
  for (const std::string_view name :
       {"_format_callback_source", "_get_function_source", "_format_args_and_kwargs"})
    if (!is_stdlib_function(heap, module_global(heap, "asyncio.format_helpers", name), helpers_file,
                            name))
      self.give_up();
  const Decoder body =
      python_decoder(heap, module_global(heap, "asyncio.format_helpers", "_format_callback"));
  require_reprlib(self);
  if (body == callback_arguments_always) return CallbackArguments::always;
  if (body == callback_arguments_in_debug_mode) return CallbackArguments::in_debug_mode;
  self.give_up();
  return CallbackArguments::unknown;
}

void put_callback_source(Printer& out, RemoteAddr callback, std::span<const RemoteAddr> args,
                         bool show_arguments) {
  Heap& heap = out.heap();
  const auto& partial = heap.layout().partial;
  std::vector<Call> calls = {{{args.begin(), args.end()}, {}}};
  RemoteAddr function = callback;
  while (is_partial(heap, function) && calls.size() < max_wrappers) {
    const auto inside = heap.pointer(function, partial.fn);
    const auto given = heap.pointer(function, partial.args),
               keywords = heap.pointer(function, partial.kw);
    const auto items = given ? heap.tuple_items(*given) : fail(Errc::invalid);
    if (!inside || !items || !keywords) return out.mark_unreadable();
    calls.push_back({items->items, *keywords});
    function = *inside;
  }
  put_name(out, function);
  for (auto call = calls.rbegin(); call != calls.rend(); ++call)
    put_call(out, *call, show_arguments);
  const RemoteAddr source = source_function(out, callback);
  if (source.null()) return;
  const auto code = heap.pointer(source, heap.layout().function.func_code);
  const auto file =
      code ? heap.pointer(*code, heap.layout().code.co_filename) : fail(Errc::invalid);
  const auto line = code ? heap.field<std::int32_t>(*code, heap.layout().code.co_firstlineno)
                         : fail(Errc::invalid);
  if (!file || !line) return out.mark_unreadable();
  out.put(" at ");
  put_str(out, *file);
  out.put(fmt::format(":{}", *line));
}

CoroutineText describe_coroutine(Self& self, RemoteAddr coroutine) {
  CoroutineText text;
  if (self.stopped()) return text;
  Heap& heap = self.heap();
  const auto& layout = heap.layout();
  if (!heap.is_exactly(coroutine, "coroutine") && !heap.is_exactly(coroutine, "generator"))
    return self.give_up(), text;
  CodeReader codes(heap);
  FrameReader frames(heap, codes);
  Result<FrameFacts> facts = fail(Errc::invalid);
  RemoteAddr code;
  if (layout.gen.gi_iframe.has()) {
    const auto state = heap.field<std::int8_t>(coroutine, layout.gen.gi_frame_state);
    facts = frames.frame_at(coroutine + *layout.gen.gi_iframe);
    if (!state || !facts) return self.give_up(), text;
    text.running = *state < heap.traits().generator_finished;
    code = facts->code;
  } else {
    const auto frame = heap.pointer(coroutine, layout.gen.gi_frame);
    const auto gi_code = heap.pointer(coroutine, layout.gen.gi_code);
    if (!frame || !gi_code) return self.give_up(), text;
    text.running = !frame->null();
    code = *gi_code;
    if (text.running) facts = frames.frame_of(*frame);
  }
  const auto read = codes.read(code);
  const auto name = heap.pointer(coroutine, layout.gen.gi_qualname);
  if (!read || !name || (text.running && !facts)) return self.give_up(), text;
  text.name = *name;
  text.file = (*read)->filename;
  text.line = (*read)->first_line;
  if (!text.running) return text;
  const auto table = codes.line_table(**read);
  if (!table) return self.give_up(), text;
  text.line = facts->set_line != 0
                  ? std::optional(facts->set_line)
                  : line_of(heap.traits().line_table, *table, (*read)->first_line, facts->lasti);
  return text;
}

void put_coroutine(Printer& out, const CoroutineText& text) {
  put_str(out, text.name);
  out.put(text.running ? "() running at " : "() done, defined at ");
  put_str(out, text.file);
  out.put(":");
  out.put(text.line ? std::to_string(*text.line) : "None");
}

// Rows of functions/concurrency.def that only say which body it is.
void callback_arguments_always(Printer& out, RemoteAddr object, const TypeInfo&) {
  out.repr(object);
}
void callback_arguments_in_debug_mode(Printer& out, RemoteAddr object, const TypeInfo&) {
  out.repr(object);
}

}  // namespace pyexc::cpython
