#include "render/time.hpp"

#include <fmt/format.h>

#include <ctime>

namespace pyexc::render {

std::string rfc3339(std::int64_t microseconds_since_epoch) {
  constexpr std::int64_t million = 1'000'000;
  std::time_t seconds = microseconds_since_epoch / million;
  std::int64_t fraction = microseconds_since_epoch % million;
  if (fraction < 0) {
    fraction += million;
    --seconds;
  }
  std::tm utc{};
  if (::gmtime_r(&seconds, &utc) == nullptr) return "1970-01-01T00:00:00.000000Z";
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, fraction);
}

std::string milliseconds(std::int64_t microseconds) {
  return fmt::format("{:.2f} ms", static_cast<double>(microseconds) / 1'000.0);
}

}  // namespace pyexc::render
