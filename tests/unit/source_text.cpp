// Lines, cookies and UTF-8 at their edges. That they agree with Python is shown by tests/live/test_source_lines.py.

#include <doctest/doctest.h>

#include <string>

#include "source/codec.hpp"
#include "source/encoding.hpp"
#include "source/lines.hpp"
#include "source/utf8.hpp"
#include "text/codepoints.hpp"

using namespace pyexc;

namespace {

Lines file(PyTextView text, const WantedLines& wanted, bool lone_line = true) {
  Lines out;
  file_lines(text, wanted, lone_line, {1'000, nullptr}, out);
  return out;
}

Lines split(PyTextView text, const WantedLines& wanted) {
  Lines out;
  split_lines(text, wanted, {1'000, nullptr}, out);
  return out;
}

using State = DecodedSource::State;

DecodedSource decoded(std::string bytes, bool head_checked = false) {
  SourceRules rules;
  rules.head_checked_in_its_encoding = head_checked;
  return decode_source(std::move(bytes), rules);
}

}  // namespace

TEST_CASE("a file is cut at newlines of every kind and nowhere else") {
  CHECK(file("a\r\nb\rc\nd", {1, 2, 3, 4, 5}) == Lines{{1, "a\n"}, {2, "b\n"}, {3, "c\n"}, {4, "d\n"}});
  CHECK(file("a\r\r\n\n\rb", {1, 2, 3, 4, 5}) ==
        Lines{{1, "a\n"}, {2, "\n"}, {3, "\n"}, {4, "\n"}, {5, "b\n"}});
  CHECK(file("a\n", {1, 2}) == Lines{{1, "a\n"}});
  CHECK(file("a\r", {1, 2}) == Lines{{1, "a\n"}});
  CHECK(file("a\x0c\x0b\x1c\xc2\x85z", {1, 2}) == Lines{{1, "a\x0c\x0b\x1c\xc2\x85z\n"}});
  CHECK(file("a\nb\rc", {2}) == Lines{{2, "b\n"}});
  CHECK(file("", {1}) == Lines{{1, "\n"}});
  CHECK(file("", {1}, false).empty());
  CHECK(file("a\nb\n", {}).empty());
}

TEST_CASE("a loader's text is cut as str.splitlines() does") {
  CHECK(split("a\x0c\x62\xc2\x85z\xe2\x80\xa8y\xe2\x80\xaax\r\nw", {1, 2, 3, 4, 5, 6}) ==
        Lines{{1, "a\n"}, {2, "b\n"}, {3, "z\n"}, {4, "y\xe2\x80\xaax\n"}, {5, "w\n"}});
  CHECK(split("a\xe2\x80", {1, 2}) == Lines{{1, "a\xe2\x80\n"}});
  CHECK(split("\n\n", {1, 2, 3}) == Lines{{1, "\n"}, {2, "\n"}});
  CHECK(split("", {1}).empty());
}

TEST_CASE("a line beyond the limit is left out, and that is told") {
  bool left_out = false;
  Lines out;
  file_lines("short\nmuch longer\nend", {1, 2, 3}, true, {5, &left_out}, out);
  CHECK(out == Lines{{1, "short\n"}, {3, "end\n"}});
  CHECK(left_out);
}

TEST_CASE("UTF-8 is strict wherever the sequence lies") {
  for (std::size_t before = 0; before < 70; ++before) {
    const std::string ascii(before, 'a');
    CHECK(valid_utf8(ascii + "\xc3\xa9" + ascii));
    CHECK(valid_utf8(ascii + "\xf4\x8f\xbf\xbf"));
    for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x92",
                            "\xc3\x41", "\xe2\x82\x41"}) {
      CHECK_FALSE(valid_utf8(ascii + bad));
      CHECK_FALSE(valid_utf8(ascii + bad + ascii));
    }
  }
}

TEST_CASE("appended code points are valid UTF-8 and come back") {
  for (const char32_t c : {U'\0', U'\x7f', U'\x80', U'\u07ff', U'\u0800', U'\ud7ff', U'\ue000', U'\uffff',
                           U'\U00010000', U'\U0010ffff'}) {
    std::string text;
    text::append(text, c);
    CHECK(valid_utf8(text));
    std::string utf32;
    for (const unsigned shift : {0U, 8U, 16U, 24U}) utf32.push_back(static_cast<char>(c >> shift));
    PyText back;
    CHECK(decode(find_codec("utf-32-le", SourceRules{}), utf32, back));
    CHECK(back == text);
  }
}

TEST_CASE("the cookie of a file") {
  CHECK(decoded("x = 1\n").text == "x = 1\n");
  CHECK(decoded("# coding: latin-1\n\xe9").text == "# coding: latin-1\n\xc3\xa9");
  CHECK(decoded("\n# vim: fileencoding=cp1252\n\x80").text == "\n# vim: fileencoding=cp1252\n\xe2\x82\xac");
  CHECK(decoded("x = 1\n# coding: latin-1\n\xe9").state == State::invalid);
  CHECK(decoded("# coding: nosuch\n").state == State::unsupported);
  CHECK(decoded("# coding: rot13\n").state == State::invalid);
  CHECK(decoded("\xef\xbb\xbfx").text == "x");
  CHECK(decoded("\xef\xbb\xbf# coding: latin-1\n").state == State::invalid);
  CHECK(decoded("\xef\xbb\xbf# coding: utf8\n").state == State::invalid);
  CHECK(decoded("\xef\xbb\xbf# coding: utf-8\n").state == State::text);
  // The head in the encoding it declares, or always as UTF-8.
  CHECK(decoded("# \xe9\n# coding: latin-1\n").state == State::invalid);
  CHECK(decoded("# \xe9\n# coding: latin-1\n", true).state == State::text);
  CHECK(decoded(std::string("a\0b\n", 4)).state == State::text);
  CHECK(decoded(std::string("a\0b\n", 4), true).state == State::invalid);
}

TEST_CASE("codec names in whatever spelling") {
  const SourceRules rules;
  SourceRules old;
  old.new_codec_names = false;
  CHECK(find_codec("Latin_1", rules).kind == Codec::Kind::table);
  CHECK(find_codec("--ISO--8859--1--", rules).table == find_codec("latin-1", rules).table);
  CHECK(find_codec("U8", rules).kind == Codec::Kind::utf_8);
  CHECK(find_codec("korean", old).kind == Codec::Kind::euc_kr);
  CHECK(find_codec("korean", rules).kind == Codec::Kind::table);
  CHECK(find_codec("utf8-sig", old).kind == Codec::Kind::unsupported);
  CHECK(find_codec("utf8-sig", rules).kind == Codec::Kind::utf_8);
  CHECK(find_codec("", rules).kind == Codec::Kind::unsupported);
  CHECK(find_codec("a.b", rules).kind == Codec::Kind::unsupported);
}
