// decimal.Decimal on every layout that has a table, and with numbers in it that no decimal has.

#include <doctest/doctest.h>

#include <limits>

#include "cpython/value/str.hpp"
#include "heap_builder.hpp"

using namespace pyexc;
using namespace pyexc::cpython;
using namespace pyexc::test;

namespace {

struct Shape {
  std::uint8_t flags = 0;
  std::int64_t exponent = 0, digits = 1, length = 1;
};

RemoteAddr make(HeapBuilder& b, const Shape& shape, const std::vector<std::uint64_t>& words) {
  const auto& f = b.layout().decimal;
  const RemoteAddr at = b.object("decimal.Decimal", 96);
  const RemoteAddr data = b.allocate(words.size() * 8 + 8);
  for (std::size_t i = 0; i < words.size(); ++i) b.memory().put(data + i * 8, words[i]);
  b.set(at, f.dec_flags, shape.flags);
  b.set(at, f.dec_exp, shape.exponent);
  b.set(at, f.dec_digits, shape.digits);
  b.set(at, f.dec_len, shape.length);
  b.set(at, f.dec_data, data.value());
  return at;
}

ValueText text_of(const Shape& shape, const std::vector<std::uint64_t>& words,
                  const layout::Layout& layout, const Limits& limits = {}) {
  HeapBuilder builder(layout);
  const RemoteAddr object = make(builder, shape, words);
  return Reading(builder, limits)([&](Heap& heap) { return str(heap, object); });
}

}  // namespace

TEST_CASE("a decimal is sign, digits and exponent") {
  for (const auto& layout : all_layouts()) {
    CAPTURE(layout.version.text());
    if (!layout.decimal.dec_data.has()) continue;
    CHECK(text_of({0, 0, 1, 1}, {5}, layout).text == "5");
    CHECK(text_of({1, -2, 3, 1}, {150}, layout).text == "-1.50");
    CHECK(text_of({0, 3, 1, 1}, {0}, layout).text == "0E+3");
    CHECK(text_of({0, -6, 1, 1}, {1}, layout).text == "0.000001");
    CHECK(text_of({0, -7, 1, 1}, {1}, layout).text == "1E-7");
    CHECK(text_of({0, 0, 20, 2}, {7, 1}, layout).text == "10000000000000000007");
    CHECK(text_of({3, 0, 0, 0}, {}, layout).text == "-Infinity");
    CHECK(text_of({8, 0, 2, 1}, {12}, layout).text == "sNaN12");
  }
}

TEST_CASE("numbers that no decimal has size nothing") {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  for (const auto& layout : all_layouts()) {
    CAPTURE(layout.version.text());
    if (!layout.decimal.dec_data.has()) continue;
    for (const Shape& shape : {Shape{0, 0, most, most}, Shape{0, most, 1, 1}, Shape{0, least, 1, 1},
                               Shape{0, 0, -1, 1}, Shape{0, 0, 1, -1}, Shape{0, 0, 40, 1},
                               Shape{0, 0, 1, 2}, Shape{4, 0, most, 1}, Shape{0, 0, 0, 0}}) {
      CAPTURE(shape.digits);
      CAPTURE(shape.length);
      const ValueText value = text_of(shape, {5}, layout);
      CHECK_FALSE(value.exact);
      CHECK(value.text.size() < 100);
    }
    // More digits in a word than it has room for, or fewer than there should be.
    CHECK_FALSE(text_of({0, 0, 1, 1}, {55}, layout).exact);
    CHECK_FALSE(text_of({0, 0, 20, 2}, {~std::uint64_t{0}, 1}, layout).exact);
    // A long one that is not there at all.
    CHECK_FALSE(text_of({0, 0, 19'000'000, 1'000'000}, {1}, layout).exact);
  }
}

TEST_CASE("a long decimal is cut where it is told to be") {
  Limits limits;
  limits.max_string = 10;
  for (const auto& layout : all_layouts()) {
    if (!layout.decimal.dec_data.has()) continue;
    const ValueText value = text_of({0, 0, 20, 2}, {7, 1}, layout, limits);
    CHECK(value.text == "1000000000...<10 more>");
    CHECK_FALSE(value.exact);
  }
}
