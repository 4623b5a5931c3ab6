// io and socket.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> file_repr_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
