// collections, types.SimpleNamespace, array, structure sequences and what else holds items.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> collection_repr_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
