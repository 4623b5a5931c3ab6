#pragma once
// __name__ and __qualname__ of anything that may be called, as far as no code of the target decides
// them.

#include <string>

#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

enum class NameKind : std::uint8_t { name, qualname };

struct CallableName {
  Attribute::State state = Attribute::State::absent;
  bool is_text = true;  ///< it is a str
  std::string text;     ///< in both phases
};

/// getattr(object, "__name__") or "__qualname__".
[[nodiscard]] Result<CallableName> callable_name(Heap& heap, RemoteAddr object, NameKind kind);

/// The same, looked for in the type only (_PyObject_LookupSpecial).
[[nodiscard]] Result<CallableName> special_name(Heap& heap, RemoteAddr object);

}  // namespace pyexc::cpython
