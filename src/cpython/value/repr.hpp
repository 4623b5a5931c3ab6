#pragma once
// repr() of an object of the target without running its code. A type's repr is imitated only if the
// function in its tp_repr slot is one of CPython's own (the slot is compared with the slots of the
// static types of its MRO); anything else is shown as `<pkg.T object at 0x…>` and marked inexact.
//
// One decoder per family of types (repr_*.cpp), one row per slot owner (table.cpp). All of it runs
// in both phases: capture counts a lower bound of the text instead of building it, so it never
// stops before decode does.

#include "cpython/object/heap.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

struct ReprLimits {
  std::size_t max_text = 0;   ///< bytes of the text; 0: Limits::max_repr
  std::size_t max_depth = 0;  ///< nesting; 0: Limits::max_depth
};

/// What repr(object) returns. Exact, or marked inexact where code of the target would run,
/// something could not be read, or a limit was hit: then what is missing is visible in the text
/// ("...<cut>",
/// "...<17 more>", "<... object at 0x…>", "<unreadable>").
/// If repr() certainly raises (an int of too many digits, endless recursion), `failed` is set and
/// the text is a placeholder, inexact.
[[nodiscard]] ValueText repr(Heap& heap, RemoteAddr object, const ReprLimits& limits = {},
                             bool* failed = nullptr);

}  // namespace pyexc::cpython
