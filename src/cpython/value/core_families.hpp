#pragma once
// The decoders of types of the core that are written in C; core_objects.cpp says which type's slot leads to which.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

// modules.cpp
void repr_module(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
