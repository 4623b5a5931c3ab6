// _PyInterpreterFrame, Include/internal/pycore_frame.h (pycore_interpframe_structs.h in 3.14 and later); PyFrameObject,
// Include/cpython/frameobject.h up to 3.10.

#include "cpython/frame/slots.hpp"

#include <algorithm>

namespace pyexc::cpython {

namespace {

constexpr std::uint64_t pointer_size = 8;
constexpr std::int32_t co_optimized = 0x1;    // CO_OPTIMIZED, Include/cpython/code.h
constexpr std::size_t max_variables = 10'000;
constexpr std::size_t max_stack = 1'000;
constexpr std::size_t max_guess = 12;  // slots of a stack whose height is not known

Result<void> read_values(Heap& heap, RemoteAddr first, std::size_t count, FrameSlots& out) {
  out.values.resize(count);
  PYEXC_CHECK(heap.memory().read_into(first, std::as_writable_bytes(std::span(out.values))));
  for (RemoteAddr& value : out.values) value = heap.untag(value);
  return {};
}

/// Slots from `first` to `end`, at most so many as there can be.
std::size_t slots_between(RemoteAddr first, RemoteAddr end, std::size_t most) {
  if (end <= first) return 0;
  return std::min(static_cast<std::size_t>((end.value() - first.value()) / pointer_size), most);
}

Result<FrameSlots> read_embedded(Heap& heap, const FrameFacts& frame) {
  const auto& f = heap.layout().iframe;
  FrameSlots out;
  PYEXC_TRY(const auto names, heap.pointer(frame.code, heap.layout().code.co_localsplusnames));
  PYEXC_TRY(const auto variables, heap.var_size(names));
  out.variables = std::min(static_cast<std::size_t>(variables), max_variables);
  const RemoteAddr first = frame.iframe + *f.localsplus;
  std::size_t all = 0;
  if (f.stackpointer.has()) {
    PYEXC_TRY(const auto top, heap.pointer(frame.iframe, f.stackpointer));
    all = slots_between(first, top, out.variables + max_stack);
  } else {
    PYEXC_TRY(const auto top, heap.field<std::int32_t>(frame.iframe, f.stacktop));
    if (top > 0) all = std::min(static_cast<std::size_t>(top), out.variables + max_stack);
  }
  if (all < out.variables) {
    out.stack_is_guess = true;
    all = out.variables + max_guess;
  }
  PYEXC_CHECK(read_values(heap, first, all, out));
  return out;
}

Result<FrameSlots> read_object(Heap& heap, const FrameFacts& frame) {
  const auto& f = heap.layout().frame_object;
  FrameSlots out;
  const RemoteAddr first = frame.frame_object + *f.f_localsplus;
  PYEXC_TRY(const auto stack, heap.pointer(frame.frame_object, f.f_valuestack));
  out.variables = slots_between(first, stack, max_variables);
  std::size_t height = 0;
  bool known = false;
  if (f.f_stackdepth.has()) {
    PYEXC_TRY(const auto depth, heap.field<std::int32_t>(frame.frame_object, f.f_stackdepth));
    known = depth >= 0;
    if (known) height = std::min(static_cast<std::size_t>(depth), max_stack);
  } else {
    PYEXC_TRY(const auto top, heap.pointer(frame.frame_object, f.f_stacktop));
    known = !top.null();
    height = slots_between(stack, top, max_stack);
  }
  if (!known) {
    out.stack_is_guess = true;
    // The object is as large as its code needs, or larger if it was used before.
    PYEXC_TRY(const auto size, heap.var_size(frame.frame_object));
    const auto room = static_cast<std::size_t>(size);
    height = room > out.variables ? std::min(room - out.variables, max_guess) : 0;
  }
  PYEXC_CHECK(read_values(heap, first, out.variables + height, out));
  return out;
}

}  // namespace

Result<FrameSlots> read_slots(Heap& heap, const FrameFacts& frame) {
  return frame.iframe.null() ? read_object(heap, frame) : read_embedded(heap, frame);
}

Result<RemoteAddr> slot_name(Heap& heap, const FrameFacts& frame, std::size_t index) {
  const auto& code = heap.layout().code;
  const auto item = [&](RemoteAddr tuple, std::size_t at) {
    return heap.memory().read_pointer(tuple + *heap.layout().tuple.ob_item + at * pointer_size);
  };
  if (code.co_localsplusnames.has()) {
    PYEXC_TRY(const auto names, heap.pointer(frame.code, code.co_localsplusnames));
    return item(names, index);
  }
  for (const layout::Offset field : {code.co_varnames, code.co_cellvars, code.co_freevars}) {
    PYEXC_TRY(const auto names, heap.pointer(frame.code, field));
    PYEXC_TRY(const auto size, heap.var_size(names));
    if (index < static_cast<std::size_t>(size)) return item(names, index);
    index -= static_cast<std::size_t>(size);
  }
  return fail(Errc::invalid, "a variable without a name");
}

Result<bool> has_namespace(Heap& heap, const FrameFacts& frame) {
  if (frame.locals.null()) return false;
  PYEXC_TRY(const auto flags, heap.field<std::int32_t>(frame.code, heap.layout().code.co_flags));
  return (flags & co_optimized) == 0;
}

}  // namespace pyexc::cpython
