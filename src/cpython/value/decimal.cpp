// Modules/_decimal/_decimal.c: dec_repr() and dec_str(); Modules/_decimal/libmpdec/io.c:
// _mpd_to_string(). A number is sign, coefficient and exponent, the coefficient in words of 19
// decimal digits.

#include "cpython/value/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pyexc::cpython {

namespace {

constexpr std::uint8_t negative = 1, infinite = 2, quiet_nan = 4,
                       signaling_nan = 8;  // mpdecimal.h, MPD_NEG …
constexpr std::uint64_t word_digits = 19;  // MPD_RDIGITS
constexpr std::uint64_t max_words = 1U << 16;
/// From here down an exponent is written as one; libmpdec and the General Decimal Arithmetic
/// Specification.
constexpr std::int64_t least_adjusted = -6;
/// Far beyond MPD_MAX_EMAX (999999999999999999) and what sums of it make.
constexpr std::int64_t max_exponent = 4'000'000'000'000'000'000;

struct Number {
  std::uint8_t flags = 0;
  std::int64_t exponent = 0;
  std::uint64_t digits = 0;  // of the coefficient
  std::uint64_t kept = 0;    // of these, read
  std::uint64_t first_word = 0, words = 0;
  RemoteAddr data;
};

Result<Number> read_number(Printer& out, RemoteAddr object) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().decimal;
  Number number;
  PYEXC_TRY(number.flags, heap.field<std::uint8_t>(object, f.dec_flags));
  PYEXC_TRY(number.exponent, heap.field<std::int64_t>(object, f.dec_exp));
  PYEXC_TRY(const auto digits, heap.field<std::int64_t>(object, f.dec_digits));
  PYEXC_TRY(const auto length, heap.field<std::int64_t>(object, f.dec_len));
  PYEXC_TRY(number.data, heap.pointer(object, f.dec_data));
  const auto damaged = [&] {
    return fail(Error::at(Errc::invalid, object.value(), "an impossible decimal"));
  };
  if ((number.flags & infinite) != 0) return number;
  if ((number.flags & (quiet_nan | signaling_nan)) == 0 &&
      (number.exponent > max_exponent || number.exponent < -max_exponent || digits < 1))
    return damaged();
  if (length < 0 || digits < 0 || digits > max_exponent) return damaged();
  if (length == 0 && digits == 0) return number;
  number.digits = static_cast<std::uint64_t>(digits);
  number.words = static_cast<std::uint64_t>(length);
  if (number.words > number.digits / word_digits + 1 ||
      (number.digits - 1) / word_digits + 1 != number.words)
    return damaged();
  // The most significant words are the last.
  const std::uint64_t wanted = std::min(max_words, out.max_string() / word_digits + 2);
  number.first_word = number.words > wanted ? number.words - wanted : 0;
  number.kept =
      std::min<std::uint64_t>(number.digits - number.first_word * word_digits, out.max_string());
  return number;
}

/// The digits kept, most significant first.
Result<std::string> coefficient(Heap& heap, const Number& number) {
  std::string digits;
  const std::uint64_t count = number.words - number.first_word;
  const RemoteAddr at = number.data + number.first_word * sizeof(std::uint64_t);
  if (heap.capturing()) {
    PYEXC_CHECK(heap.memory().touch(at, count * sizeof(std::uint64_t)));
    return digits;
  }
  PYEXC_TRY(const auto raw, heap.memory().read_string(at, count * sizeof(std::uint64_t)));
  for (std::uint64_t i = count; i-- > 0;) {
    std::uint64_t word = 0;
    std::memcpy(&word, raw.data() + i * sizeof word, sizeof word);
    const bool top = i + 1 == count;
    const std::uint64_t width = top ? (number.digits - 1) % word_digits + 1 : word_digits;
    std::string text = fmt::format("{:0{}}", word, width);
    if (text.size() != width)
      return fail(Error::at(Errc::invalid, at.value(), "an impossible decimal"));
    digits += text;
  }
  digits.resize(std::min<std::size_t>(digits.size(), number.kept));
  return digits;
}

/// The text of a finite number, with a dot and an exponent where they belong. What was left out of
/// the coefficient is told by the caller.
std::string finite_text(const Number& number, std::string digits) {
  const std::int64_t count = static_cast<std::int64_t>(number.digits);
  const std::int64_t adjusted = number.exponent + count - 1;
  if (number.exponent <= 0 && adjusted >= least_adjusted) {
    const std::int64_t whole = count + number.exponent;  // digits before the dot
    if (whole <= 0) return "0." + std::string(static_cast<std::size_t>(-whole), '0') + digits;
    if (whole < count && static_cast<std::size_t>(whole) < digits.size())
      digits.insert(static_cast<std::size_t>(whole), ".");
    return digits;
  }
  if (digits.size() > 1) digits.insert(1, ".");
  if (number.kept != number.digits) return digits;
  return digits + fmt::format("E{:+}", adjusted);
}

void put_number(Printer& out, RemoteAddr object, std::string_view before, std::string_view after) {
  const auto number = read_number(out, object);
  if (!number) return out.mark_unreadable();
  out.put(before);
  if ((number->flags & negative) != 0) out.put("-");
  if ((number->flags & infinite) != 0) out.put("Infinity");
  else {
    const bool nan = (number->flags & (quiet_nan | signaling_nan)) != 0;
    if (nan) out.put((number->flags & signaling_nan) != 0 ? "sNaN" : "NaN");
    if (number->words != 0) {
      auto digits = coefficient(out.heap(), *number);
      if (!digits) return out.mark_unreadable();
      out.put(number->kept,
              [&] { return nan ? *digits : finite_text(*number, std::move(*digits)); });
      out.mark_left_out(number->digits - number->kept);
    }
  }
  out.put(after);
}

}  // namespace

// The name is the same for a subclass.
void repr_decimal(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_number(out, object, "Decimal('", "')");
}
void str_decimal(Printer& out, RemoteAddr object, const TypeInfo&) {
  put_number(out, object, "", "");
}

}  // namespace pyexc::cpython
