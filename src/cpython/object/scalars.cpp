// str, bytes, int and float objects. Encodings: Include/cpython/unicodeobject.h and
// Include/cpython/longintrepr.h of the version; which one applies is a trait.

#include <algorithm>
#include <bit>

#include "base/checked.hpp"
#include "cpython/object/heap.hpp"
#include "text/codepoints.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::uint32_t max_code_point = 0x10ffff;

Result<PyText> to_utf8(std::string raw, std::size_t width, RemoteAddr object) {
  if (width == 1 && text::is_ascii(raw)) return raw;
  PyText text;
  text.reserve(raw.size() + raw.size() / 4);
  for (std::size_t at = 0; at + width <= raw.size(); at += width) {
    std::uint32_t c = 0;
    std::memcpy(&c, raw.data() + at, width);
    if (c > max_code_point)
      return fail(Error::at(Errc::invalid, object.value(), "a str with a code point beyond Unicode"));
    text::append(text, static_cast<char32_t>(c));
  }
  return text;
}
constexpr unsigned digit_bits = 30;
constexpr std::size_t max_int_digits = 1U << 16;  // far beyond what repr() prints (4300 decimals)

}  // namespace

Result<Heap::StrShape> Heap::str_shape(RemoteAddr object) const {
  PYEXC_TRY(const auto length, field<std::int64_t>(object, layout_.unicode.length));
  if (length < 0) return fail(Error::at(Errc::invalid, object.value(), "a str of negative length"));
  const RemoteAddr state_at = object + *layout_.unicode.state;
  unsigned kind = 0;
  bool compact = false, ascii = false;
  if (traits().str_state == layout::StrState::free_threaded_314) {
    // 3.14 made `interned` a whole byte of its own in free-threaded builds.
    PYEXC_TRY(const auto state, memory_.read<std::uint8_t>(state_at + 1));
    kind = state & 7U;
    compact = (state & 8U) != 0;
    ascii = (state & 16U) != 0;
  } else {
    PYEXC_TRY(const auto state, memory_.read<std::uint32_t>(state_at));
    kind = (state >> 2) & 7U;
    compact = (state & 0x20U) != 0;
    ascii = (state & 0x40U) != 0;
  }
  StrShape shape;
  shape.length = static_cast<std::size_t>(length);
  if (compact && ascii) {
    shape.data = object + *layout_.unicode.size;
  } else if (compact) {
    shape.data = object + *layout_.compact_unicode.size;
  } else {
    PYEXC_TRY(shape.data, pointer(object, layout_.unicode_object.data));
  }
  if (kind == 0 && traits().str_state == layout::StrState::with_ready) {
    // A legacy str that is not ready: wchar_t text at `wstr`, right after the ASCII header's hash and
    // state (Include/cpython/unicodeobject.h up to 3.11).
    PYEXC_TRY(shape.data, memory_.read_pointer(state_at + 8));
    PYEXC_TRY(const auto wide, memory_.read<std::int64_t>(object + *layout_.compact_unicode.size - 8));
    if (wide < 0) return fail(Error::at(Errc::invalid, object.value(), "a str of negative length"));
    shape.length = static_cast<std::size_t>(wide);
    kind = 4;
  }
  if (kind != 1 && kind != 2 && kind != 4)
    return fail(Error::at(Errc::invalid, object.value(), "a str of unknown kind"));
  shape.width = static_cast<std::uint8_t>(kind);
  return shape;
}

Result<StrValue> Heap::str(RemoteAddr object, std::size_t max) {
  if (!has_flag(object, type_flags::str_subclass))
    return fail(Error::at(Errc::invalid, object.value(), "not a str"));
  PYEXC_TRY(const auto shape, str_shape(object));
  StrValue value;
  value.length = shape.length;
  const std::size_t length = std::min({shape.length, limits_.max_string, max});
  value.left_out = shape.length - length;
  const std::size_t size = length * shape.width;
  if (capturing()) {
    PYEXC_CHECK(memory_.touch(shape.data, size));
    return value;
  }
  PYEXC_TRY(auto raw, memory_.read_string(shape.data, size));
  PYEXC_TRY(value.text, to_utf8(std::move(raw), shape.width, object));
  return value;
}

