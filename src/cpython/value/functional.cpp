// functools, operator, itertools, re, contextvars.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> functional_repr_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
