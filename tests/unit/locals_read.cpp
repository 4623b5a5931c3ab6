// The variables of frames on every layout that has a table, and of frames that are not what they should be.

#include <doctest/doctest.h>

#include "cpython/locals.hpp"
#include "heap_builder.hpp"

using namespace pyexc;
using namespace pyexc::cpython;
using namespace pyexc::test;

namespace {

constexpr std::uint8_t local = 0x20, hidden = 0x30, cell = 0x40, free_variable = 0x80;

struct Slot {
  RemoteAddr name;
  std::uint8_t kind;
  RemoteAddr value;
};

RemoteAddr cell_with(HeapBuilder& b, RemoteAddr value) {
  const RemoteAddr made = b.object("cell", 16);
  b.set(made, b.layout().cell.ob_ref, value.value());
  return made;
}

FrameFacts frame(HeapBuilder& b, const std::vector<Slot>& slots, bool optimized = true) {
  const auto& layout = b.layout();
  FrameFacts facts;
  facts.code = b.object("code", 512);
  b.set(facts.code, layout.code.co_flags, std::int32_t{optimized ? 3 : 0});
  facts.frame_object = b.object("frame", 512 + slots.size() * 8);
  std::vector<RemoteAddr> names;
  RemoteAddr place;
  if (layout.code.co_localsplusnames.has()) {
    std::string kinds;
    for (const Slot& slot : slots) {
      names.push_back(slot.name);
      kinds.push_back(static_cast<char>(slot.kind));
    }
    b.set(facts.code, layout.code.co_localsplusnames, b.tuple(names).value());
    b.set(facts.code, layout.code.co_localspluskinds, b.bytes(kinds).value());
    facts.iframe = b.allocate(512 + slots.size() * 8);
    place = facts.iframe + *layout.iframe.localsplus;
  } else {
    place = facts.frame_object + *layout.frame_object.f_localsplus;
    for (const auto& [field, kind] : {std::pair{layout.code.co_varnames, local}, std::pair{layout.code.co_cellvars, cell},
                                      std::pair{layout.code.co_freevars, free_variable}}) {
      names.clear();
      for (const Slot& slot : slots)
        if (slot.kind == kind) names.push_back(slot.name);
      b.set(facts.code, field, b.tuple(names).value());
    }
  }
  for (const Slot& slot : slots) {
    b.memory().put(place, slot.value.value());
    place = place + 8;
  }
  return facts;
}

std::vector<std::pair<RemoteAddr, RemoteAddr>> listed(HeapBuilder& b, const FrameFacts& facts, bool* exact = nullptr) {
  const auto variables = Reading(b)([&](Heap& heap) { return read_locals(heap, facts); });
  REQUIRE(variables);
  if (exact != nullptr) *exact = variables->exact;
  std::vector<std::pair<RemoteAddr, RemoteAddr>> found;
  for (const Variable& variable : variables->items) found.emplace_back(variable.name, variable.value);
  return found;
}

using Expected = std::vector<std::pair<RemoteAddr, RemoteAddr>>;

template <class Body>
void on_every_layout(Body body) {
  for (const auto& layout : all_layouts()) {
    CAPTURE(layout.version.text());
    CAPTURE(layout.free_threaded);
    HeapBuilder builder(layout);
    body(builder);
  }
}

bool has_snapshots(const HeapBuilder& b) { return !b.layout().frame_object.f_extra_locals.has(); }

}  // namespace

TEST_CASE("bound variables, through cells, in the order of their slots") {
  on_every_layout([](HeapBuilder& b) {
    const RemoteAddr one = b.integer(1), two = b.integer(2), three = b.integer(3);
    const RemoteAddr a = b.str(U"a"), c = b.str(U"c"), f = b.str(U"f"), unbound = b.str(U"unbound"), empty = b.str(U"empty");
    const FrameFacts facts = frame(b, {{a, local, one},
                                       {unbound, local, {}},
                                       {c, cell, cell_with(b, two)},
                                       {empty, cell, cell_with(b, {})},
                                       {f, free_variable, cell_with(b, three)}});
    CHECK(listed(b, facts) == Expected{{a, one}, {c, two}, {f, three}});
  });
}

