// The numbers of a command line, without locale and without surprises ("12abc", "+5", "0x10").

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "app/command_line.hpp"

namespace pyexc::app {

Result<std::int64_t> parse_pid(std::string_view text) {
  constexpr std::int64_t max_pid = 4'194'304;  // PID_MAX_LIMIT of a 64-bit kernel
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return fail(Errc::usage, fmt::format("'{}' is not a process id", text));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > max_pid)
    return fail(Errc::usage,
                fmt::format("{} is too large for a process id (at most {})", text, max_pid));
  if (value == 0) return fail(Errc::usage, "0 is not a process id");
  return value;
}

Result<std::size_t> parse_count(std::string_view text) {
  constexpr std::size_t most = 1'000'000'000;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > most)
    return fail(Errc::usage, fmt::format("'{}' is not a number from 0 to {}", text, most));
  return value;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 5> units = {
      {{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"T", 40}}};
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto* const known = std::ranges::find(units, unit, &std::pair<std::string_view, unsigned>::first);
  constexpr std::uint64_t most = std::uint64_t{1} << 50;
  if (error != std::errc() || known == units.end() || value == 0 || value > most >> known->second)
    return fail(Errc::usage, fmt::format("'{}' is not a size like 500M or 16G", text));
  return value << known->second;
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 6> units = {
      {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"m", 60e9}, {"min", 60e9}}};
  constexpr double hour = 3600e9;
  const auto wrong = [&](std::string_view why) {
    return fail(Errc::usage, fmt::format("'{}' is {}", text, why));
  };
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return wrong("not a duration");
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto* const known =
      std::ranges::find(units, unit, &std::pair<std::string_view, double>::first);
  if (known == units.end()) return wrong("not a duration");
  const double nanoseconds = number * known->second;
  if (!(nanoseconds >= 1)) return wrong("not longer than nothing");  // also NaN
  if (nanoseconds > hour) return wrong("longer than an hour");
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

}  // namespace pyexc::app
