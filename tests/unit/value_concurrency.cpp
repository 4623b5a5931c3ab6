// Locks, files and futures on every layout that has a table, and with memory that is not what it should be.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "cpython/value/deque.hpp"
#include "cpython/value/printer.hpp"
#include "heap_builder.hpp"

using namespace pyexc;
using namespace pyexc::cpython;
using namespace pyexc::test;

namespace {

template <class Body>
void on_every_layout(Body body) {
  for (const auto& layout : all_layouts()) {
    CAPTURE(layout.version.text());
    CAPTURE(layout.free_threaded);
    HeapBuilder builder(layout);
    for (const std::string_view name : {"_thread.lock", "_thread.RLock", "_io.FileIO", "_io.BufferedReader",
                                        "_io.TextIOWrapper", "_asyncio.Future", "collections.deque", "getset_descriptor"})
      builder.add_type({name, "object"});
    body(builder);
  }
}

ValueText repr_of(HeapBuilder& b, RemoteAddr object) {
  return Reading(b, Limits{})([&](Heap& heap) { return repr(heap, object); });
}

std::string hex(RemoteAddr at) { return fmt::format("{:#x}", at.value()); }

/// A deque of `size` items as it says, in blocks that are given.
RemoteAddr deque(HeapBuilder& b, std::int64_t size, std::int64_t left, RemoteAddr block) {
  const RemoteAddr at = b.object("collections.deque", 256);
  b.set(at, b.layout().var_object.ob_size, size);
  b.set(at, b.layout().deque.leftblock, block.value());
  b.set(at, b.layout().deque.leftindex, left);
  return at;
}

std::optional<Items> deque_of(HeapBuilder& b, RemoteAddr object, std::size_t max) {
  return Reading(b, Limits{})([&](Heap& heap) -> std::optional<Items> {
    if (!is_deque(heap, object)) return std::nullopt;
    auto items = items_of_deque(heap, object, max);
    return items ? std::optional(*std::move(items)) : std::nullopt;
  });
}

}  // namespace

TEST_CASE("locks") {
  on_every_layout([](HeapBuilder& b) {
    const auto& f = b.layout().lock;
    const RemoteAddr lock = b.object("_thread.lock", 64);
    CHECK(repr_of(b, lock).text == "<unlocked _thread.lock object at " + hex(lock) + ">");
    b.set(lock, f.locked.has() ? f.locked : f.lock, std::uint8_t{1});
    CHECK(repr_of(b, lock).text == "<locked _thread.lock object at " + hex(lock) + ">");
    // A waiter only: the bit _Py_HAS_PARKED.
    if (!f.locked.has()) {
      b.set(lock, f.lock, std::uint8_t{2});
      CHECK(repr_of(b, lock).text == "<unlocked _thread.lock object at " + hex(lock) + ">");
    }
  });
}

TEST_CASE("an RLock whose mutex is free has no count") {
  on_every_layout([](HeapBuilder& b) {
    const auto& f = b.layout().rlock;
    const RemoteAddr lock = b.object("_thread.RLock", 64);
    b.set(lock, f.rlock_owner, std::int64_t{77});
    b.set(lock, f.rlock_count, std::uint64_t{2});
    const bool mutex = f.lock.has();
    CHECK(repr_of(b, lock).text == (mutex ? "<unlocked _thread.RLock object owner=77 count=0 at "
                                          : "<locked _thread.RLock object owner=77 count=2 at ") +
                                       hex(lock) + ">");
    if (!mutex) return;
    b.set(lock, f.lock, std::uint8_t{1});
    CHECK(repr_of(b, lock).text == "<locked _thread.RLock object owner=77 count=3 at " + hex(lock) + ">");
  });
}

TEST_CASE("a deque that never ends, begins nowhere or says an absurd size") {
  on_every_layout([](HeapBuilder& b) {
    const auto& f = b.layout().deque_block;
    const RemoteAddr block = b.allocate(*f.size);
    b.set(block, f.rightlink, block.value());  // to itself
    for (std::uint64_t at = *f.data; at < *f.rightlink; at += 8) b.memory().put(block + at, b.none().value());
    const auto items = deque_of(b, deque(b, std::int64_t{1} << 60, 3, block), 1000);
    REQUIRE(items.has_value());
    CHECK(items->items.size() == 1000);
    CHECK(items->left_out == (std::size_t{1} << 60) - 1000);
    CHECK(!deque_of(b, deque(b, -1, 0, block), 10).has_value());
    CHECK(!deque_of(b, deque(b, 1, -5, block), 10).has_value());
    CHECK(!deque_of(b, deque(b, 1, std::int64_t{1} << 40, block), 10).has_value());
    CHECK(!deque_of(b, deque(b, 1, 0, RemoteAddr(0x10)), 10).has_value());
    CHECK(deque_of(b, deque(b, 0, 0, RemoteAddr()), 10).has_value());
    CHECK(!deque_of(b, b.list({}), 10).has_value());
  });
}

