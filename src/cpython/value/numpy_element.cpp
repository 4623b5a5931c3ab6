// One element of an array, or the value of a scalar, as numpy writes it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "base/checked.hpp"
#include "cpython/value/number_text.hpp"
#include "cpython/value/numpy.hpp"
#include "cpython/value/quote.hpp"
#include "text/codepoints.hpp"

namespace pyexc::cpython::numpy {

namespace {

constexpr std::int64_t not_a_time = std::numeric_limits<std::int64_t>::min();  // NPY_DATETIME_NAT

std::uint64_t bits_of(std::string_view raw) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, raw.data(), std::min(raw.size(), sizeof bits));
  return bits;
}

std::string float32_text(float value) {
  // The shortest text that reads back as the same float; laid out as Python lays out a double.
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size() - 1, value);
  *end.ptr = '\0';
  return float_repr(std::strtod(text.data(), nullptr));
}

double half_value(std::uint16_t bits) {
  constexpr int bias = 15, fraction_bits = 10;
  const int exponent = (bits >> fraction_bits) & 0x1f;
  const int fraction = bits & 0x3ff;
  double value = 0;
  if (exponent == 0x1f) value = fraction == 0 ? HUGE_VAL : std::nan("");
  else if (exponent == 0) value = std::ldexp(fraction, 1 - bias - fraction_bits);
  else value = std::ldexp(fraction + 1024, exponent - bias - fraction_bits);
  return (bits & 0x8000) != 0 ? -value : value;
}

std::string half_text(std::uint16_t bits) {
  const double value = half_value(bits);
  if (!std::isfinite(value) || value == 0) return float_repr(value);
  // Any text nearer to this number than half the distance to its neighbours reads back as it.
  const int exponent = std::max((bits >> 10) & 0x1f, 1);
  const double near = std::ldexp(0.5, exponent - 25);
  for (int digits = 1; digits <= 5; ++digits) {
    const double tried = std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
    if (std::fabs(tried - value) < near) return float_repr(tried);
  }
  return float_repr(value);
}

std::string long_double_text(const char* raw) {
  long double value = 0;
  std::memcpy(&value, raw, 10);  // the x87 format; the rest is padding
  std::array<char, 64> text{};
  for (int digits = 1; digits <= 21; ++digits) {
    std::snprintf(text.data(), text.size(), "%.*Lg", digits, value);
    if (std::strtold(text.data(), nullptr) == value) break;
  }
  std::string result = text.data();
  if (result.find_first_not_of("-0123456789") == std::string::npos) result += ".0";
  return result;
}

/// Days since 1970-01-01 to a date, Howard Hinnant's civil_from_days.
std::string date_text(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return fmt::format("{:04}-{:02}-{:02}", year, month, day_of_year - (153 * shifted + 2) / 5 + 1);
}

