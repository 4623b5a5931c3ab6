#include <doctest/doctest.h>

#include <algorithm>

#include "cpython/layout/layout.hpp"

using namespace pyexc;
using namespace pyexc::layout;

namespace {

constexpr Version release(std::uint32_t minor, std::uint32_t micro) {
  return {0x03000000U | minor << 16 | micro << 8 | 0xf0U};
}

}  // namespace

TEST_CASE("a version is written as Python writes it") {
  CHECK(Version{0x030d00f0}.text() == "3.13.0");
  CHECK(Version{0x030f00b4}.text() == "3.15.0b4");
  CHECK(Version{0x030c00c1}.text() == "3.12.0rc1");
  CHECK(Version{0x030e00a7}.text() == "3.14.0a7");
  CHECK(Version{0x030812f0}.text() == "3.8.18");
  CHECK(Version{0x030d00f0}.is_release());
  CHECK_FALSE(Version{0x030d00c3}.is_release());
}

TEST_CASE("every minor from 3.8 has a table that passes its own checks") {
  const auto minors = table_minors();
  REQUIRE(std::is_sorted(minors.begin(), minors.end()));
  CHECK(minors.front() == 8);
  for (int minor = 8; minor <= 15; ++minor) {
    CAPTURE(minor);
    CHECK(std::find(minors.begin(), minors.end(), minor) != minors.end());
    const auto layout = table_layout(release(static_cast<std::uint32_t>(minor), 3), false, false);
    REQUIRE(layout);
    CHECK(layout->source == Source::table);
    CHECK(layout->version.minor() == minor);
  }
}

TEST_CASE("a table says whether it was read from this very release") {
  CHECK(table_layout(release(11, 7), false, false)->verified);
  CHECK(table_layout(release(11, 2), false, false)->verified);
  CHECK_FALSE(table_layout(release(11, 4), false, false)->verified);
  CHECK(table_layout(release(13, 18), false, true)->verified);
  // No debug build of 3.12 was at hand: the release table, without what Py_DEBUG moves.
  const auto debug = table_layout(release(12, 1), false, true);
  REQUIRE(debug);
  CHECK_FALSE(debug->verified);
  CHECK_FALSE(debug->interp.threads_main.has());
  CHECK(table_layout(release(12, 1), false, false)->interp.threads_main.has());
  CHECK_FALSE(table_layout(release(12, 7), false, false)->interp.threads_main.has());
  // Read from headers only, so far.
  CHECK_FALSE(table_layout(release(13, 18), true, false)->verified);
}

TEST_CASE("releases between two tables get the nearest one") {
  const auto size = [](std::uint32_t micro) {
    return *table_layout(release(13, micro), false, false)->tstate.size;
  };
  CHECK(size(0) == 304);  // 3.13.18 added datastack_cached_chunk
  CHECK(size(7) == 304);
  CHECK(size(18) == 312);
  CHECK(size(40) == 312);
}

TEST_CASE("what is not known is refused with a reason") {
  const auto refused = [](Version version, bool free_threaded) {
    const auto layout = table_layout(version, free_threaded, false);
    REQUIRE_FALSE(layout);
    CHECK(layout.error().code == Errc::unsupported);
    return layout.error().what;
  };
  CHECK(refused(release(7, 16), false) ==
        "Python 3.7.16 is not known to this build, which reads 3.8 to 3.15");
  CHECK(refused(release(16, 0), false) ==
        "Python 3.16.0 is not known to this build, which reads 3.8 to 3.15");
  CHECK(refused({0x020712f0}, false) ==
        "Python 2.7.18 is not known to this build, which reads 3.8 to 3.15");
  CHECK(refused({0x030f00b4}, false) ==
        "Python 3.15.0b4 is a pre-release; only final releases are known");
  CHECK(refused(release(12, 1), true) == "Python 3.12.1 has no table for a free-threaded build");
  CHECK(refused({0}, false).starts_with("Python 0.0.0"));
}

TEST_CASE("traits and offsets belong together") {
  for (const int minor : table_minors()) {
    CAPTURE(minor);
    const auto found = table_layout(release(static_cast<std::uint32_t>(minor), 0), false, false);
    REQUIRE(found);
    const Layout& l = *found;
    CHECK((l.traits.frame_entry == FrameEntry::frame_object) == l.tstate.frame.has());
    CHECK((l.traits.frame_entry == FrameEntry::cframe) == l.cframe.current_frame.has());
    CHECK((l.traits.frame_entry == FrameEntry::current_frame) == l.tstate.current_frame.has());
    CHECK((l.traits.exception_state == ExceptionState::item_triple) ==
          l.exc_item.exc_traceback.has());
    CHECK((l.traits.int_encoding == IntEncoding::lv_tag) == l.long_.lv_tag.has());
    CHECK((l.traits.dict_keys == DictKeys::log2) == l.dict_keys.dk_log2_size.has());
    CHECK((l.traits.split_values == SplitValues::struct_313) == l.dict_values.valid.has());
    CHECK(l.traits.tagged_references == l.iframe.stackpointer.has());
    const bool own_instructions = l.traits.last_instruction == LastInstruction::f_lasti_bytes ||
                                  l.traits.last_instruction == LastInstruction::f_lasti_units;
    CHECK(own_instructions == l.frame_object.f_lasti.has());
    CHECK_FALSE(l.traits.unicode_version.empty());
  }
}

TEST_CASE("objects of a free-threaded build begin 16 bytes later") {
  for (const std::uint32_t minor : {13U, 14U, 15U}) {
    const std::uint32_t micro = minor == 13 ? 18 : minor == 14 ? 10 : 2;
    const auto with_gil = table_layout(release(minor, micro), false, false);
    const auto without = table_layout(release(minor, micro), true, false);
    REQUIRE(with_gil);
    REQUIRE(without);
    CHECK(*without->object.ob_type == *with_gil->object.ob_type + 16);
    CHECK(*without->base_exception.traceback == *with_gil->base_exception.traceback + 16);
    CHECK(*without->tstate.exc_info == *with_gil->tstate.exc_info);
    CHECK(without->traits.managed_dict_before == 8);
  }
}

TEST_CASE("validate refuses offsets that cannot be") {
  const Layout good = *table_layout(release(12, 1), false, false);
  REQUIRE(validate(good));
  const auto refused = [&](auto change) {
    Layout bad = good;
    change(bad);
    const auto result = validate(bad);
    return !result && result.error().code == Errc::unsupported;
  };
  CHECK(refused([](Layout& l) { l.tstate.exc_info = Offset(); }));
  CHECK(refused([](Layout& l) { l.tstate.exc_info = Offset(106); }));
  CHECK(refused([](Layout& l) { l.tstate.exc_info = l.tstate.size; }));
  CHECK(refused([](Layout& l) { l.tstate.exc_info = l.tstate.interp; }));
  CHECK(refused([](Layout& l) { l.code.co_firstlineno = Offset(*l.code.co_flags + 2); }));
  CHECK(refused([](Layout& l) { l.code.size = Offset(1U << 20); }));
  CHECK(refused([](Layout& l) { l.code.size = Offset(0); }));
  CHECK(refused([](Layout& l) { l.interp.sysdict = Offset(0xfffffff8); }));
}
