// Modules/_datetimemodule.c: date_repr(), datetime_repr(), time_repr(), delta_repr(),
// timezone_repr() and their str.

#include <fmt/format.h>

#include <array>
#include <optional>

#include "cpython/value/families.hpp"
#include "cpython/value/library.hpp"
#include "cpython/value/table.hpp"
#include "cpython/value/time_zones.hpp"

namespace pyexc::cpython {

namespace {

std::optional<Date> read_date(Heap& heap, RemoteAddr object, layout::Offset data) {
  const auto bytes = heap.field<std::array<std::uint8_t, 4>>(object, data);
  if (!bytes) return std::nullopt;
  return Date{(*bytes)[0] * 256 + (*bytes)[1], (*bytes)[2], (*bytes)[3]};
}

/// hour, minute, second and three bytes of microseconds, as datetime keeps them behind the date.
std::optional<Clock> read_clock(Heap& heap, RemoteAddr object, layout::Offset data,
                                std::uint32_t behind) {
  if (!data.has()) return std::nullopt;
  const auto bytes = heap.memory().read<std::array<std::uint8_t, 6>>(object + (*data + behind));
  if (!bytes) return std::nullopt;
  const auto& b = *bytes;
  return Clock{b[0], b[1], b[2], b[3] * 65536 + b[4] * 256 + b[5]};
}

constexpr std::uint32_t clock_behind_date = 4;

/// What date_repr() and the others print as their class: tp_name, whole.
void put_opening(Printer& out, const TypeInfo& type) {
  out.put(type.tp_name);
  out.put("(");
}

/// `, tzinfo=…` if there is one; null tells that it could not be read.
std::optional<RemoteAddr> time_zone_of(Heap& heap, RemoteAddr object, layout::Offset has,
                                       layout::Offset tzinfo) {
  const auto aware = heap.field<std::uint8_t>(object, has);
  if (!aware) return std::nullopt;
  if (*aware == 0) return RemoteAddr();
  const auto zone = heap.pointer(object, tzinfo);
  if (!zone) return std::nullopt;
  return heap.is_none(*zone) ? RemoteAddr() : *zone;
}

void put_tzinfo(Printer& out, RemoteAddr zone) {
  if (zone.null()) return;
  out.put(", tzinfo=");
  out.repr(zone);
}

void put_fold(Printer& out, std::uint8_t fold) {
  if (fold != 0) out.put(fmt::format(", fold={}", fold));
}

/// ", second, microsecond" as far as they are not zero.
std::string seconds_text(const Clock& clock) {
  if (clock.microsecond != 0) return fmt::format(", {}, {}", clock.second, clock.microsecond);
  return clock.second != 0 ? fmt::format(", {}", clock.second) : std::string();
}

std::string iso_clock(const Clock& clock) {
  std::string text = fmt::format("{:02}:{:02}:{:02}", clock.hour, clock.minute, clock.second);
  if (clock.microsecond != 0) text += fmt::format(".{:06}", clock.microsecond);
  return text;
}

std::string iso_date(const Date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

void put_offset(Printer& out, RemoteAddr zone, const std::optional<Moment>& moment) {
  if (zone.null()) return;
  const auto offset = utc_offset(out, zone, moment);
  if (offset) out.put(offset_text(*offset, ":"));
}

/// str() calls isoformat(), which a class made in Python may have its own of.
bool has_own_isoformat(Printer& out, RemoteAddr object, const TypeInfo& type) {
  return refuse_override(out, object, type, {"isoformat"});
}

void repr_date(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto date = read_date(out.heap(), object, out.heap().layout().date.data);
  if (!date) return out.mark_unreadable();
  put_opening(out, type);
  out.put(fmt::format("{}, {}, {})", date->year, date->month, date->day));
}

void str_date(Printer& out, RemoteAddr object, const TypeInfo& type) {
  if (has_own_isoformat(out, object, type)) return;
  const auto date = read_date(out.heap(), object, out.heap().layout().date.data);
  if (!date) return out.mark_unreadable();
  out.put(iso_date(*date));
}

struct DateTime {
  Date date;
  Clock clock;
  std::uint8_t fold = 0;
  RemoteAddr zone;
};

std::optional<DateTime> read_datetime(Heap& heap, RemoteAddr object) {
  const auto& f = heap.layout().datetime;
  const auto date = read_date(heap, object, f.data);
  const auto clock = read_clock(heap, object, f.data, clock_behind_date);
  const auto fold = heap.field<std::uint8_t>(object, f.fold);
  const auto zone = time_zone_of(heap, object, f.hastzinfo, f.tzinfo);
  if (!date || !clock || !fold || !zone) return std::nullopt;
  return DateTime{*date, *clock, *fold, *zone};
}

void repr_datetime(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto value = read_datetime(out.heap(), object);
  if (!value) return out.mark_unreadable();
  put_opening(out, type);
  out.put(fmt::format("{}, {}, {}, {}, {}{}", value->date.year, value->date.month, value->date.day,
                      value->clock.hour, value->clock.minute, seconds_text(value->clock)));
  put_fold(out, value->fold);
  put_tzinfo(out, value->zone);
  out.put(")");
}

void str_datetime(Printer& out, RemoteAddr object, const TypeInfo& type) {
  if (has_own_isoformat(out, object, type)) return;
  const auto value = read_datetime(out.heap(), object);
  if (!value) return out.mark_unreadable();
  out.put(iso_date(value->date) + " " + iso_clock(value->clock));
  put_offset(out, value->zone, Moment{value->date, value->clock, value->fold});
}

void repr_time(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().time;
  const auto clock = read_clock(heap, object, f.data, 0);
  const auto fold = heap.field<std::uint8_t>(object, f.fold);
  const auto zone = time_zone_of(heap, object, f.hastzinfo, f.tzinfo);
  if (!clock || !fold || !zone) return out.mark_unreadable();
  put_opening(out, type);
  out.put(fmt::format("{}, {}{}", clock->hour, clock->minute, seconds_text(*clock)));
  // The other way round than datetime_repr().
  put_tzinfo(out, *zone);
  put_fold(out, *fold);
  out.put(")");
}

void str_time(Printer& out, RemoteAddr object, const TypeInfo& type) {
  if (has_own_isoformat(out, object, type)) return;
  Heap& heap = out.heap();
  const auto& f = heap.layout().time;
  const auto clock = read_clock(heap, object, f.data, 0);
  const auto zone = time_zone_of(heap, object, f.hastzinfo, f.tzinfo);
  if (!clock || !zone) return out.mark_unreadable();
  out.put(iso_clock(*clock));
  put_offset(out, *zone, std::nullopt);
}

void repr_delta(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto delta = read_delta(out.heap(), object);
  if (!delta) return out.mark_unreadable();
  put_opening(out, type);
  std::string text;
  const auto add = [&](std::string_view name, std::int32_t value) {
    if (value != 0) text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value);
  };
  add("days", delta->days);
  add("seconds", delta->seconds);
  add("microseconds", delta->microseconds);
  out.put((text.empty() ? "0" : text) + ")");
}

void str_delta(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto delta = read_delta(out.heap(), object);
  if (!delta) return out.mark_unreadable();
  std::string text;
  if (delta->days != 0)
    text = fmt::format("{} day{}, ", delta->days, delta->days == 1 || delta->days == -1 ? "" : "s");
  const std::int32_t minutes = delta->seconds / 60;
  text += fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, delta->seconds % 60);
  if (delta->microseconds != 0) text += fmt::format(".{:06}", delta->microseconds);
  out.put(text);
}

void repr_timezone(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().timezone;
  const auto offset = heap.pointer(object, f.offset);
  const auto name = heap.pointer(object, f.name);
  const auto delta = offset ? read_delta(heap, *offset) : std::nullopt;
  if (!name || !delta) return out.mark_unreadable();
  // new_timezone() gives timezone.utc itself for an offset of zero without a name.
  if (name->null() && delta->is_zero()) {
    out.put(type.tp_name);
    return out.put(".utc");
  }
  put_opening(out, type);
  out.repr(*offset);
  if (!name->null()) {
    out.put(", ");
    out.repr(*name);
  }
  out.put(")");
}

void str_timezone(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().timezone;
  const auto offset = heap.pointer(object, f.offset);
  const auto name = heap.pointer(object, f.name);
  const auto delta = offset ? read_delta(heap, *offset) : std::nullopt;
  if (!name || !delta) return out.mark_unreadable();
  if (!name->null()) return out.str(*name);
  out.put("UTC");
  if (!delta->is_zero()) out.put(offset_text(*delta, ":"));
}

// iso_calendar_date_repr()
void repr_iso_calendar_date(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto items = out.heap().tuple_items(object);
  if (!items || items->items.size() != 3) return out.mark_unreadable();
  put_opening(out, type);
  constexpr std::array<std::string_view, 3> names = {"year=", ", week=", ", weekday="};
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.put(names[i]);
    out.str(items->items[i]);
  }
  out.put(")");
}

constexpr std::array repr_rows = {
    Row{"datetime.date", repr_date},
    Row{"datetime.datetime", repr_datetime},
    Row{"datetime.time", repr_time},
    Row{"datetime.timedelta", repr_delta},
    Row{"datetime.timezone", repr_timezone},
    Row{"datetime.IsoCalendarDate", repr_iso_calendar_date},
    Row{"zoneinfo.ZoneInfo", repr_zone_info},
};

constexpr std::array str_rows = {
    Row{"datetime.date", str_date},         Row{"datetime.datetime", str_datetime},
    Row{"datetime.time", str_time},         Row{"datetime.timedelta", str_delta},
    Row{"datetime.timezone", str_timezone}, Row{"zoneinfo.ZoneInfo", str_zone_info},
};

}  // namespace

std::span<const Row> time_repr_rows() noexcept { return repr_rows; }
std::span<const Row> time_str_rows() noexcept { return str_rows; }

}  // namespace pyexc::cpython
