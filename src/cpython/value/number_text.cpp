// Objects/longobject.c (long_to_decimal_string), Python/pystrtod.c (format_float_short, mode 'r'),
// Objects/complexobject.c (complex_repr).

#include "cpython/value/number_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>

namespace pyexc::cpython {

namespace {

constexpr unsigned digit_bits = 30;
constexpr std::uint64_t chunk = 1'000'000'000;
constexpr int chunk_digits = 9;

/// Exponents from which repr() writes 1e+16 and 1e-05 instead of digits and zeros.
constexpr int first_high_point = 17;
constexpr int last_low_point = -4;

std::string finite_repr(double value, bool add_dot_0) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  std::string out;
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c == '-') out.push_back('-');
    else if (c != '.') digits.push_back(c);
  }
  int point = 0;  // the decimal point stands before digits[point]
  const std::size_t sign = text[e + 1] == '+' ? 1 : 0;
  (void)std::from_chars(text.data() + e + 1 + sign, end.ptr, point);
  ++point;
  const int count = static_cast<int>(digits.size());
  if (point <= last_low_point || point >= first_high_point) {
    out.push_back(digits.front());
    if (count > 1) out.append(".").append(digits, 1);
    const int exponent = point - 1;
    fmt::format_to(std::back_inserter(out), "e{}{:02}", exponent < 0 ? '-' : '+',
                   std::abs(exponent));
    return out;
  }
  if (point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else if (point >= count) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
    if (add_dot_0) out.append(".0");
  } else {
    out.append(digits, 0, static_cast<std::size_t>(point)).append(".");
    out.append(digits, static_cast<std::size_t>(point));
  }
  return out;
}

std::string real_text(double value, bool add_dot_0) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return finite_repr(value, add_dot_0);
}

}  // namespace

std::string decimal(const IntValue& value) {
  // Base 10^9, least significant first; each 30-bit digit is shifted in from the top.
  std::vector<std::uint64_t> out;
  out.reserve(value.digits.size() + value.digits.size() / 64 + 2);
  for (std::size_t i = value.digits.size(); i-- > 0;) {
    std::uint64_t carry = value.digits[i];
    for (std::uint64_t& limb : out) {
      const std::uint64_t sum = (limb << digit_bits) + carry;
      limb = sum % chunk;
      carry = sum / chunk;
    }
    for (; carry != 0; carry /= chunk) out.push_back(carry % chunk);
  }
  if (out.empty()) return "0";
  std::string text = value.negative ? "-" : "";
  fmt::format_to(std::back_inserter(text), "{}", out.back());
  for (std::size_t i = out.size() - 1; i-- > 0;)
    fmt::format_to(std::back_inserter(text), "{:0{}}", out[i], chunk_digits);
  return text;
}

std::size_t min_decimal_digits(std::size_t int_digits) noexcept {
  if (int_digits <= 1) return 1;
  // 30 * log10(2) = 9.03...; the highest digit is at least 1.
  return static_cast<std::size_t>(static_cast<double>(int_digits - 1) * 9.03) + 1;
}

std::string float_repr(double value) { return real_text(value, true); }

std::string complex_repr(double real, double imaginary) {
  const auto imaginary_text = [imaginary] { return real_text(imaginary, false); };
  if (real == 0 && !std::signbit(real)) return imaginary_text() + "j";
  std::string text(1, '(');
  text.append(real_text(real, false));
  const std::string tail = imaginary_text();
  if (tail.front() != '-') text.push_back('+');
  return text.append(tail).append("j)");
}

}  // namespace pyexc::cpython
