#pragma once
// How dataclass instances are shown, for the wrapper around their __repr__ and for enums whose
// values they are.

#include <optional>
#include <vector>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// The names of the fields that a generated __repr__ prints; nothing if the function is not such a
/// one.
[[nodiscard]] std::optional<std::vector<PyText>> dataclass_fields(Heap& heap, RemoteAddr function);

void put_dataclass(Printer& out, RemoteAddr object, const TypeInfo& type,
                   const std::vector<PyText>& fields);

}  // namespace pyexc::cpython
