#pragma once
// asyncio's futures and tasks, of _asyncio and of asyncio/futures.py and tasks.py.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

void repr_c_future(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_c_task(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
