#pragma once
// What is inside a literal, which the grammar does not say: escapes, the digits of numbers, and the
// f-strings of versions that take them for plain strings.

#include <cstdint>
#include <optional>
#include <string_view>

#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback::syntax {

/// Length of the number that begins `s`, nothing if it is malformed or, unless `lenient`, runs into a name.
[[nodiscard]] std::optional<std::size_t> scan_number(std::string_view s, bool lenient = false);

/// Whether the escapes of a string's contents (not raw) can be decoded.
[[nodiscard]] bool escapes_are_valid(std::string_view contents, bool bytes);

/// A string literal taken apart.
struct StringParts {
  std::string_view contents;
  bool raw = false;
  bool bytes = false;
  bool formatted = false;  ///< f or t
  bool tstring = false;
};
[[nodiscard]] StringParts string_parts(std::string_view literal);

}  // namespace pyexc::traceback::syntax
