#include "cpython/value/time_zones.hpp"

#include <fmt/format.h>

#include "cpython/value/library.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"

namespace pyexc::cpython {

std::optional<Delta> read_delta(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  const auto is_delta = type ? heap.inherits(**type, "datetime.timedelta") : fail(type.error());
  if (!is_delta || !*is_delta) return std::nullopt;
  const auto& f = heap.layout().timedelta;
  const auto days = heap.field<std::int32_t>(object, f.days);
  const auto seconds = heap.field<std::int32_t>(object, f.seconds);
  const auto microseconds = heap.field<std::int32_t>(object, f.microseconds);
  if (!days || !seconds || !microseconds) return std::nullopt;
  return Delta{*days, *seconds, *microseconds};
}

// format_utcoffset(), Modules/_datetimemodule.c
std::string offset_text(const Delta& delta, std::string_view separator) {
  constexpr std::int64_t seconds_per_day = 86400, microseconds_per_second = 1'000'000;
  std::int64_t all =
      (std::int64_t{delta.days} * seconds_per_day + delta.seconds) * microseconds_per_second +
      delta.microseconds;
  const char sign = delta.days < 0 ? '-' : '+';
  if (delta.days < 0) all = -all;
  const std::int64_t microseconds = all % microseconds_per_second;
  all /= microseconds_per_second;
  std::string text = fmt::format("{}{:02}{}{:02}", sign, all / 3600, separator, all / 60 % 60);
  if (all % 60 != 0 || microseconds != 0) text += fmt::format("{}{:02}", separator, all % 60);
  if (microseconds != 0) text += fmt::format(".{:06}", microseconds);
  return text;
}

std::optional<Delta> utc_offset(Printer& out, RemoteAddr zone, const std::optional<Moment>&) {
  Heap& heap = out.heap();
  const auto type = heap.type_info_of(zone);
  if (!type) {
    out.mark_unreadable();
    return std::nullopt;
  }
  if (!(*type)->heap() && (*type)->tp_name == "datetime.timezone") {
    const auto offset = heap.pointer(zone, heap.layout().timezone.offset);
    const auto delta = offset ? read_delta(heap, *offset) : std::nullopt;
    if (!delta) out.mark_unreadable();
    return delta;
  }
  out.mark_inexact("utcoffset() of " + full_name(heap, **type) + " is not imitated");
  out.put("+?");
  return std::nullopt;
}

// zoneinfo_repr() and zoneinfo_str(), Modules/_zoneinfo.c
void repr_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().zone_info;
  const auto key = heap.pointer(object, f.key);
  const auto file = heap.pointer(object, f.file_repr);
  if (!key || !file || key->null()) return out.mark_unreadable();
  if (heap.traits().zone_info_names_module) put_full_name(out, type);
  else out.put(type.tp_name);
  if (heap.is_none(*key)) {
    out.put(".from_file(");
    out.str(*file);
  } else {
    out.put("(key=");
    out.repr(*key);
  }
  out.put(")");
}

void str_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto key = heap.pointer(object, heap.layout().zone_info.key);
  if (!key || key->null()) return out.mark_unreadable();
  if (heap.is_none(*key)) return repr_zone_info(out, object, type);
  if (!heap.has_flag(*key, type_flags::str_subclass)) return out.raise("<str() failed>");
  out.str(*key);
}

// ZoneInfo.__repr__ and __str__ of Lib/zoneinfo/_zoneinfo.py, which is used where the C module is
// not.
void repr_python_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto key = plain_attribute(out.heap(), object, "_key");
  const auto file = plain_attribute(out.heap(), object, "_file_repr");
  if (!key || key->null()) return put_unusual(out, object, type);
  const bool of_file = out.heap().is_none(*key);
  if (of_file && (!file || file->null())) return put_unusual(out, object, type);
  put_class_name(out, type);
  out.put(of_file ? ".from_file(" : "(key=");
  if (of_file) out.str(*file);
  else out.repr(*key);
  out.put(")");
}

void str_python_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto key = plain_attribute(out.heap(), object, "_key");
  if (!key || key->null()) return put_unusual(out, object, type);
  if (out.heap().is_none(*key)) return out.repr(object);
  out.str(*key);
}

}  // namespace pyexc::cpython
