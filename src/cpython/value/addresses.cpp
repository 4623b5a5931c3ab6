// Lib/ipaddress.py: what the addresses, networks and interfaces print.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "cpython/value/library.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view file = "ipaddress.py";
constexpr std::size_t v4_digits = 8, v6_digits = 32;  // hexadecimal

std::uint32_t number_of(std::string_view hex) {
  std::uint32_t value = 0;
  (void)std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  return value;
}

std::string dotted(std::string_view hex) {
  return fmt::format("{}.{}.{}.{}", number_of(hex.substr(0, 2)), number_of(hex.substr(2, 2)),
                     number_of(hex.substr(4, 2)), number_of(hex.substr(6, 2)));
}

/// Eight groups; the first longest run of at least two zeros is "::".
std::string colons(std::string_view hex) {
  std::array<std::uint32_t, 8> groups{};
  std::size_t best = 0, best_length = 0, length = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = number_of(hex.substr(i * 4, 4));
    length = groups[i] == 0 ? length + 1 : 0;
    if (length > best_length) {
      best_length = length;
      best = i + 1 - length;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (best_length > 1 && i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", groups[i]);
  }
  return text;
}

struct Address {
  bool v6 = false;
  std::string hex;
  [[nodiscard]] std::string text() const { return v6 ? colons(hex) : dotted(hex); }
  [[nodiscard]] bool is_mapped() const { return v6 && hex.starts_with("00000000000000000000ffff"); }
};

/// What _string_from_ip_int(_ip) is made of, if these are still the library's.
std::optional<Address> read_address(Heap& heap, RemoteAddr object, const TypeInfo& type) {
  Address address;
  address.v6 =
      is_library_member(heap, type, "_string_from_ip_int", {{file, "_BaseV6._string_from_ip_int"}});
  if (!address.v6 && !is_library_member(heap, type, "_string_from_ip_int",
                                        {{file, "_BaseV4._string_from_ip_int"}}))
    return std::nullopt;
  if (address.v6 &&
      !is_library_member(heap, type, "_compress_hextets", {{file, "_BaseV6._compress_hextets"}}))
    return std::nullopt;
  const auto number = plain_attribute(heap, object, "_ip");
  if (!number || number->null()) return std::nullopt;
  const auto hex = hex_digits(heap, *number, address.v6 ? v6_digits : v4_digits);
  if (!hex) return std::nullopt;
  address.hex = *hex;
  return address;
}

/// super().__str__() of a class of the library: the first below `name` in the MRO that has one.
Decoder str_behind(Heap& heap, const TypeInfo& type, std::string_view name) {
  const auto types = heap.mro(type);
  if (!types) return nullptr;
  bool behind = false;
  for (const TypeInfo* base : *types) {
    if (behind && !base->tp_dict.null()) {
      const auto value = heap.dict_get(base->tp_dict, "__str__");
      if (!value) return nullptr;
      if (!value->null()) return python_decoder(heap, *value);
    }
    behind = behind || base->tp_name == name;
  }
  return nullptr;
}

void put_behind(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view name) {
  const Decoder decoder = str_behind(out.heap(), type, name);
  // Each step goes to a class further behind, but what the decoders are is the target's to say.
  if (decoder == nullptr || (name == "IPv6Address" && decoder != str_address) ||
      (decoder != str_address && decoder != str_scoped_address && decoder != str_mapped_address))
    return put_unusual(out, object, type);
  decoder(out, object, type);
}

void put_scope(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto scope = plain_attribute(heap, object, "_scope_id");
  if (!scope || scope->null()) return put_unusual(out, object, type);
  if (heap.is_none(*scope)) return;
  if (!heap.has_flag(*scope, type_flags::str_subclass)) return put_unusual(out, object, type);
  const auto length = heap.str_length(*scope);
  if (!length) return out.mark_unreadable();
  if (*length == 0) return;
  out.put("%");
  out.str(*scope);
}

/// `/prefix` of the attribute, as %d writes it.
void put_prefix(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto prefix = plain_attribute(out.heap(), object, "_prefixlen");
  if (!prefix || prefix->null() || !out.heap().has_flag(*prefix, type_flags::int_subclass))
    return put_unusual(out, object, type);
  const auto value = out.heap().integer(*prefix);
  if (!value || !value->fits_int64()) return out.mark_unreadable();
  out.put(fmt::format("/{}", value->clamped()));
}

}  // namespace

void repr_address(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_name_and_str(out, object, type);
}

void str_address(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto address = read_address(out.heap(), object, type);
  if (!address) return put_unusual(out, object, type);
  out.put(address->text());
}

void str_scoped_address(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_behind(out, object, type, "IPv6Address");
  put_scope(out, object, type);
}

void str_mapped_address(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto address = read_address(out.heap(), object, type);
  if (!address ||
      !is_library_member(out.heap(), type, "ipv4_mapped", {{file, "IPv6Address.ipv4_mapped"}}) ||
      !is_library_member(out.heap(), type, "_ipv4_mapped_ipv6_to_str",
                         {{file, "IPv6Address._ipv4_mapped_ipv6_to_str"}}))
    return put_unusual(out, object, type);
  if (!address->is_mapped()) return str_scoped_address(out, object, type);
  // "%s:%s" of the upper 96 bits as an address, ::ffff, and the IPv4Address.
  const std::string upper = std::string(8, '0') + address->hex.substr(0, v6_digits - v4_digits);
  out.put(colons(upper) + ":" +
          dotted(std::string_view(address->hex).substr(v6_digits - v4_digits)));
  put_scope(out, object, type);
}

void str_network(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto address = plain_attribute(out.heap(), object, "network_address");
  if (!address || address->null() ||
      !is_library_member(out.heap(), type, "prefixlen", {{file, "_BaseNetwork.prefixlen"}}))
    return put_unusual(out, object, type);
  out.str(*address);
  put_prefix(out, object, type);
}

void str_interface(Printer& out, RemoteAddr object, const TypeInfo& type) {
  str_address(out, object, type);
  put_prefix(out, object, type);
}

void str_scoped_interface(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_behind(out, object, type, "IPv6Interface");
  put_prefix(out, object, type);
}

}  // namespace pyexc::cpython
