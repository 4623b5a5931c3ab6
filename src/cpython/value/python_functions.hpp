#pragma once
// A __repr__ or __str__ written in Python is imitated only where the function found in the class is
// verifiably the standard library's own. Three things must agree with a row of functions/*.def: the file
// of its code lies in the standard library's folder (or is that frozen module), its qualified name, and a
// fingerprint of what it consists of. The rows are per function body, not per version: a body that a
// release changed has a row of its own, perhaps with another decoder, and one that nobody has looked at
// has none, so it is shown as any other Python code is.

#include <cstdint>
#include <string>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// The decoder of that function object, null if it is not one that is known.
[[nodiscard]] Decoder python_decoder(Heap& heap, RemoteAddr function);

/// True if the object is a function with code of the file `file` of the standard library ("dataclasses.py"),
/// so named, whatever it consists of.
[[nodiscard]] bool is_stdlib_function(Heap& heap, RemoteAddr function, std::string_view file,
                                      std::string_view qualname);

/// The 64-bit FNV-1a hash of what tests/values/fingerprint.py writes for a code object: argument count, flags, length of
/// the bytecode, names and constants, code among the constants likewise. The bytes of the bytecode are left
/// out, because 3.11 and later rewrite them while they run.
[[nodiscard]] Result<std::uint64_t> fingerprint(Heap& heap, RemoteAddr code);

}  // namespace pyexc::cpython
