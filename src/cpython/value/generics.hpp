#pragma once
// Where an object says it was defined, which the reprs of generic types put before its name.

#include <string>

#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

struct ModuleName {
  Attribute::State state = Attribute::State::absent;  ///< absent: None or nothing
  bool is_text = true;
  std::string text;  ///< in both phases
};

/// getattr(object, "__module__")
[[nodiscard]] Result<ModuleName> module_of(Heap& heap, RemoteAddr object);

}  // namespace pyexc::cpython
