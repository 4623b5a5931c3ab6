#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <vector>

#include "cpython/layout/debug_offsets.hpp"

using namespace pyexc;
using namespace pyexc::layout;

namespace {

struct Known {
  Version version;
  std::size_t size;
};
// sizeof(struct _Py_DebugOffsets) in these releases.
constexpr Known known[] = {{{0x030d12f0}, 584}, {{0x030e0af0}, 760}, {{0x030f02f0}, 888}};

// A table as the target would have it, made from the known layout. The order is that of CPython's
// structure; `names` are our fields, "-" a word this tool does not use.
class Table {
 public:
  explicit Table(Version version, bool free_threaded = false) : bytes_(debug_offsets_max_size) {
    const auto layout = table_layout(version, free_threaded, false);
    REQUIRE(layout);
    layout_ = *layout;
    std::memcpy(bytes_.data(), "xdebugpy", 8);
    set(1, version.hex);
    set(2, free_threaded ? 1 : 0);
    fill();
  }
  void set(std::size_t index, std::uint64_t value) {
    std::memcpy(bytes_.data() + index * 8, &value, 8);
  }
  [[nodiscard]] std::uint64_t get(std::size_t index) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + index * 8, 8);
    return value;
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::vector<std::byte>& raw() { return bytes_; }
  [[nodiscard]] std::size_t used() const { return next_ * 8; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  /// Index of the word that holds this field.
  [[nodiscard]] std::size_t index_of(const Offset& field) const {
    for (const auto& [where, index] : places_)
      if (where == &field) return index;
    return 0;
  }

 private:
  void add(const Offset& field) {
    places_.emplace_back(&field, next_);
    set(next_++, field.has() ? *field : 0);
  }
  void other(std::size_t count = 1) { next_ += count; }
  void fill();

  std::vector<std::byte> bytes_;
  Layout layout_;
  std::size_t next_ = 3;
  std::vector<std::pair<const Offset*, std::size_t>> places_;
};

void Table::fill() {
  const Layout& l = layout_;
  const int minor = l.version.minor();
  const bool has_14 = minor >= 14, has_15 = minor >= 15;
  add(l.runtime.size), add(l.runtime.finalizing), add(l.runtime.interpreters_head);
  add(l.interp.size), add(l.interp.id), add(l.interp.next), add(l.interp.threads_head);
  if (has_14) add(l.interp.threads_main);
  set(next_++, *l.interp.gc_collecting - 100);
  add(l.interp.imports_modules), add(l.interp.sysdict), add(l.interp.builtins),
      add(l.interp.ceval_gil);
  add(l.interp.gil), other(3);
  if (has_14) other(2);
  add(l.tstate.size), add(l.tstate.prev), add(l.tstate.next), add(l.tstate.interp),
      add(l.tstate.current_frame);
  if (has_15) add(l.tstate.base_frame), other(2);
  add(l.tstate.thread_id), add(l.tstate.native_thread_id), add(l.tstate.datastack_chunk), other();
  if (has_15)
    other(2), add(l.tstate.current_exception), add(l.tstate.exc_state), add(l.exc_item.exc_value);
  add(l.iframe.size), add(l.iframe.previous), add(l.iframe.f_executable), add(l.iframe.instr_ptr);
  add(l.iframe.localsplus), add(l.iframe.owner);
  if (has_14) add(l.iframe.stackpointer), add(l.iframe.tlbc_index);
  add(l.code.size), add(l.code.co_filename), add(l.code.co_name), add(l.code.co_qualname),
      add(l.code.co_linetable);
  add(l.code.co_firstlineno), add(l.code.co_argcount), add(l.code.co_localsplusnames);
  add(l.code.co_localspluskinds), add(l.code.co_code_adaptive);
  if (has_14) add(l.code.co_tlbc);
  add(l.object.size), add(l.object.ob_type);
  add(l.type.size), add(l.type.tp_name), add(l.type.tp_repr), add(l.type.tp_flags);
  if (has_15)
    add(l.type.tp_basicsize), add(l.type.tp_dictoffset), add(l.heap_type.size),
        add(l.heap_type.ht_cached_keys);
  add(l.tuple.size), add(l.tuple.ob_item), add(l.tuple.ob_size);
  add(l.list.size), add(l.list.ob_item), add(l.list.ob_size);
  if (has_14) add(l.set.size), add(l.set.used), add(l.set.table), add(l.set.mask);
  add(l.dict.size), add(l.dict.ma_keys), add(l.dict.ma_values);
  add(l.float_.size), add(l.float_.ob_fval);
  add(l.long_.size), add(l.long_.lv_tag), add(l.long_.ob_digit);
  add(l.bytes.size), add(l.bytes.ob_size), add(l.bytes.ob_sval);
  add(l.unicode_object.size), add(l.unicode.state), add(l.unicode.length), add(l.unicode.size);
  if (has_15) add(l.compact_unicode.size);
  other(), set(next_++, 100);
  if (has_15) other(3);
  if (has_14) add(l.gen.size), other(), add(l.gen.gi_iframe), add(l.gen.gi_frame_state), other(8);
}

Errc refusal(const Table& table) {
  const auto layout = layout_from_debug_offsets(table.bytes(), false);
  return layout ? Errc::internal : layout.error().code;
}

}  // namespace

