#pragma once
// Does the process agree with a layout? A wrong one is refused here, before anything is shown.

#include <optional>

#include "base/result.hpp"
#include "cpython/layout/layout.hpp"
#include "memory/page_cache.hpp"

namespace pyexc::cpython {

/// Follows runtime -> interpreter -> thread state -> interpreter and reads `sys.hexversion`.
/// Errors: `not_initialised` if there is no interpreter, none of it running, or its sys module is
/// not filled; `invalid` if what is there contradicts the layout; or what a read gives.
/// `told` is what the file says it is, if it says so: an interpreter that shuts down empties its sys module in the
/// end, and finalizers that run then may hang like any other code.
[[nodiscard]] Result<layout::Version> probe(PageCache& memory, RemoteAddr runtime, const layout::Layout& layout,
                                            const std::optional<layout::Version>& told = {});

}  // namespace pyexc::cpython
