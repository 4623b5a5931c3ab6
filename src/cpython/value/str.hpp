#pragma once
// str() of an object of the target, by the rules of repr.hpp: the slot in tp_str decides, and where
// that is object's own, tp_repr does. A str is its own text.

#include "cpython/value/repr.hpp"

namespace pyexc::cpython {

/// What str(object) returns; see repr() for what inexact and failed mean.
[[nodiscard]] ValueText str(Heap& heap, RemoteAddr object, const ReprLimits& limits = {},
                            bool* failed = nullptr);

}  // namespace pyexc::cpython
