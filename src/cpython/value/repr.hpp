#pragma once
// repr() of an object of the target without running its code. A type's repr is imitated only if the
// function in its tp_repr slot is one of CPython's own (the slot is compared with the slots of the
// static types of its MRO); anything else is shown as `<pkg.T object at 0x…>` and marked inexact.
//
// One decoder per family of types (repr_*.cpp), one row per slot owner (table.cpp). All of it runs
// in both phases: capture counts a lower bound of the text instead of building it, so it never
// stops before decode does.

#include <unordered_set>

#include "cpython/object/heap.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

struct ReprLimits {
  // None of its own: that of Limits, which is never passed.
  std::size_t max_text = Heap::no_own_limit;    ///< bytes of the text
  std::size_t max_depth = Heap::no_own_limit;   ///< nesting
  std::size_t max_string = Heap::no_own_limit;  ///< code points of one str, bytes of one bytes object
  std::size_t max_items = Heap::no_own_limit;   ///< items of one container
  /// Attributes of an object that only its own code could print; 0: such an object is shown without any. What
  /// is not part of an exception's own text is a variable, and those are shown only on demand.
  std::size_t max_attributes = 0;
  /// Dicts that Python would change on the way to this repr(): up to 3.12 those of locals(), see Variables.
  const std::unordered_set<RemoteAddr>* rewritten = nullptr;
};

/// What repr(object) returns. Exact, or marked inexact where code of the target would run,
/// something could not be read, or a limit was hit: then what is missing is visible in the text
/// ("...<cut>", "...<17 more>", "<... object at 0x…>", "<... object at 0x…>(attribute=1)", "<unreadable>").
/// If repr() certainly raises (an int of too many digits, endless recursion), `failed` is set and
/// the text is a placeholder, inexact.
/// Where `parts` of the result are the values that have a name in it.
[[nodiscard]] ValueText repr(Heap& heap, RemoteAddr object, const ReprLimits& limits = {},
                             bool* failed = nullptr);

}  // namespace pyexc::cpython
