#include <doctest/doctest.h>

#include "app/command_line.hpp"

using namespace pyexc;
using namespace std::chrono_literals;

TEST_CASE("durations are seconds or have a unit") {
  CHECK(app::parse_duration("1") == 1s);
  CHECK(app::parse_duration("0.25") == 250ms);
  CHECK(app::parse_duration("1.5s") == 1500ms);
  CHECK(app::parse_duration("200ms") == 200ms);
  CHECK(app::parse_duration("750us") == 750us);
  CHECK(app::parse_duration("2m") == 2min);
  CHECK(app::parse_duration("60min") == 1h);
}

TEST_CASE("what is no duration, or no useful one") {
  for (const char* text : {"", " 1", "1 s", "s", "-1", "+1", "1h", "0", "0ms", "nan", "inf", "1e3", "1e400",
                           "3601", "61m", "0x10", "1,5"}) {
    const auto parsed = app::parse_duration(text);
    INFO(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::usage);
  }
}

TEST_CASE("process ids") {
  CHECK(app::parse_pid("1") == 1);
  CHECK(app::parse_pid("4194304") == 4'194'304);
  CHECK(app::parse_pid("007") == 7);
  for (const char* text : {"", "0", "-1", "+1", " 1", "1 ", "1x", "4194305", "18446744073709551617"})
    CHECK_FALSE(app::parse_pid(text));
}
