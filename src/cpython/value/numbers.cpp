// decimal, fractions, uuid, ipaddress and paths.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> number_repr_rows() noexcept { return {}; }
std::span<const Row> number_str_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
