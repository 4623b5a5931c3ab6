#pragma once
// reprlib.repr(), by which asyncio shortens the results of futures and the arguments of callbacks.

#include "cpython/value/self.hpp"

namespace pyexc::cpython {

/// Gives up unless reprlib.aRepr is as the standard library made it, but for its limits.
void require_reprlib(Self& self);
/// reprlib.repr(value). What takes code of the target is marked.
void put_reprlib(Printer& out, RemoteAddr value);

}  // namespace pyexc::cpython
