// decimal, fractions, statistics and uuid. Addresses and paths have files of their own.

#include <fmt/format.h>

#include <array>
#include <optional>

#include "cpython/value/decimal.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/library.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::array repr_rows = {Row{"decimal.Decimal", repr_decimal}};
constexpr std::array str_rows = {Row{"decimal.Decimal", str_decimal}};

struct Parts {
  RemoteAddr numerator, denominator;
};

std::optional<Parts> fraction_parts(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto numerator = plain_attribute(out.heap(), object, "_numerator");
  const auto denominator = plain_attribute(out.heap(), object, "_denominator");
  if (numerator && denominator && !numerator->null() && !denominator->null())
    return Parts{*numerator, *denominator};
  put_unusual(out, object, type);
  return std::nullopt;
}

}  // namespace

std::span<const Row> number_repr_rows() noexcept { return repr_rows; }
std::span<const Row> number_str_rows() noexcept { return str_rows; }

void repr_fraction(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto parts = fraction_parts(out, object, type);
  if (!parts) return;
  put_class_name(out, type);
  out.put("(");
  out.str(parts->numerator);
  out.put(", ");
  out.str(parts->denominator);
  out.put(")");
}

void str_fraction(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto parts = fraction_parts(out, object, type);
  if (!parts) return;
  if (!out.heap().has_flag(parts->denominator, type_flags::int_subclass))
    return put_unusual(out, object, type);
  const auto denominator = out.heap().integer(parts->denominator);
  if (!denominator) return out.mark_unreadable();
  out.str(parts->numerator);
  if (denominator->fits_int64() && denominator->clamped() == 1) return;
  out.put("/");
  out.str(parts->denominator);
}

void repr_normal_dist(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto mu = plain_attribute(out.heap(), object, "_mu");
  const auto sigma = plain_attribute(out.heap(), object, "_sigma");
  if (!mu || !sigma || mu->null() || sigma->null()) return put_unusual(out, object, type);
  put_class_name(out, type);
  out.put("(mu=");
  out.repr_named("mu", *mu);
  out.put(", sigma=");
  out.repr_named("sigma", *sigma);
  out.put(")");
}

void str_uuid(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto held = plain_attribute(heap, object, "int");
  // 3.14 goes through the property hex, which says the same unless a subclass replaced it.
  if (!held || held->null() || !is_library_member(heap, type, "hex", {{"uuid.py", "UUID.hex"}}))
    return put_unusual(out, object, type);
  const auto value = hex_digits(heap, *held, 32);
  if (!value) return put_unusual(out, object, type);
  const std::string_view hex = *value;
  out.put(fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                      hex.substr(16, 4), hex.substr(20)));
}

void repr_uuid(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_name_and_str(out, object, type);
}

}  // namespace pyexc::cpython
