#include "cpython/value/library.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/value/catalog.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_functions.hpp"

namespace pyexc::cpython {

void put_overridden(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view name) {
  out.mark_inexact(fmt::format("{} of {} is Python code", name, full_name(out.heap(), type)));
  out.put_foreign(object, type);
}

void put_unusual(Printer& out, RemoteAddr object, const TypeInfo& type) {
  out.mark_inexact(full_name(out.heap(), type) +
                   " has attributes that the library does not give it");
  out.put_foreign(object, type);
}

bool refuse_override(Printer& out, RemoteAddr object, const TypeInfo& type,
                     std::initializer_list<std::string_view> names) {
  if (!type.heap()) return false;
  const auto types = out.heap().mro(type);
  for (const std::string_view name : names) {
    bool own = !types;
    for (std::size_t i = 0; types && i < types->size() && !own; ++i) {
      const TypeInfo& base = *(*types)[i];
      if (!base.heap() || base.tp_dict.null()) continue;
      const auto value = out.heap().dict_get(base.tp_dict, name);
      // A type that C code made on the heap has C methods.
      own = !value || (!value->null() && !out.heap().is_exactly(*value, "method_descriptor"));
    }
    if (!own) continue;
    put_overridden(out, object, type, name);
    return true;
  }
  return false;
}

Result<RemoteAddr> member_function(Heap& heap, RemoteAddr member) {
  const auto& layout = heap.layout();
  if (heap.is_exactly(member, "property")) return heap.pointer(member, layout.property.prop_get);
  if (heap.is_exactly(member, "classmethod"))
    return heap.pointer(member, layout.class_method.cm_callable);
  if (heap.is_exactly(member, "staticmethod"))
    return heap.pointer(member, layout.static_method.sm_callable);
  return member;
}

bool is_library_member(Heap& heap, const TypeInfo& type, std::string_view name,
                       std::initializer_list<Definition> places) {
  const auto attribute = heap.class_attribute(type, name);
  if (!attribute || attribute->owner == nullptr) return false;
  const auto function = member_function(heap, attribute->value);
  return function && std::any_of(places.begin(), places.end(), [&](const Definition& place) {
           return is_stdlib_function(heap, *function, place.file, place.qualname);
         });
}

bool has_library_str(Heap& heap, const TypeInfo& type, Decoder decoder) {
  const auto decoders = catalog(heap).of(type.address);
  return decoders && (*decoders)->str == decoder;
}

Result<RemoteAddr> plain_attribute(Heap& heap, RemoteAddr object, std::string_view name) {
  PYEXC_TRY(const auto attribute, attribute_of(heap, object, name));
  if (!attribute.found() && !attribute.absent())
    return fail(Error::at(Errc::invalid, object.value(), "an attribute that may be computed"));
  return attribute.found() ? attribute.value : RemoteAddr();
}

void put_name_and_str(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_class_name(out, type);
  out.put("(");
  out.repr_of_str(object);
  out.put(")");
}

Result<std::string> hex_digits(Heap& heap, RemoteAddr object, std::size_t digits) {
  constexpr std::size_t int_digit_bits = 30;
  const auto damaged = [&] {
    return fail(Error::at(Errc::invalid, object.value(), "no number of that size"));
  };
  if (!heap.has_flag(object, type_flags::int_subclass)) return damaged();
  PYEXC_TRY(const auto length, heap.int_digits(object));
  if (length > digits * 4 / int_digit_bits + 1) return damaged();
  PYEXC_TRY(const auto value, heap.integer(object));
  if (value.negative) return damaged();
  std::string text(digits, '0');
  for (std::size_t bit = 0; bit < value.digits.size() * int_digit_bits; bit += 1) {
    if ((value.digits[bit / int_digit_bits] >> (bit % int_digit_bits) & 1U) == 0) continue;
    if (bit / 4 >= digits) return damaged();
    char& digit = text[digits - 1 - bit / 4];
    const unsigned now = (digit <= '9' ? digit - '0' : digit - 'a' + 10U) | 1U << (bit % 4);
    digit = "0123456789abcdef"[now];
  }
  return text;
}

void put_full_name(Printer& out, const TypeInfo& type) {
  const auto names = out.heap().type_names(type);
  if (!names) return out.mark_unreadable();
  out.put(1, [&]() -> std::string {
    const bool bare =
        !names->module_is_text || names->module == "builtins" || names->module == "__main__";
    return bare ? names->qualname : names->module + "." + names->qualname;
  });
}

}  // namespace pyexc::cpython
