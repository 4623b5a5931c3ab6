#include "cpython/locate_probe.hpp"

#include "base/limits.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

namespace {

// sys has fewer than two hundred names; a program may add its own.
constexpr Limits probe_limits{.max_string = 256, .max_dict_entries = 20'000};

Unexpected contradiction(RemoteAddr at, const char* what) {
  return fail(Error::at(Errc::invalid, at.value(), what));
}

Result<RemoteAddr> first_interpreter(Heap& heap, RemoteAddr runtime) {
  const layout::Layout& l = heap.layout();
  PYEXC_TRY(const RemoteAddr head, heap.pointer(runtime, l.runtime.interpreters_head));
  if (head.null()) return fail(Errc::not_initialised, "the runtime has no interpreter");
  if (!l.runtime.interpreters_main.has()) return head;
  // Sub-interpreters come and go at the head of the list; the main one stays.
  PYEXC_TRY(const RemoteAddr main, heap.pointer(runtime, l.runtime.interpreters_main));
  return main.null() ? head : main;
}

}  // namespace

Result<layout::Version> probe(PageCache& memory, RemoteAddr runtime, const layout::Layout& l,
                              const std::optional<layout::Version>& told) {
  LookupHints hints;
  Heap heap(memory, l, probe_limits, hints, Phase::decode);
  PYEXC_TRY(const RemoteAddr interp, first_interpreter(heap, runtime));
  heap.set_interpreter(interp);
  PYEXC_TRY(const RemoteAddr tstate, heap.pointer(interp, l.interp.threads_head));
  if (tstate.null()) return fail(Errc::not_initialised, "the interpreter has no thread");
  PYEXC_TRY(const RemoteAddr back, heap.pointer(tstate, l.tstate.interp));
  if (back != interp)
    return contradiction(tstate, "the thread state does not point back at its interpreter");
  PYEXC_TRY(const RemoteAddr sysdict, heap.pointer(interp, l.interp.sysdict));
  if (sysdict.null()) return fail(Errc::not_initialised, "the interpreter has no sys module");
  PYEXC_TRY(const TypeInfo* type, heap.type_info_of(sysdict));
  if (!type->is(type_flags::dict_subclass) || type->tp_name != "dict")
    return contradiction(sysdict, "the dict of sys is no dict");
  PYEXC_TRY(const RemoteAddr value, heap.dict_get(sysdict, "hexversion"));
  if (value.null()) return fail(Errc::not_initialised, "sys has no hexversion");
  if (heap.is_none(value)) {  // Python/pylifecycle.c, finalize_modules(): every name of it is None then
    if (told) return *told;
    return fail(Errc::not_initialised, "its sys module has been emptied: it is shutting down");
  }
  PYEXC_TRY(const IntValue number, heap.integer(value));
  if (!number.fits_int64() || number.clamped() <= 0 || number.clamped() > 0xffffffffLL)
    return contradiction(value, "sys.hexversion is no version");
  return layout::Version{static_cast<std::uint32_t>(number.clamped())};
}

}  // namespace pyexc::cpython
