// Packages that servers use: what their objects hold, read from their attributes.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> package_repr_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
