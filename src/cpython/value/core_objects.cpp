// Small objects of the core: which type's slot leads to which decoder.

#include <array>

#include "cpython/value/core_families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::array rows = {
    Row{"module", repr_module},
};

}  // namespace

std::span<const Row> core_repr_rows() noexcept { return rows; }

}  // namespace pyexc::cpython
