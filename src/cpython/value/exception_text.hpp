#pragma once
// str() of an exception without running its code. BaseException, KeyError, OSError, SyntaxError,
// ImportError, the UnicodeErrors and the exception groups each have their own tp_str
// (Objects/exceptions.c); every other class either inherits one of these or overrides it in code
// that cannot be run here.

#include <string>

#include "cpython/object/heap.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

struct ExceptionMessage {
  ValueText text;
  ValueText inexact_reason;  ///< empty if the text is exact
  bool failed = false;
};

/// str(exception). If it certainly raises, `failed` is set and the text is empty and exact:
/// Python prints its placeholder. If it is not exact, `inexact_reason` says what the line shows
/// instead:
///   __str__ is Python code; args=('a', 1)
///   __str__ is C code of pkg.T; args=('a', 1)
///   str() of pkg.T is Python code; args=(<pkg.T object at 0x…>,)     an argument's, likewise
///   repr() of pkg.T is Python code; args=(1, <pkg.T object at 0x…>)
///   repr() of pkg.T is C code; args=(1, <pkg.T object at 0x…>)
///   too long: (1, 'x...<cut>                                         the text itself, see repr.hpp
///   nested too deeply: [[[...<deeper>]]]
///   an argument is unreadable; args=(1, <unreadable>)
/// The first thing that was not exact is named; args is repr(exception.args), itself as exact as
/// can be.
[[nodiscard]] ExceptionMessage exception_message(Heap& heap, RemoteAddr exception);

}  // namespace pyexc::cpython