TEST_CASE("files inside themselves, and of no mode there is") {
  on_every_layout([](HeapBuilder& b) {
    const RemoteAddr descriptor = b.object("getset_descriptor", 64);
    b.set(b.type("_io.BufferedReader"), b.layout().type.tp_dict, b.dict({{b.str(U"name"), descriptor}}).value());
    const RemoteAddr file = b.object("_io.BufferedReader", 256);
    b.set(file, b.layout().buffered.ok, std::int32_t{1});
    b.set(file, b.layout().buffered.raw, file.value());
    const ValueText cycle = repr_of(b, file);
    CHECK(!cycle.exact);
    b.set(file, b.layout().buffered.ok, std::int32_t{0});
    CHECK(repr_of(b, file).text == "<_io.BufferedReader>");
    const RemoteAddr raw = b.object("_io.FileIO", 128);
    b.set(raw, b.layout().file_io.fd, std::int32_t{-1});
    CHECK(repr_of(b, raw).text == "<_io.FileIO [closed]>");
    const RemoteAddr text = b.object("_io.TextIOWrapper", 256);
    b.set(text, b.layout().text_io.ok, std::int32_t{1});
    CHECK(!repr_of(b, text).exact);  // no encoding, which no TextIOWrapper is without
  });
}

TEST_CASE("a future whose module is not there is not imitated") {
  on_every_layout([](HeapBuilder& b) {
    const RemoteAddr future = b.object("_asyncio.Future", 256);
    b.set(future, b.layout().future.fut_state, std::int32_t{1 << 30});
    const ValueText value = repr_of(b, future);
    CHECK(!value.exact);
    CHECK(value.text == "<_asyncio.Future object at " + hex(future) + ">");
  });
}

namespace {

struct Sliced {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> parts;
};

/// "ab" + repr of a str of ten letters, which is named, + "yz", sliced.
Sliced sliced(HeapBuilder& b, Printer::Slice slice) {
  const RemoteAddr secret = b.str(U"0123456789");
  return Reading(b, Limits{})([&](Heap& heap) {
    Printer out(heap, {});
    out.put("<");
    out.put_sliced(
        [&] {
          out.put("ab");
          out.repr_named("password", secret);
          out.put("yz");
        },
        [&](std::size_t characters) {
          if (!heap.capturing()) CHECK(characters == 16);
          return slice;
        });
    out.put(">");
    const ValueText value = out.take();
    Sliced found{value.text, {}};
    for (const NamedPart& part : value.parts) found.parts.emplace_back(part.begin, part.end);
    return found;
  });
}

}  // namespace

TEST_CASE("a named value keeps its place where the text around it is cut") {
  using Parts = std::vector<std::pair<std::size_t, std::size_t>>;
  on_every_layout([](HeapBuilder& b) {
    const auto whole = sliced(b, {});
    CHECK(whole.text == "<ab'0123456789'yz>");
    CHECK(whole.parts == Parts{{3, 15}});
    const auto inner = sliced(b, {1, 14});
    CHECK(inner.text == "<b'0123456789'y>");
    CHECK(inner.parts == Parts{{2, 14}});
    const auto front = sliced(b, {0, 5, "..."});
    CHECK(front.text == "<ab'01...>");
    CHECK(front.parts == Parts{{3, 6}});
    // Cut in the middle: what is left of it on both sides, and what stands between.
    const auto both = sliced(b, {0, 5, "...", 5});
    CHECK(both.text == "<ab'01...89'yz>");
    CHECK(both.parts == Parts{{3, 12}});
    const auto tail = sliced(b, {0, 1, "...", 4});
    CHECK(tail.text == "<a...9'yz>");
    CHECK(tail.parts == Parts{{2, 7}});
    const auto gone = sliced(b, {0, 1, "...", 1});
    CHECK(gone.text == "<a...z>");
    CHECK(gone.parts == Parts{{2, 2}});
    const auto nothing = sliced(b, {100, 0});
    CHECK(nothing.text == "<>");
  });
}
