// Modules/arraymodule.c: machine values side by side, shown as the list of what they are in Python.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "cpython/value/families.hpp"
#include "cpython/value/number_text.hpp"
#include "cpython/value/quote.hpp"
#include "text/codepoints.hpp"

namespace pyexc::cpython {

namespace {

template <class T>
T load(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
  return value;
}

/// IEEE 754 binary16.
double half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1f;
  const int fraction = bits & 0x3ff;
  double value = 0;
  if (exponent == 0x1f) value = fraction != 0 ? std::nan("") : HUGE_VAL;
  else if (exponent == 0) value = std::ldexp(fraction, -24);
  else value = std::ldexp(fraction + 0x400, exponent - 25);
  return (bits & 0x8000) != 0 ? -value : value;
}

/// What one item is; empty for a typecode that is not known.
struct Kind {
  std::size_t size = 0;
  std::string (*text)(std::string_view bytes) = nullptr;
};

template <class T>
Kind integer() {
  return {sizeof(T), [](std::string_view bytes) { return std::to_string(load<T>(bytes)); }};
}

Kind kind_of_code(std::string_view code) {
  if (code == "b") return integer<std::int8_t>();
  if (code == "B") return integer<std::uint8_t>();
  if (code == "h") return integer<std::int16_t>();
  if (code == "H") return integer<std::uint16_t>();
  if (code == "i") return integer<std::int32_t>();
  if (code == "I") return integer<std::uint32_t>();
  if (code == "l" || code == "q") return integer<std::int64_t>();
  if (code == "L" || code == "Q") return integer<std::uint64_t>();
  if (code == "e")
    return {2, [](std::string_view bytes) { return float_repr(half(load<std::uint16_t>(bytes))); }};
  if (code == "f")
    return {4, [](std::string_view bytes) { return float_repr(double{load<float>(bytes)}); }};
  if (code == "d")
    return {8, [](std::string_view bytes) { return float_repr(load<double>(bytes)); }};
  if (code == "Zf")
    return {8, [](std::string_view bytes) {
              return complex_repr(double{load<float>(bytes)}, double{load<float>(bytes.substr(4))});
            }};
  if (code == "Zd")
    return {16, [](std::string_view bytes) {
              return complex_repr(load<double>(bytes), load<double>(bytes.substr(8)));
            }};
  return {};
}

/// The bytes of the first `count` items, in the decode phase; touched in the other.
Result<std::string> content(Heap& heap, RemoteAddr object, std::size_t bytes) {
  PYEXC_TRY(const auto start, heap.pointer(object, heap.layout().array.ob_item));
  PYEXC_CHECK(heap.memory().touch(start, bytes));
  std::string data;
  if (heap.capturing()) return data;
  data.resize(bytes);
  PYEXC_CHECK(heap.memory().read_into(start, std::as_writable_bytes(std::span(data))));
  return data;
}

void put_text(Printer& out, RemoteAddr object, std::size_t length) {
  constexpr std::uint32_t last = 0x10ffff;
  const std::size_t shown = std::min(length, out.max_string());
  const auto data = content(out.heap(), object, shown * 4);
  if (!data) return out.mark_unreadable();
  std::string utf8;
  for (std::size_t at = 0; at < data->size(); at += 4) {
    const auto point = load<std::uint32_t>(std::string_view(*data).substr(at));
    if (point > last) return out.raise("<repr() failed>");
    text::append(utf8, static_cast<char32_t>(point));
  }
  out.put(shown + 2, [&] { return quote_str(utf8, out.database(), out.room()); });
  out.mark_left_out(length - shown);
}

void put_list(Printer& out, RemoteAddr object, std::size_t length, const Kind& kind) {
  const std::size_t shown = std::min(length, out.max_items());
  const auto data = content(out.heap(), object, shown * kind.size);
  if (!data) return out.mark_unreadable();
  out.put("[");
  for (std::size_t i = 0; i < shown && !out.done(); ++i) {
    if (i != 0) out.put(", ");
    out.put(1, [&] { return kind.text(std::string_view(*data).substr(i * kind.size, kind.size)); });
  }
  if (shown != length) {
    if (shown != 0) out.put(", ");
    out.mark_left_out(length - shown);
  }
  out.put("]");
}

}  // namespace

void repr_array(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto size = heap.var_size(object);
  const auto descr = heap.pointer(object, heap.layout().array.ob_descr);
  if (!size || !descr || !heap.layout().array_descr.typecode.has()) return out.mark_unreadable();
  // A char; since complex numbers have codes too (3.15), a short string. Zeros follow in both.
  const auto raw = heap.memory().read<std::uint32_t>(*descr + *heap.layout().array_descr.typecode);
  if (!raw) return out.mark_unreadable();
  std::string code;
  for (std::uint32_t rest = *raw & 0xffffff; (rest & 0xff) != 0; rest >>= 8)
    code.push_back(static_cast<char>(rest & 0xff));
  const bool is_text = code == "u" || code == "w";
  const Kind kind = kind_of_code(code);
  if (!is_text && kind.size == 0) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("('" + code + "'");
  if (*size != 0) {
    out.put(", ");
    if (is_text) put_text(out, object, static_cast<std::size_t>(*size));
    else put_list(out, object, static_cast<std::size_t>(*size), kind);
  }
  out.put(")");
}

}  // namespace pyexc::cpython
