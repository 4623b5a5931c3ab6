#include "cpython/exception_state.hpp"

namespace pyexc::cpython {

namespace {

using Triple = ExceptionReader::Triple;

/// A triple is three stores, and the process may have been stopped between them. Whole, its value is an
/// instance of the type beside it; an exception in flight may still be (type, argument), which is what C
/// code leaves and the next step of the interpreter makes an instance of.
bool belongs_together(Heap& heap, const Triple& triple, bool in_flight) {
  if (triple.value.null()) return false;
  const auto info = heap.type_info_of(triple.value);
  if (!info) return false;
  if ((*info)->address == triple.type) return true;
  if (!(*info)->is(type_flags::exception_subclass)) return in_flight;
  const auto bases = heap.mro(**info);
  if (!bases) return false;
  for (const TypeInfo* base : *bases)
    if (base->address == triple.type) return true;
  return false;
}

/// (type, nothing) in flight: PyErr_SetNone() of a type of C code leaves it, and so does the first of the
/// three stores of an update. For a type of Python code it can only be the latter.
bool may_have_no_value(Heap& heap, const Triple& triple) {
  if (!triple.value.null()) return false;
  const auto info = heap.type_info(triple.type);
  return info && !(*info)->heap();
}

/// A handler begins with the traceback that its exception has; raised again, the exception gets a longer one,
/// which ends in that of the handler. Any other traceback is that of another exception, between two stores,
/// unless somebody set __traceback__.
bool has_its_traceback(Heap& heap, const Triple& triple) {
  const auto own = heap.pointer(triple.value, heap.layout().base_exception.traceback);
  if (!own) return true;  // nothing to hold against it
  RemoteAddr tb = *own;
  for (std::size_t count = 0; count < heap.limits().max_traceback_entries; ++count) {
    if (tb == triple.traceback) return true;
    if (tb.null() || heap.is_none(tb)) return triple.traceback.null() || heap.is_none(triple.traceback);
    const auto next = heap.pointer(tb, heap.layout().traceback.tb_next);
    if (!next) return true;
    tb = *next;
  }
  return true;
}

void doubt(ExceptionState& state, RemoteAddr place, const Triple& triple) {
  for (const std::uint64_t part : {place.value(), triple.type.value(), triple.value.value(), triple.traceback.value()})
    state.doubt = (state.doubt ^ part) * 0x9E3779B97F4A7C15ULL;
  if (state.doubt == 0) state.doubt = 1;
}

/// Of a torn triple the value is what it is about, if it is an exception; the rest belongs to another one.
std::optional<Triple> mended(Heap& heap, const Triple& torn) {
  if (torn.value.null() || !heap.has_flag(torn.value, type_flags::exception_subclass)) return std::nullopt;
  Triple triple;
  triple.value = torn.value;
  return triple;
}

Result<Triple> read_triple(Heap& heap, RemoteAddr base, layout::Offset type, layout::Offset value, layout::Offset tb) {
  Triple triple;
  PYEXC_TRY(triple.type, heap.pointer(base, type));
  PYEXC_TRY(triple.value, heap.pointer(base, value));
  PYEXC_TRY(triple.traceback, heap.pointer(base, tb));
  triple.has_traceback = true;
  return triple;
}

bool empty(Heap& heap, RemoteAddr object) { return object.null() || heap.is_none(object); }

Result<void> read_handling(Heap& heap, RemoteAddr tstate, ExceptionState& state) {
  const auto& layout = heap.layout();
  PYEXC_TRY(auto item, heap.pointer(tstate, layout.tstate.exc_info));
  const bool triples = heap.traits().exception_state == layout::ExceptionState::item_triple;
  for (std::size_t count = 0; !item.null(); ++count) {
    if (count >= heap.limits().max_exc_items)
      return fail(Error::at(Errc::limit, item.value(), "more exc_info items than are read of one thread"));
    Triple triple;
    if (triples) {
      PYEXC_TRY(triple, read_triple(heap, item, layout.exc_item.exc_type, layout.exc_item.exc_value,
                                    layout.exc_item.exc_traceback));
      if (!empty(heap, triple.type)) {
        if (belongs_together(heap, triple, false)) {
          if (!has_its_traceback(heap, triple)) doubt(state, item, triple);
          state.handling.push_back(triple);
        } else {
          state.torn = true;
          if (const auto rest = mended(heap, triple)) state.handling.push_back(*rest);
        }
      }
    } else {
      PYEXC_TRY(triple.value, heap.pointer(item, layout.exc_item.exc_value));
      if (!empty(heap, triple.value)) {
        if (!heap.has_flag(triple.value, type_flags::exception_subclass))
          return fail(Error::at(Errc::invalid, triple.value.value(), "exc_info holds something that is no exception"));
        state.handling.push_back(triple);
      }
    }
    PYEXC_TRY(item, heap.pointer(item, layout.exc_item.previous_item));
  }
  return {};
}

Result<void> read_raising(Heap& heap, RemoteAddr tstate, ExceptionState& state) {
  const auto& f = heap.layout().tstate;
  if (f.current_exception.has()) {
    Triple triple;
    PYEXC_TRY(triple.value, heap.pointer(tstate, f.current_exception));
    if (triple.value.null()) return {};
    if (!heap.has_flag(triple.value, type_flags::exception_subclass))
      return fail(Error::at(Errc::invalid, triple.value.value(), "current_exception is no exception"));
    state.raising = triple;
    return {};
  }
  PYEXC_TRY(const auto triple, read_triple(heap, tstate, f.curexc_type, f.curexc_value, f.curexc_traceback));
  if (triple.type.null()) return {};
  if (!heap.has_flag(triple.type, type_flags::type_subclass))
    return fail(Error::at(Errc::invalid, triple.type.value(), "curexc_type is no type"));
  if (belongs_together(heap, triple, true)) {
    state.raising = triple;
  } else if (may_have_no_value(heap, triple)) {
    doubt(state, tstate, triple);
    state.raising = triple;
  } else {
    state.torn = true;
    state.raising = mended(heap, triple);
  }
  return {};
}

}  // namespace

ExceptionState read_exception_state(Heap& heap, RemoteAddr tstate) {
  ExceptionState state;
  if (auto handling = read_handling(heap, tstate, state); !handling) state.broken = std::move(handling).error();
  if (auto raising = read_raising(heap, tstate, state); !raising && !state.broken)
    state.broken = std::move(raising).error();
  return state;
}

}  // namespace pyexc::cpython
