// threading, queue, asyncio, concurrent.futures and subprocess.

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

std::span<const Row> concurrency_repr_rows() noexcept { return {}; }

}  // namespace pyexc::cpython
