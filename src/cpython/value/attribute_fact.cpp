#include "cpython/value/attribute_fact.hpp"

#include "cpython/value/str.hpp"

namespace pyexc::cpython {

AttributeFact attribute_fact(Heap& heap, RemoteAddr object) {
  AttributeFact fact;
  if (object.null() || heap.is_none(object)) return fact;
  fact.kind = AttributeFact::Kind::other;
  fact.str = str(heap, object);
  if (heap.has_flag(object, type_flags::str_subclass)) {
    fact.kind = AttributeFact::Kind::text;
  } else if (heap.has_flag(object, type_flags::int_subclass)) {
    fact.kind = AttributeFact::Kind::integer;
    const auto value = heap.integer(object);
    if (value) fact.integer = value->clamped();
    else fact.str.exact = false;
  }
  return fact;
}

}  // namespace pyexc::cpython
