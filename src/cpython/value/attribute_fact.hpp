#pragma once
// Attributes as Lib/traceback.py looks at them: the fields of a SyntaxError, sys.tracebacklimit,
// __notes__.

#include "cpython/object/heap.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

/// None, an int, a str or something else, with its str(). A null address is None: that is how a
/// member that was never set or was deleted reads.
[[nodiscard]] AttributeFact attribute_fact(Heap& heap, RemoteAddr object_or_null);

/// getattr(exception, "__notes__", None). An item whose str() certainly raises is "<note str()
/// failed>", exact, as traceback.py prints it; a repr likewise.
[[nodiscard]] Notes notes(Heap& heap, RemoteAddr exception);

}  // namespace pyexc::cpython
