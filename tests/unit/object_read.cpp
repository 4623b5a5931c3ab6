// The readers of objects, on every layout that has a table.

#include <doctest/doctest.h>

#include "heap_builder.hpp"

using namespace pyexc;
using namespace pyexc::cpython;
using namespace pyexc::test;

namespace {

template <class Body>
void on_every_layout(Body body) {
  const auto layouts = all_layouts();
  REQUIRE(layouts.size() >= 8);
  for (const auto& layout : layouts) {
    CAPTURE(layout.version.text());
    CAPTURE(layout.free_threaded);
    HeapBuilder builder(layout);
    body(builder);
  }
}

}  // namespace

TEST_CASE("a str is read whatever its width") {
  on_every_layout([](HeapBuilder& b) {
    for (const std::u32string_view text :
         {U"", U"ascii", U"\u00e9", U"\u65e5\u672c", U"\U0001f40d \U0010ffff", U"\xd800"}) {
      const auto object = b.str(text);
      const auto value = Reading(b)([&](Heap& heap) { return heap.str(object); });
      REQUIRE(value);
      CHECK(value->length == text.size());
      CHECK(value->left_out == 0);
    }
    const auto object = b.str(U"a\u65e5\U0001f40d");
    CHECK(Reading(b)([&](Heap& heap) { return heap.text(object); }).value() ==
          "a\xe6\x97\xa5\xf0\x9f\x90\x8d");
    CHECK(Reading(b)([&](Heap& heap) { return heap.code_point_at(object, 2); }).value() == 0x1f40d);
    CHECK_FALSE(Reading(b)([&](Heap& heap) { return heap.code_point_at(object, 3); }));
    CHECK_FALSE(Reading(b)([&](Heap& heap) { return heap.str(b.none()); }));
  });
}

TEST_CASE("ints keep their sign and their size") {
  on_every_layout([](HeapBuilder& b) {
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 30, INT64_MAX, INT64_MIN}) {
      const auto object = b.integer(number);
      const auto value = Reading(b)([&](Heap& heap) { return heap.integer(object); });
      REQUIRE(value);
      CHECK(value->fits_int64());
      CHECK(value->clamped() == number);
    }
    const auto huge = b.integer({0, 0, 16}, true);
    const auto value = Reading(b)([&](Heap& heap) { return heap.integer(huge); });
    REQUIRE(value);
    CHECK_FALSE(value->fits_int64());
    CHECK(value->clamped() == INT64_MIN);
  });
}

TEST_CASE("a list far too long costs what the limits allow") {
  on_every_layout([](HeapBuilder& b) {
    const auto list = b.list({b.none()});
    b.set(list, b.layout().var_object.ob_size, std::int64_t{10'000'000});
    Limits limits;
    limits.max_items = 4;
    const auto items = Reading(b, limits)([&](Heap& heap) { return heap.list_items(list); });
    REQUIRE(items);
    CHECK(items->items.size() == 4);
    CHECK(items->left_out == 9'999'996);
    b.set(list, b.layout().var_object.ob_size, std::int64_t{-1});
    CHECK_FALSE(Reading(b)([&](Heap& heap) { return heap.list_items(list); }));
  });
}

TEST_CASE("dict items come in the order of insertion, deleted ones left out") {
  on_every_layout([](HeapBuilder& b) {
    const auto x = b.str(U"x"), y = b.str(U"y"), z = b.str(U"z");
    const auto one = b.integer(1), two = b.integer(2);
    for (const bool general : {true, false}) {
      const auto dict = b.dict({{x, one}, {y, RemoteAddr()}, {z, two}}, general);
      const auto items = Reading(b)([&](Heap& heap) { return heap.dict_items(dict); });
      REQUIRE(items);
      REQUIRE(items->entries.size() == 2);
      CHECK(items->entries[0].key == x);
      CHECK(items->entries[1].value == two);
      CHECK(items->left_out == 0);
      CHECK(Reading(b)([&](Heap& heap) { return heap.dict_get(dict, "z"); }).value() == two);
      CHECK(Reading(b)([&](Heap& heap) { return heap.dict_get(dict, "w"); }).value().null());
    }
    if (b.layout().traits.dict_keys != layout::DictKeys::log2) return;
    const auto split = b.split_dict({{x, one}, {y, two}, {z, b.none()}}, {2, 0});
    const auto items = Reading(b)([&](Heap& heap) { return heap.dict_items(split); });
    REQUIRE(items);
    REQUIRE(items->entries.size() == 2);
    CHECK(items->entries[0].key == z);
    CHECK(items->entries[1].key == x);
    const auto broken = b.split_dict({{x, one}}, {7});
    CHECK_FALSE(Reading(b)([&](Heap& heap) { return heap.dict_items(broken); }));
  });
}

TEST_CASE("set items leave out empty and deleted slots") {
  on_every_layout([](HeapBuilder& b) {
    const auto set = b.set_of({b.integer(1), b.integer(2), b.integer(3)});
    const auto items = Reading(b)([&](Heap& heap) { return heap.set_items(set); });
    REQUIRE(items);
    CHECK(items->items.size() == 3);
    CHECK(items->left_out == 0);
  });
}

TEST_CASE("the owner of a slot is the static type it came from") {
  on_every_layout([](HeapBuilder& b) {
    const auto child = b.python_class("Child", U"Child", "ValueError", {});
    const auto own = b.python_class("Own", U"Own", "ValueError", {}, true);
    (void)Reading(b)([&](Heap& heap) {
      const auto* inherits = heap.type_info(child).value();
      CHECK(heap.slot_owner(*inherits, &TypeInfo::tp_str).value()->tp_name == "BaseException");
      const auto* overrides = heap.type_info(own).value();
      CHECK(heap.slot_owner(*overrides, &TypeInfo::tp_str).value() == nullptr);
      return 0;
    });
  });
}