Result<PyText> Heap::text_now(RemoteAddr object, std::size_t max) {
  if (!has_flag(object, type_flags::str_subclass))
    return fail(Error::at(Errc::invalid, object.value(), "not a str"));
  PYEXC_TRY(const auto shape, str_shape(object));
  if (shape.length > max) return fail(Error::at(Errc::limit, object.value(), "a name of impossible length"));
  PYEXC_TRY(auto raw, memory_.read_string(shape.data, shape.length * shape.width));
  return to_utf8(std::move(raw), shape.width, object);
}

Result<PyText> Heap::text(RemoteAddr object) {
  PYEXC_TRY(auto value, str(object));
  if (value.left_out != 0) value.text += "...";
  return std::move(value.text);
}

bool Heap::str_equals(RemoteAddr object, std::string_view expected) {
  if (!text::is_ascii(expected)) {
    const auto text = text_now(object, expected.size());
    return text && *text == expected;
  }
  const auto shape = str_shape(object);
  if (!shape || shape->length != expected.size() || shape->width != 1) return false;
  constexpr std::size_t chunk = 64;
  std::array<char, chunk> buffer;
  for (std::size_t done = 0; done < expected.size(); done += chunk) {
    const std::size_t part = std::min(chunk, expected.size() - done);
    if (!memory_.read_into(shape->data + done, std::as_writable_bytes(std::span(buffer.data(), part)))) return false;
    if (expected.substr(done, part) != std::string_view(buffer.data(), part)) return false;
  }
  return has_flag(object, type_flags::str_subclass);
}

Result<BytesValue> Heap::bytes(RemoteAddr object, std::size_t max) {
  if (!has_flag(object, type_flags::bytes_subclass))
    return fail(Error::at(Errc::invalid, object.value(), "not a bytes object"));
  PYEXC_TRY(const auto size, field<std::int64_t>(object, layout_.bytes.ob_size));
  if (size < 0) return fail(Error::at(Errc::invalid, object.value(), "a bytes object of negative size"));
  const std::size_t wanted = std::min({static_cast<std::size_t>(size), limits_.max_string, max});
  BytesValue value;
  value.length = static_cast<std::size_t>(size);
  value.left_out = value.length - wanted;
  const RemoteAddr data = object + *layout_.bytes.ob_sval;
  if (capturing()) {
    PYEXC_CHECK(memory_.touch(data, wanted));
    return value;
  }
  PYEXC_TRY(value.data, memory_.read_string(data, wanted));
  return value;
}

Result<BytesValue> Heap::bytearray(RemoteAddr object, std::size_t max) {
  PYEXC_TRY(const auto size, var_size(object));
  BytesValue value;
  value.length = static_cast<std::size_t>(size);
  if (value.length == 0) return value;
  PYEXC_TRY(const auto data, pointer(object, layout_.bytearray.ob_start));
  const std::size_t wanted = std::min({value.length, limits_.max_string, max});
  value.left_out = value.length - wanted;
  if (capturing()) {
    PYEXC_CHECK(memory_.touch(data, wanted));
    return value;
  }
  PYEXC_TRY(value.data, memory_.read_string(data, wanted));
  return value;
}

Result<std::int64_t> Heap::str_length(RemoteAddr object) {
  PYEXC_TRY(const auto shape, str_shape(object));
  return static_cast<std::int64_t>(shape.length);
}

Result<std::uint32_t> Heap::code_point_at(RemoteAddr object, std::int64_t index) {
  PYEXC_TRY(const auto shape, str_shape(object));
  if (index < 0 || static_cast<std::size_t>(index) >= shape.length)
    return fail(Error::at(Errc::invalid, object.value(), "an index beyond a str"));
  const RemoteAddr at = shape.data + static_cast<std::uint64_t>(index) * shape.width;
  std::uint32_t c = 0;
  PYEXC_CHECK(memory_.read_into(at, std::as_writable_bytes(std::span(&c, 1)).first(shape.width)));
  return c;
}

Result<std::uint8_t> Heap::byte_at(RemoteAddr object, std::int64_t index) {
  return memory_.read<std::uint8_t>(object + *layout_.bytes.ob_sval + static_cast<std::uint64_t>(index));
}

