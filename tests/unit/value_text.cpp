// How Python writes numbers and quotes text: expectations are what CPython prints.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "cpython/value/number_text.hpp"
#include "cpython/value/quote.hpp"

using namespace pyexc;
using namespace pyexc::cpython;

TEST_CASE("floats are written with the fewest digits that read back as the same number") {
  CHECK(float_repr(0.0) == "0.0");
  CHECK(float_repr(-0.0) == "-0.0");
  CHECK(float_repr(1.0) == "1.0");
  CHECK(float_repr(0.1 + 0.2) == "0.30000000000000004");
  CHECK(float_repr(1e15) == "1000000000000000.0");
  CHECK(float_repr(9999999999999998.0) == "9999999999999998.0");
  CHECK(float_repr(1e16) == "1e+16");
  CHECK(float_repr(1.5e300) == "1.5e+300");
  CHECK(float_repr(0.0001) == "0.0001");
  CHECK(float_repr(0.00001) == "1e-05");
  CHECK(float_repr(-2.5e-10) == "-2.5e-10");
  CHECK(float_repr(5e-324) == "5e-324");
  CHECK(float_repr(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(float_repr(HUGE_VAL) == "inf");
  CHECK(float_repr(-HUGE_VAL) == "-inf");
  CHECK(float_repr(std::nan("")) == "nan");
}

TEST_CASE("a complex shows its real part unless that is a positive zero") {
  CHECK(complex_repr(0.0, 2.0) == "2j");
  CHECK(complex_repr(-0.0, 2.0) == "(-0+2j)");
  CHECK(complex_repr(1.0, -2.5) == "(1-2.5j)");
  CHECK(complex_repr(1e20, 1e-7) == "(1e+20+1e-07j)");
  CHECK(complex_repr(std::nan(""), HUGE_VAL) == "(nan+infj)");
  CHECK(complex_repr(0.0, -0.0) == "-0j");
}

TEST_CASE("ints of any size are written in decimal") {
  const auto text = [](std::vector<std::uint32_t> digits, bool negative = false) {
    return decimal(IntValue{negative, std::move(digits)});
  };
  CHECK(text({}) == "0");
  CHECK(text({7}, true) == "-7");
  CHECK(text({0, 1}) == "1073741824");
  CHECK(text({0, 0, 1}) == "1152921504606846976");
  CHECK(text({0x3fffffff, 0x3fffffff, 0x3fffffff}) == "1237940039285380274899124223");
  CHECK(text({0, 0, 0, 0, 1}) == "1329227995784915872903807060280344576");
  for (std::size_t digits = 1; digits < 400; digits += 13) {
    std::vector<std::uint32_t> lowest(digits, 0);
    lowest.back() = 1;
    CHECK(min_decimal_digits(digits) <= text(lowest).size());
  }
}

TEST_CASE("text is quoted with single quotes unless that needs more escapes") {
  constexpr auto newest = text::Database::u17_0;
  const auto quoted = [](std::string_view s) { return quote_str(s, newest, 1000); };
  CHECK(quoted("") == "''");
  CHECK(quoted("it's") == "\"it's\"");
  CHECK(quoted("it's \"x\"") == "'it\\'s \"x\"'");
  CHECK(quoted("a\\\n\r\t") == "'a\\\\\\n\\r\\t'");
  CHECK(quoted(std::string_view("\0\x1f\x7f", 3)) == "'\\x00\\x1f\\x7f'");
  CHECK(quoted("\xc3\xa9\xc2\xad\xc2\xa0") == "'\xc3\xa9\\xad\\xa0'");
  CHECK(quoted("\xed\xb2\x80") == "'\\udc80'");
  CHECK(quoted("\xf4\x8f\xbf\xbf") == "'\\U0010ffff'");
  CHECK(quote_str("\xf0\x9f\xab\xa8", text::Database::u15_0, 100) == "'\xf0\x9f\xab\xa8'");
  CHECK(quote_str("\xf0\x9f\xab\xa8", text::Database::u14_0, 100) == "'\\U0001fae8'");
  CHECK(quote_bytes("it's\xff", 100) == "\"it's\\xff\"");
  CHECK(quote_bytes("it's", 100, SingleQuotes::escaped) == "\"it\\'s\"");
  CHECK(quote_str(std::string(1000, 'x'), newest, 10).size() < 20);
  CHECK(quote_bytes(std::string(1000, '\xff'), 10).size() < 20);
}