TEST_CASE("a snapshot is brought up to date, as a dict is") {
  on_every_layout([](HeapBuilder& b) {
    if (!has_snapshots(b)) return;
    const RemoteAddr one = b.integer(1), two = b.integer(2), three = b.integer(3);
    const RemoteAddr a = b.str(U"a"), d = b.str(U"d"), x = b.str(U"x"), n = b.str(U"n");
    FrameFacts facts = frame(b, {{a, local, two}, {d, local, {}}, {n, local, three}});
    // The names of the snapshot are other objects with the same text.
    const RemoteAddr other_a = b.str(U"a"), other_d = b.str(U"d");
    facts.locals = b.dict({{other_d, one}, {x, one}, {other_a, one}});
    CHECK(listed(b, facts) == Expected{{x, one}, {other_a, two}, {n, three}});
    const auto variables = Reading(b)([&](Heap& heap) { return read_locals(heap, facts); });
    CHECK(variables->rewritten == facts.locals);
    facts.locals = b.dict({{a, two}, {x, one}, {n, three}});
    const auto same = Reading(b)([&](Heap& heap) { return read_locals(heap, facts); });
    CHECK(same->rewritten.null());
  });
}

TEST_CASE("free variables of a class body are not in its namespace") {
  on_every_layout([](HeapBuilder& b) {
    const RemoteAddr one = b.integer(1), two = b.integer(2);
    const RemoteAddr a = b.str(U"a"), f = b.str(U"f");
    FrameFacts facts = frame(b, {{f, free_variable, cell_with(b, two)}}, false);
    facts.locals = b.dict({{a, one}});
    CHECK(listed(b, facts) == Expected{{a, one}});
  });
}

TEST_CASE("variables of a comprehension inside a module: with its names in 3.12, alone since") {
  on_every_layout([](HeapBuilder& b) {
    if (!b.layout().code.co_localsplusnames.has()) return;
    const RemoteAddr one = b.integer(1), two = b.integer(2);
    const RemoteAddr a = b.str(U"a"), x = b.str(U"x");
    FrameFacts facts = frame(b, {{x, hidden, two}}, false);
    facts.locals = b.dict({{a, one}});
    CHECK(listed(b, facts) == (has_snapshots(b) ? Expected{{a, one}, {x, two}} : Expected{{x, two}}));
    facts = frame(b, {{x, hidden, {}}}, false);
    facts.locals = b.dict({{a, one}});
    CHECK(listed(b, facts) == Expected{{a, one}});
  });
}

TEST_CASE("a mapping that is no dict is not guessed") {
  on_every_layout([](HeapBuilder& b) {
    FrameFacts facts = frame(b, {}, false);
    facts.locals = b.integer(1);
    bool exact = true;
    CHECK(listed(b, facts, &exact).empty());
    CHECK_FALSE(exact);
  });
}

TEST_CASE("frames that are not what they should be") {
  on_every_layout([](HeapBuilder& b) {
    const RemoteAddr a = b.str(U"a");
    const RemoteAddr itself = b.object("cell", 16);
    b.set(itself, b.layout().cell.ob_ref, itself.value());
    CHECK(listed(b, frame(b, {{a, cell, itself}})) == Expected{{a, itself}});
    FrameFacts facts = frame(b, {{a, local, a}});
    const auto& code = b.layout().code;
    const bool one_tuple = code.co_localsplusnames.has();
    const layout::Offset names = one_tuple ? code.co_localsplusnames : code.co_varnames;
    const RemoteAddr absurd = b.tuple({a});
    b.set(absurd, b.layout().tuple.ob_size, std::int64_t{1} << 60);
    b.set(facts.code, names, absurd.value());
    (void)Reading(b)([&](Heap& heap) { return read_locals(heap, facts); });  // an error or fewer; it ends
    b.set(facts.code, names, std::uint64_t{0x10});
    CHECK_FALSE(Reading(b)([&](Heap& heap) { return read_locals(heap, facts); }));
    facts.code = RemoteAddr(8);
    CHECK_FALSE(Reading(b)([&](Heap& heap) { return read_locals(heap, facts); }));
  });
}
