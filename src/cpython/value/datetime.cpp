// datetime and zoneinfo.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> time_repr_rows() noexcept { return {}; }
std::span<const Row> time_str_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
