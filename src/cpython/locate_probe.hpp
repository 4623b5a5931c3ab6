#pragma once
// Does the process agree with a layout? A wrong one is refused here, before anything is shown.

#include "base/result.hpp"
#include "cpython/layout/layout.hpp"
#include "memory/page_cache.hpp"

namespace pyexc::cpython {

/// Follows runtime -> interpreter -> thread state -> interpreter and reads `sys.hexversion`.
/// Errors: `not_initialised` if there is no interpreter, none of it running, or its sys module is
/// not filled; `invalid` if what is there contradicts the layout; or what a read gives.
[[nodiscard]] Result<layout::Version> probe(PageCache& memory, RemoteAddr runtime,
                                            const layout::Layout& layout);

}  // namespace pyexc::cpython
