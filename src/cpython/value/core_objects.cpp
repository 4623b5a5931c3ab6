// Small objects of the core: descriptors, views, proxies, generators, frames, code, cells, weak references,
// modules, generic aliases, type variables, templates.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> core_repr_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
