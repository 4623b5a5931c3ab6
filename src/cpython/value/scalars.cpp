#include <fmt/format.h>

#include "cpython/value/families.hpp"
#include "cpython/value/number_text.hpp"

namespace pyexc::cpython {

namespace {

/// 30-bit digits of the longest int whose decimal text is worth the time it takes, which grows with
/// the square: about 100,000 decimals.
constexpr std::uint64_t max_int_digits = 11'000;

/// Ints with fewer digits have fewer decimals than the lowest limit that can be set (640).
constexpr std::uint64_t digits_without_limit = 70;

std::string bits_text(std::uint64_t digits) {
  return fmt::format("<int of about {} bits>", digits * 30);
}

}  // namespace

void repr_none(Printer& out, RemoteAddr, const TypeInfo&) { out.put("None"); }
void repr_ellipsis(Printer& out, RemoteAddr, const TypeInfo&) { out.put("Ellipsis"); }
void repr_not_implemented(Printer& out, RemoteAddr, const TypeInfo&) { out.put("NotImplemented"); }

void repr_bool(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto value = out.heap().integer(object);
  if (!value) return out.mark_unreadable();
  out.put(value->digits.empty() ? "False" : "True");
}

void repr_int(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto digits = heap.int_digits(object);
  if (!digits) return out.mark_unreadable();
  // Objects/longobject.c: more decimals than sys.get_int_max_str_digits() are a ValueError
  // (gh-95778).
  const std::size_t limit = *digits < digits_without_limit ? 0 : heap.int_max_str_digits();
  const std::size_t least = min_decimal_digits(static_cast<std::size_t>(*digits));
  if (limit != 0 && least > limit) return out.raise(bits_text(*digits));
  if (*digits > max_int_digits) {
    out.put(11, [&] { return bits_text(*digits); });
    return out.mark_left_out(least);
  }
  const auto value = heap.integer(object);
  if (!value) return out.mark_unreadable();
  if (heap.capturing()) return out.put(least, [] { return std::string(); });
  const std::string text = decimal(*value);
  if (limit != 0 && text.size() - (value->negative ? 1 : 0) > limit)
    return out.raise(bits_text(*digits));
  out.put(text);
}

void repr_float(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto value = out.heap().real(object);
  if (!value) return out.mark_unreadable();
  out.put(float_repr(*value));
}

void repr_complex(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto value = out.heap().complex(object);
  if (!value) return out.mark_unreadable();
  out.put(complex_repr(value->real, value->imaginary));
}

}  // namespace pyexc::cpython
