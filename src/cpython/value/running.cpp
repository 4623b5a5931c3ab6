// Code, and what runs it: generators, coroutines.

#include <fmt/format.h>

#include "cpython/frame/frames.hpp"
#include "cpython/frame/line_table.hpp"
#include "cpython/value/core_families.hpp"
#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

namespace {

void put_generator(Printer& out, RemoteAddr object, std::string_view what) {
  Heap& heap = out.heap();
  const auto name = heap.pointer(object, heap.layout().gen.gi_qualname);
  if (!name) return out.mark_unreadable();
  out.put("<");
  out.put(what);
  out.put(" object ");
  out.str(*name);
  out.put(" at ");
  out.put_address(object);
  out.put(">");
}

}  // namespace

// frame_repr(), Objects/frameobject.c.
void repr_frame(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  CodeReader codes(heap);
  FrameReader frames(heap, codes);
  const auto facts = frames.frame_of(object);
  const auto code = facts ? codes.read(facts->code) : Result<const Code*>(fail(facts.error()));
  const auto table = code ? codes.line_table(**code) : Result<std::string>(fail(code.error()));
  const auto name = code ? heap.pointer(facts->code, heap.layout().code.co_name)
                         : Result<RemoteAddr>(fail(code.error()));
  if (!table || !name) return out.mark_unreadable();
  const auto line = facts->set_line != 0 ? std::optional(facts->set_line)
                                         : line_of(heap.traits().line_table, *table,
                                                   (*code)->first_line, facts->lasti);
  if (!line) {
    out.mark_inexact("a frame without a line");
    return out.put_default(object, type);
  }
  out.put("<frame at ");
  out.put_address(object);
  out.put(", file ");
  out.repr((*code)->filename);
  out.put(fmt::format(", line {}, code ", *line));
  out.str(*name);
  out.put(">");
}

void repr_generator(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_generator(out, object, "generator");
}
void repr_coroutine(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_generator(out, object, "coroutine");
}
void repr_async_generator(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_generator(out, object, "async_generator");
}

void repr_code(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().code;
  const auto name = heap.pointer(object, f.co_name), file = heap.pointer(object, f.co_filename);
  const auto line = heap.field<std::int32_t>(object, f.co_firstlineno);
  if (!name || !file || !line) return out.mark_unreadable();
  out.put("<code object ");
  put_str(out, *name);
  out.put(" at ");
  out.put_address(object);
  out.put(", file \"");
  put_str(out, *file);
  // code_repr(): a code object without a first line has -1 there.
  out.put(fmt::format("\", line {}>", *line != 0 ? *line : -1));
}

}  // namespace pyexc::cpython
