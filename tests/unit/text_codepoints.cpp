#include <doctest/doctest.h>

#include <string>

#include "text/codepoints.hpp"
#include "text/pystring.hpp"
#include "text/unicode.hpp"

using namespace pyexc;

TEST_CASE("code points survive the way there and back, surrogates included") {
  std::string utf8;
  for (const char32_t c : {0x00U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xd800U, 0xdfffU, 0xffffU, 0x10000U, 0x10ffffU}) {
    text::append(utf8, static_cast<char32_t>(c));
  }
  const auto decoded = text::decode(utf8);
  CHECK(decoded.size() == 10);
  CHECK(decoded[5] == 0xd800);
  CHECK(text::encode(decoded) == utf8);
}

TEST_CASE("bytes that belong to no sequence are replaced one by one") {
  CHECK(text::decode("a\xff\xc3") == std::u32string(U"a\ufffd\ufffd"));
  CHECK(text::decode("\xc0\x80") == std::u32string(U"\ufffd\ufffd"));
  CHECK(text::decode("\xf4\x90\x80\x80").size() == 4);
  CHECK(text::decode("\xe2\x82") == std::u32string(U"\ufffd\ufffd"));
}

TEST_CASE("a byte offset counts the characters that begin before it") {
  const std::u32string_view s = U"a\u00e9\u4e2d\U0001f600z";
  CHECK(text::byte_to_character_offset(s, 0) == 0);
  CHECK(text::byte_to_character_offset(s, 1) == 1);
  CHECK(text::byte_to_character_offset(s, 2) == 2);   // inside the second character: replaced by one
  CHECK(text::byte_to_character_offset(s, 3) == 2);
  CHECK(text::byte_to_character_offset(s, 10) == 4);
  CHECK(text::byte_to_character_offset(s, 11) == 5);
  CHECK(text::byte_to_character_offset(s, 1000) == 5);
  CHECK(text::byte_to_character_offset(s, -1) == 4);
  CHECK(text::byte_to_character_offset(s, -1000) == 0);
}

TEST_CASE("lines end where str.splitlines ends them") {
  const auto lines = text::splitlines(U"a\r\nb\rc\x0b" U"d\x1c\u2028e");
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] == U"a");
  CHECK(lines[4].empty());
  CHECK(lines[5] == U"e");
  CHECK(text::splitlines(U"").empty());
  CHECK(text::splitlines(U"\n").size() == 1);
  CHECK(text::splitlines(U"a\n", true).front() == U"a\n");
}

TEST_CASE("every line is indented, whatever ends it") {
  std::string to;
  text::indent_every_line(to, "a\nb\xe2\x80\xa8" "c\r\n\xc2\x85" "d\x1e", "| ");
  CHECK(to == "| a\n| b\xe2\x80\xa8| c\r\n| \xc2\x85| d\x1e");
}

TEST_CASE("dedent removes the common margin, and empties blank lines by the version's idea of blank") {
  CHECK(text::dedent(U"  a\n    b\n\n   \n", text::Dedent::any_space) == U"a\n  b\n\n\n");
  CHECK(text::dedent(U"\ta\n  b\n", text::Dedent::space_and_tab) == U"\ta\n  b\n");
  CHECK(text::dedent(U"  a\n\f\n", text::Dedent::any_space) == U"a\n\n");
  CHECK(text::dedent(U"  a\n\f\n", text::Dedent::space_and_tab) == U"  a\n\f\n");
}

TEST_CASE("strip takes Python's white space") {
  CHECK(text::strip(U"\u3000\x1f a \u2029\x85") == U"a");
  CHECK(text::strip(U"\u200b") == U"\u200b");
  CHECK(text::rstrip(U"a \n\n", U"\n") == U"a ");
  CHECK(text::lstrip(U" \n\fa ", U" \n\f") == U"a ");
  CHECK(text::strip(U" \t ").empty());
}

TEST_CASE("each database answers for its own version") {
  using text::Database;
  CHECK(text::database_for(15, 1) == Database::u15_1);
  CHECK(text::database_for(15, 9) == Database::u15_1);
  CHECK(text::database_for(99, 0) == Database::u17_0);
  CHECK(text::database_for(1, 0) == Database::u9_0);
  CHECK(text::is_wide(U'\u4e2d', Database::u12_1));
  CHECK_FALSE(text::is_wide(U'e', Database::u17_0));
  // U+1FA77 PINK HEART: assigned in Unicode 15.0
  CHECK_FALSE(text::is_printable(U'\U0001fa77', Database::u14_0));
  CHECK(text::is_printable(U'\U0001fa77', Database::u15_0));
  CHECK(text::is_combining(U'\u0301', Database::u17_0));
  CHECK(text::is_format(U'\u200d', Database::u17_0));
  CHECK(text::is_identifier_start(U'\u00e9', Database::u12_1));
  CHECK_FALSE(text::is_identifier_start(U'\u0301', Database::u12_1));
  CHECK(text::is_identifier_continue(U'\u0301', Database::u12_1));
  CHECK(text::may_normalize(U'\ufb01', Database::u17_0));
  CHECK_FALSE(text::may_normalize(U'\u4e2d', Database::u17_0));
}

TEST_CASE("lower case, where it is one character") {
  const auto database = text::Database::u15_0;
  CHECK(text::lower(U'A', database) == U'a');
  CHECK(text::lower(U'\u00c9', database) == U'\u00e9');
  CHECK(text::lower(U'\u0100', database) == U'\u0101');
  CHECK(text::lower(U'\u0101', database) == U'\u0101');
  CHECK(text::lower(U'\u0130', database) == U'\u0130');  // 'i' and a dot: two
  CHECK(text::lower(U'\u1e9e', database) == U'\u00df');
  CHECK(text::lower(U'\u4e2d', database) == U'\u4e2d');
}
