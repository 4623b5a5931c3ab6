#include <doctest/doctest.h>

#include "render/escape.hpp"

using namespace pyexc::render;

TEST_CASE("plain text and letters of any script are not touched") {
  CHECK(for_terminal("a\\b \"c\"\n\td") == "a\\b \"c\"\n\td");
  CHECK(for_terminal("größe 日本 😀") == "größe 日本 😀");
}

TEST_CASE("control characters never reach a terminal") {
  CHECK(for_terminal("a\x1b[2Jb") == "a\\x1b[2Jb");
  CHECK(for_terminal("a\rb\x7f") == "a\\rb\\x7f");
  CHECK(for_terminal(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(for_terminal("\xc2\x9b"
                     "2J") == "\\x9b2J");  // C1: CSI in one character
}

TEST_CASE("bidi characters never reach a terminal") {
  for (const char32_t c : {0x61cU, 0x200eU, 0x200fU, 0x2028U, 0x2029U, 0x202aU, 0x202bU, 0x202cU,
                           0x202dU, 0x202eU, 0x2066U, 0x2067U, 0x2068U, 0x2069U})
    CHECK(moves_or_reorders(c));
  CHECK(for_terminal("\xe2\x80\xae"
                     "evil") == "\\u202eevil");
  CHECK_FALSE(moves_or_reorders(0x200dU));  // joins emoji
  CHECK_FALSE(moves_or_reorders(0xa0U));
}

TEST_CASE("what is no Unicode becomes the escape that backslashreplace gives") {
  CHECK(for_terminal("\xed\xb2\x80") == "\\udc80");
  CHECK(for_terminal("\xed\xa0\xbd\xed\xb8\x80") == "\\ud83d\\ude00");  // two surrogates, no pair
  CHECK(for_terminal("\xff\xc3") == "\\xff\\xc3");
  CHECK(for_terminal("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(for_terminal("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  CHECK(for_terminal("\xe2\x82") == "\\xe2\\x82");                    // cut
  CHECK(valid_utf8("a\x1b\xed\xb2\x80\xff") == "a\x1b\\udc80\\xff");
}

TEST_CASE("names and command lines stay on one line") { CHECK(one_line("a\nb\tc") == "a\\nb\\tc"); }

TEST_CASE("every text decodes to the end, whatever its bytes") {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second), '\xe2'};
      std::size_t bytes = 0;
      while (bytes < text.size()) {
        const CodePoint c = decode_at(text, bytes);
        REQUIRE(c.length >= 1);
        bytes += c.length;
      }
      REQUIRE(bytes == text.size());
      for (const char c : for_terminal(text)) REQUIRE_FALSE(c == '\x1b');
    }
  }
}
