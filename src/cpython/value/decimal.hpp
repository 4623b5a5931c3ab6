#pragma once
// decimal.Decimal of the C module. (The one written in Python has its own __repr__ and is shown as
// such.)

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

void repr_decimal(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_decimal(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