TEST_CASE("the tables have the size that CPython's structure has") {
  for (const auto& [version, size] : known) CHECK(debug_offsets_size(version.minor()) == size);
  CHECK(debug_offsets_size(12) == 0);
  CHECK(debug_offsets_size(16) == 0);
  CHECK(debug_offsets_size(-1) == 0);
}

TEST_CASE("a table that says what we know gives the known layout") {
  for (const auto& [version, size] : known)
    for (const bool free_threaded : {false, true}) {
      CAPTURE(version.text());
      const Table table(version, free_threaded);
      REQUIRE(table.used() == size);
      const auto layout = layout_from_debug_offsets(table.bytes(), false);
      REQUIRE_MESSAGE(layout, layout.error().message());
      CHECK(layout->source == Source::debug_offsets);
      CHECK(layout->verified == !free_threaded);
      CHECK(layout->free_threaded == free_threaded);
#define STRUCT(ours, theirs) \
  {                          \
    const auto &a = layout->ours, &b = table.layout().ours;
#define FIELD(member, kind) CHECK_MESSAGE(a.member == b.member, #member);
#define END_STRUCT() }
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
    }
}

TEST_CASE("only the cookie makes a table") {
  Table table(known[0].version);
  table.raw()[3] = std::byte{'X'};
  CHECK_FALSE(debug_offsets_header(table.bytes()));
  CHECK(refusal(table) == Errc::unsupported);
  CHECK_FALSE(debug_offsets_header(table.bytes().first(20)));
}

TEST_CASE("an unknown version, kind or length is refused") {
  const auto with = [](std::size_t index, std::uint64_t value) {
    Table table(known[1].version);
    table.set(index, value);
    return refusal(table);
  };
  CHECK(with(1, 0x030f00b4) == Errc::unsupported);   // pre-release
  CHECK(with(1, 0x031000f0) == Errc::unsupported);   // 3.16
  CHECK(with(1, 0x030c00f0) == Errc::unsupported);   // 3.12 has no such table
  CHECK(with(1, 0x1030e0af0) == Errc::unsupported);  // more than 32 bits
  CHECK(with(1, ~0ULL) == Errc::unsupported);
  CHECK(with(2, 2) == Errc::unsupported);
  CHECK(with(2, 1) == Errc::unsupported);  // free-threaded, but with the other build's offsets
  const Table table(known[1].version);
  const auto cut = layout_from_debug_offsets(table.bytes().first(700), false);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Errc::short_read);
}

TEST_CASE("a later release may move what its table names") {
  Table table({0x030d1ef0});  // 3.13.30: never seen
  const Layout& l = table.layout();
  table.set(table.index_of(l.interp.sysdict), *l.interp.sysdict + 64);
  table.set(table.index_of(l.interp.builtins), *l.interp.builtins + 64);
  table.set(table.index_of(l.interp.size), *l.interp.size + 64);
  const auto layout = layout_from_debug_offsets(table.bytes(), false);
  REQUIRE_MESSAGE(layout, layout.error().message());
  CHECK(*layout->interp.sysdict == *l.interp.sysdict + 64);
  CHECK_FALSE(layout->verified);
  CHECK_FALSE(layout->interp.finalizing.has());  // it may have moved too, and nothing says where
  CHECK(layout->tstate.exc_info == l.tstate.exc_info);
}