Result<std::string> Heap::raw_bytes(RemoteAddr object, std::size_t max) {
  PYEXC_TRY(const auto size, field<std::int64_t>(object, layout_.bytes.ob_size));
  if (size < 0 || static_cast<std::size_t>(size) > max)
    return fail(Error::at(Errc::limit, object.value(), "a bytes object of impossible size"));
  return memory_.read_string(object + *layout_.bytes.ob_sval, static_cast<std::size_t>(size));
}

Result<Heap::IntShape> Heap::int_shape(RemoteAddr object) {
  if (!has_flag(object, type_flags::int_subclass))
    return fail(Error::at(Errc::invalid, object.value(), "not an int"));
  IntShape shape;
  if (traits().int_encoding == layout::IntEncoding::lv_tag) {
    PYEXC_TRY(const auto tag, field<std::uint64_t>(object, layout_.long_.lv_tag));
    shape.count = tag >> 3;
    shape.negative = (tag & 3U) == 2;
  } else {
    PYEXC_TRY(const auto size, field<std::int64_t>(object, layout_.var_object.ob_size));
    shape.negative = size < 0;
    shape.count = size < 0 ? 0 - static_cast<std::uint64_t>(size) : static_cast<std::uint64_t>(size);
  }
  return shape;
}

Result<std::uint64_t> Heap::int_digits(RemoteAddr object) {
  PYEXC_TRY(const auto shape, int_shape(object));
  return shape.count;
}

std::size_t Heap::int_max_str_digits() const {
  const auto usual = static_cast<std::size_t>(traits().int_max_str_digits);
  if (usual == 0 || interpreter_.null() || !layout_.interp.int_max_str_digits.has()) return usual;
  constexpr std::int32_t least = 640;  // _PY_LONG_MAX_STR_DIGITS_THRESHOLD; lower ones are refused
  const auto set = field<std::int32_t>(interpreter_, layout_.interp.int_max_str_digits);
  if (!set || (*set != 0 && *set < least)) return usual;
  return static_cast<std::size_t>(*set);
}

Result<IntValue> Heap::integer(RemoteAddr object) {
  PYEXC_TRY(const auto shape, int_shape(object));
  IntValue value;
  value.negative = shape.negative;
  const std::uint64_t count = shape.count;
  if (count > max_int_digits) return fail(Error::at(Errc::limit, object.value(), "an int with too many digits"));
  const RemoteAddr digits = object + *layout_.long_.ob_digit;
  const std::size_t size = static_cast<std::size_t>(count) * sizeof(std::uint32_t);
  PYEXC_CHECK(memory_.touch(digits, size));
  value.digits.resize(static_cast<std::size_t>(count));
  PYEXC_CHECK(memory_.read_into(digits, std::as_writable_bytes(std::span(value.digits))));
  for (const std::uint32_t digit : value.digits)
    if (digit >> digit_bits != 0) return fail(Error::at(Errc::invalid, object.value(), "an int with an impossible digit"));
  while (!value.digits.empty() && value.digits.back() == 0) value.digits.pop_back();
  return value;
}

bool IntValue::fits_int64() const noexcept {
  constexpr std::uint32_t beyond_64_bits = 1U << (64 - 2 * digit_bits);
  if (digits.size() > 3 || (digits.size() == 3 && digits[2] >= beyond_64_bits)) return false;
  std::uint64_t magnitude = 0;
  for (std::size_t i = digits.size(); i-- > 0;) magnitude = (magnitude << digit_bits) | digits[i];
  return magnitude <= static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1U : 0U);
}

std::int64_t IntValue::clamped() const noexcept {
  if (!fits_int64()) return negative ? INT64_MIN : INT64_MAX;
  std::uint64_t magnitude = 0;
  for (std::size_t i = digits.size(); i-- > 0;) magnitude = (magnitude << digit_bits) | digits[i];
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

Result<double> Heap::real(RemoteAddr object) { return field<double>(object, layout_.float_.ob_fval); }

Result<ComplexValue> Heap::complex(RemoteAddr object) {
  // Py_complex {double real, imag;}
  ComplexValue value;
  PYEXC_TRY(value.real, field<double>(object, layout_.complex.cval));
  PYEXC_TRY(value.imaginary, memory_.read<double>(object + *layout_.complex.cval + sizeof(double)));
  return value;
}

}  // namespace pyexc::cpython
