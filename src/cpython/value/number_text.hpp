#pragma once
// How Python writes numbers. No target needed: these take values and give text.

#include <cstddef>
#include <string>

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

/// Decimal digits with a sign. The time grows with the square of the length, so callers bound it.
[[nodiscard]] std::string decimal(const IntValue& value);

/// A lower bound of the decimal digits that an int of so many 30-bit digits has.
[[nodiscard]] std::size_t min_decimal_digits(std::size_t int_digits) noexcept;

/// repr() of a float: the shortest text that reads back as the same number.
[[nodiscard]] std::string float_repr(double value);

/// repr() of a complex: like two floats, but without the ".0" of a whole number.
[[nodiscard]] std::string complex_repr(double real, double imaginary);

}  // namespace pyexc::cpython