TEST_CASE("a thread state that has moved is refused where the table does not name its exception") {
  Table old(known[0].version);
  old.set(old.index_of(old.layout().tstate.thread_id), *old.layout().tstate.thread_id + 8);
  old.set(old.index_of(old.layout().tstate.native_thread_id),
          *old.layout().tstate.native_thread_id + 8);
  CHECK(refusal(old) == Errc::unsupported);
  // 3.15 names current_exception, and exc_info is its neighbour in every release.
  Table named(known[2].version);
  const auto& tstate = named.layout().tstate;
  for (const Offset* field :
       {&tstate.current_exception, &tstate.thread_id, &tstate.native_thread_id,
        &tstate.datastack_chunk, &tstate.exc_state, &tstate.size})
    named.set(named.index_of(*field), **field + 16);
  const auto layout = layout_from_debug_offsets(named.bytes(), false);
  REQUIRE_MESSAGE(layout, layout.error().message());
  CHECK(*layout->tstate.exc_info == *tstate.exc_info + 16);
}

TEST_CASE("numbers that cannot be are refused") {
  for (const std::uint64_t bad :
       {~0ULL, 1ULL << 32, 1ULL << 31, 0xfffffff8ULL, (16ULL << 20) + 8}) {
    for (const auto& [version, size] : known) {
      Table probe(version);
      for (const Offset* field :
           {&probe.layout().runtime.interpreters_head, &probe.layout().interp.sysdict,
            &probe.layout().tstate.current_frame, &probe.layout().code.co_filename,
            &probe.layout().type.tp_flags, &probe.layout().unicode.length}) {
        Table table(version);
        table.set(probe.index_of(*field), bad);
        CHECK(refusal(table) == Errc::unsupported);
      }
    }
  }
  const auto with = [](auto pick, std::uint64_t value) {
    Table table(known[2].version);
    table.set(table.index_of(pick(table.layout())), value);
    return refusal(table);
  };
  CHECK(with([](const Layout& l) -> const Offset& { return l.tstate.size; }, 0) ==
        Errc::unsupported);
  CHECK(with([](const Layout& l) -> const Offset& { return l.tstate.size; }, 100) ==
        Errc::unsupported);
  CHECK(with([](const Layout& l) -> const Offset& { return l.interp.next; }, 7257) ==
        Errc::unsupported);
  CHECK(with([](const Layout& l) -> const Offset& { return l.tstate.next; }, 16) ==
        Errc::unsupported);
  CHECK(with([](const Layout& l) -> const Offset& { return l.object.ob_type; }, 0x1000) ==
        Errc::unsupported);
}

TEST_CASE("mutated tables give a layout within bounds or an error") {
  std::mt19937_64 random(20261123);
  constexpr std::uint64_t interesting[] = {
      0,          1,          7,          8,          4095,
      4096,       1ULL << 16, 1ULL << 24, 1ULL << 31, 0xffffffffULL,
      1ULL << 32, 1ULL << 63, ~0ULL,      ~7ULL};
  std::size_t accepted = 0, refused = 0;
  for (int round = 0; round < 60'000; ++round) {
    const auto& [version, size] = known[static_cast<std::size_t>(round) % 3];
    Table table(version, (round / 3) % 5 == 0);
    const int changes = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < changes; ++i) {
      const std::size_t word = 1 + random() % (size / 8 - 1);
      switch (random() % 4) {
        case 0: table.set(word, interesting[random() % std::size(interesting)]); break;
        case 1: table.set(word, table.get(word) ^ (1ULL << (random() % 64))); break;
        case 2: table.set(word, table.get(word) + (random() % 5) * 8 - 16); break;
        default: table.set(word, random()); break;
      }
    }
    const auto layout = layout_from_debug_offsets(
        table.bytes().first(std::min<std::size_t>(1024, random() % 1200)), false);
    if (!layout) {
      ++refused;
      CHECK((layout.error().code == Errc::unsupported || layout.error().code == Errc::short_read));
      continue;
    }
    ++accepted;
    CHECK(validate(*layout));
    CHECK(*layout->tstate.exc_info + 8 <= *layout->tstate.size);
    CHECK(*layout->interp.sysdict + 8 <= *layout->interp.size);
  }
  // Both ways must have been gone.
  CHECK(accepted > 500);
  CHECK(refused > 500);
}
