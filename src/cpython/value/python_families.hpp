#pragma once
// The decoders that rows of functions/*.def name: each imitates one body of one function of the standard
// library.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

// collections.cpp

// functional.cpp

// datetime.cpp

// numbers.cpp

// concurrency.cpp

// files.cpp

}  // namespace pyexc::cpython
