#pragma once
// What an aware datetime needs of its tzinfo to be printed: the offset from UTC at a moment. Known
// without running code for datetime.timezone and zoneinfo.ZoneInfo; what another tzinfo would say
// is not.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

struct Date {
  int year = 1, month = 1, day = 1;
};
struct Clock {
  int hour = 0, minute = 0, second = 0, microsecond = 0;
};
/// What utcoffset() is asked about: a datetime without its zone.
struct Moment {
  Date date;
  Clock clock;
  std::uint8_t fold = 0;
};

/// A timedelta: seconds and microseconds are not negative.
struct Delta {
  std::int32_t days = 0, seconds = 0, microseconds = 0;
  [[nodiscard]] bool is_zero() const noexcept {
    return days == 0 && seconds == 0 && microseconds == 0;
  }
};
/// Nothing if the object is no timedelta or cannot be read.
[[nodiscard]] std::optional<Delta> read_delta(Heap& heap, RemoteAddr object);

/// "+01:00", "-00:00:00.000001": as isoformat() writes an offset.
[[nodiscard]] std::string offset_text(const Delta& delta, std::string_view separator);

/// zone.utcoffset(moment), where no moment is None. Nothing if that is None; if it cannot be known,
/// too, and `out` is then marked inexact.
[[nodiscard]] std::optional<Delta> utc_offset(Printer& out, RemoteAddr zone,
                                              const std::optional<Moment>& moment);

void repr_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