/// NPY_DATETIMEUNIT (ndarraytypes.h): those that divide a day, with their number in a second or of
/// seconds.
struct Clock {
  std::int32_t base;
  std::int64_t in_a_day;
  int decimals;  ///< of a second; negative: -1 minutes, -2 hours, -3 the day itself
};
constexpr std::array clocks = {
    Clock{4, 1, -3},
    Clock{5, 24, -2},
    Clock{6, 1440, -1},
    Clock{7, 86'400, 0},
    Clock{8, 86'400'000, 3},
    Clock{9, 86'400'000'000, 6},
    Clock{10, 86'400'000'000'000, 9},
};

std::string datetime_text(std::int64_t value, const Element& element) {
  const auto* clock = std::find_if(clocks.begin(), clocks.end(), [&](const Clock& known) {
    return known.base == element.unit_base;
  });
  std::int64_t multiplier = 1;
  (void)std::from_chars(element.unit.data(), element.unit.data() + element.unit.size(), multiplier);
  const auto count = checked_mul(value, multiplier);
  if (clock == clocks.end() || !count)
    return fmt::format("{}{}", value, element.unit.empty() ? "" : " * " + element.unit);
  std::int64_t days = *count / clock->in_a_day, rest = *count % clock->in_a_day;
  if (rest < 0) {
    rest += clock->in_a_day;
    --days;
  }
  constexpr std::int64_t sane_days = 4'000'000'000'000;
  if (days > sane_days || days < -sane_days) return fmt::format("{} * {}", value, element.unit);
  std::string text = date_text(days);
  if (clock->decimals == -3) return text;
  const std::int64_t per_second = std::max<std::int64_t>(clock->in_a_day / 86'400, 1);
  const std::int64_t seconds =
      clock->decimals >= 0 ? rest / per_second : rest * (86'400 / clock->in_a_day);
  text += fmt::format("T{:02}", seconds / 3600);
  if (clock->decimals >= -1) text += fmt::format(":{:02}", seconds / 60 % 60);
  if (clock->decimals >= 0) text += fmt::format(":{:02}", seconds % 60);
  if (clock->decimals > 0) text += fmt::format(".{:0{}}", rest % per_second, clock->decimals);
  return text;
}

std::string number_text(std::string raw, const Element& element) {
  const auto size = static_cast<std::size_t>(element.size);
  const std::size_t half = element.kind == 'c' ? size / 2 : size;
  if (element.swapped)
    for (std::size_t at = 0; at < size; at += half)
      std::reverse(raw.begin() + static_cast<std::ptrdiff_t>(at),
                   raw.begin() + static_cast<std::ptrdiff_t>(at + half));
  const std::uint64_t bits = bits_of(raw);
  switch (element.kind) {
    case 'b': return bits != 0 ? "True" : "False";
    case 'u': return fmt::format("{}", bits);
    case 'i': {
      const int unused = 64 - static_cast<int>(size) * 8;
      return fmt::format("{}", static_cast<std::int64_t>(bits << unused) >> unused);
    }
    case 'm':
    case 'M': {
      const auto value = std::bit_cast<std::int64_t>(bits);
      if (value == not_a_time) return "NaT";
      if (element.kind == 'M') return datetime_text(value, element);
      return element.unit.empty() ? fmt::format("{}", value)
                                  : fmt::format("{} * {}", value, element.unit);
    }
    case 'f':
      if (size == 2) return half_text(static_cast<std::uint16_t>(bits));
      if (size == 4) return float32_text(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
      if (size == 8) return float_repr(std::bit_cast<double>(bits));
      return long_double_text(raw.data());
    case 'c':
      if (size == 8)
        return complex_repr(std::bit_cast<float>(static_cast<std::uint32_t>(bits)),
                            std::bit_cast<float>(static_cast<std::uint32_t>(bits >> 32)));
      if (size == 16)
        return complex_repr(std::bit_cast<double>(bits),
                            std::bit_cast<double>(bits_of(std::string_view(raw).substr(8))));
      return fmt::format("({}, {})", long_double_text(raw.data()),
                         long_double_text(raw.data() + 16));
    default: return "?";
  }
}

bool is_number(const Element& element) {
  constexpr std::array<std::pair<char, std::string_view>, 7> sizes = {
      std::pair('b', std::string_view("\1")),
      {'u', "\1\2\4\10"},
      {'i', "\1\2\4\10"},
      {'f', "\2\4\10\20"},
      {'c', "\10\20\40"},
      {'m', "\10"},
      {'M', "\10"}};
  return std::any_of(sizes.begin(), sizes.end(), [&](const auto& row) {
    return row.first == element.kind && element.size <= 32 &&
           row.second.find(static_cast<char>(element.size)) != std::string_view::npos;
  });
}

/// Fixed-width text: what follows the last character is filled with zeros.
void put_fixed_bytes(Printer& out, RemoteAddr address, std::size_t size) {
  const std::size_t length = std::min(size, out.max_string());
  const auto raw = out.heap().memory().read_string(address, length);
  if (!raw) return out.mark_unreadable();
  const std::size_t end = raw->find_last_not_of('\0') + 1;
  out.put("b");
  out.put(2, [&] { return quote_bytes(raw->substr(0, end), out.room()); });
  out.mark_left_out(size - length);
}

void put_fixed_text(Printer& out, RemoteAddr address, const Element& element) {
  const std::size_t count = static_cast<std::size_t>(element.size) / 4;
  const std::size_t length = std::min(count, out.max_string());
  const auto raw = out.heap().memory().read_string(address, length * 4);
  if (!raw) return out.mark_unreadable();
  std::string text;
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < length; ++i) {
    std::uint32_t code = 0;
    std::memcpy(&code, raw->data() + i * 4, sizeof code);
    if (element.swapped) code = __builtin_bswap32(code);
    if (code == 0) {
      ++zeros;
      continue;
    }
    text.append(std::exchange(zeros, 0), '\0');
    text::append(text, static_cast<char32_t>(code));
  }
  out.put(2, [&] { return quote_str(text, out.database(), out.room()); });
  out.mark_left_out(count - length);
}

}  // namespace

std::string dtype_text(const Element& element) {
  const std::int64_t bits = element.size * 8;
  const auto with_unit = [&](std::string name) {
    return element.unit.empty() ? name : name + "[" + element.unit + "]";
  };
  const char order = element.swapped ? '>' : '<';
  switch (element.kind) {
    case 'b': return "bool";
    case 'O': return "object";
    case 'S': return fmt::format("|S{}", element.size);
    case 'V': return fmt::format("|V{}", element.size);
    case 'U': return fmt::format("{}U{}", order, element.size / 4);
    case 'M':
    case 'm':
      if (element.swapped) return with_unit(fmt::format(">{}8", element.kind));
      return with_unit(element.kind == 'M' ? "datetime64" : "timedelta64");
    case 'i':
    case 'u':
    case 'f':
    case 'c': {
      if (element.swapped && element.size > 1)
        return fmt::format(">{}{}", element.kind, element.size);
      const std::string_view name = element.kind == 'i'   ? "int"
                                    : element.kind == 'u' ? "uint"
                                    : element.kind == 'f' ? "float"
                                                          : "complex";
      return fmt::format("{}{}", name, bits);
    }
    default: return "?";
  }
}

void put_element(Printer& out, RemoteAddr address, const Element& element) {
  if (element.kind == 'O') {
    const auto object = out.heap().memory().read_pointer(address);
    if (!object) return out.mark_unreadable();
    // A zeroed element of an object array is None.
    return object->null() ? out.put("None") : out.repr(*object);
  }
  if (element.kind == 'S')
    return put_fixed_bytes(out, address, static_cast<std::size_t>(element.size));
  if (element.kind == 'U') return put_fixed_text(out, address, element);
  if (!is_number(element)) return out.put("...");
  auto raw = out.heap().memory().read_string(address, static_cast<std::size_t>(element.size));
  if (!raw) return out.mark_unreadable();
  const std::string text = number_text(std::move(*raw), element);
  const bool quoted = (element.kind == 'M' || element.kind == 'm') && text != "NaT";
  if (quoted) out.put("'");
  out.put(text);
  if (quoted) out.put("'");
}

}  // namespace pyexc::cpython::numpy
