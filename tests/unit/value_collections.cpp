// The linked structures of collections on every layout that has them: as they should be, going in
// circles, and longer than any memory.

#include <doctest/doctest.h>

#include "cpython/value/repr.hpp"
#include "heap_builder.hpp"

using namespace pyexc;
using namespace pyexc::cpython;
using namespace pyexc::test;

namespace {

template <class Body>
void on_every_layout(Body body) {
  int tried = 0;
  for (const auto& layout : all_layouts()) {
    CAPTURE(layout.version.text());
    CAPTURE(layout.free_threaded);
    if (!layout.deque.leftblock.has() || !layout.deque_block.data.has() ||
        !layout.ordered_dict.od_first.has() || !layout.wrapper_descr.d_type.has())
      continue;
    HeapBuilder builder(layout);
    body(builder);
    ++tried;
  }
  CHECK(tried >= 8);
}

/// A type that C code made on the heap, with slot wrappers of its own.
void c_type(HeapBuilder& b, std::string_view name, std::u32string_view short_name,
            std::string_view base, std::initializer_list<std::u32string_view> methods) {
  const auto& f = b.layout().wrapper_descr;
  HeapBuilder::Pairs attributes;
  for (const std::u32string_view method : methods) {
    const RemoteAddr wrapper = b.object("wrapper_descriptor", *f.size);
    b.set(wrapper, f.d_name, b.str(method).value());
    attributes.emplace_back(b.str(method), wrapper);
  }
  b.python_class(name, short_name, base, attributes, false, true);
  for (const auto& attribute : attributes) b.set(attribute.second, f.d_type, b.type(name).value());
}

struct Deque {
  RemoteAddr object, block;
};
Deque deque_of(HeapBuilder& b, const std::vector<RemoteAddr>& items, std::int64_t size) {
  const auto& f = b.layout().deque;
  const RemoteAddr object = b.object("collections.deque", *f.size);
  const RemoteAddr block = b.allocate(*b.layout().deque_block.size);
  for (std::size_t i = 0; i < items.size(); ++i)
    b.memory().put(block + *b.layout().deque_block.data + i * 8, items[i].value());
  b.set(object, b.layout().var_object.ob_size, size);
  b.set(object, f.leftblock, block.value());
  b.set(object, f.leftindex, std::int64_t{0});
  b.set(object, f.maxlen, std::int64_t{-1});
  return {object, block};
}

ValueText repr_of(HeapBuilder& b, RemoteAddr object, const Limits& limits) {
  return Reading(b, limits)([&](Heap& heap) { return repr(heap, object); });
}

}  // namespace

TEST_CASE("deques: whole, in a circle of blocks, and of absurd sizes") {
  on_every_layout([](HeapBuilder& b) {
    c_type(b, "collections.deque", U"deque", "object", {U"__repr__", U"__iter__"});
    const auto good = deque_of(b, {b.integer(1), b.none()}, 2);
    CHECK(repr_of(b, good.object, {}).text == "deque([1, None])");
    Limits limits;
    limits.max_items = 500;
    const std::vector<RemoteAddr> full(64, b.integer(7));
    const auto circle = deque_of(b, full, std::int64_t{1} << 60);
    b.set(circle.block, b.layout().deque_block.rightlink, circle.block.value());
    const auto text = repr_of(b, circle.object, limits);
    CHECK_FALSE(text.exact);
    CHECK(text.text.find("more>") != std::string::npos);
    CHECK(text.text.size() < 3'000);
    for (const std::int64_t index : {std::int64_t{-1}, std::int64_t{1} << 50}) {
      const auto outside = deque_of(b, full, 3);
      b.set(outside.object, b.layout().deque.leftindex, index);
      CHECK(repr_of(b, outside.object, limits).text == "<unreadable>");
    }
    const auto negative = deque_of(b, full, -5);
    CHECK(repr_of(b, negative.object, limits).text == "<unreadable>");
    const auto itself = deque_of(b, {b.none()}, 1);
    b.memory().put(itself.block + *b.layout().deque_block.data, itself.object.value());
    CHECK(repr_of(b, itself.object, limits).text == "deque([[...]])");
  });
}

TEST_CASE("ordered dicts: in their own order, and with nodes that go in a circle or nowhere") {
  on_every_layout([](HeapBuilder& b) {
    c_type(b, "collections.OrderedDict", U"OrderedDict", "dict",
           {U"__repr__", U"items", U"keys", U"__getitem__"});
    const auto& n = b.layout().ordered_dict_node;
    const RemoteAddr one = b.str(U"a"), two = b.str(U"b"), stranger = b.str(U"c");
    const auto ordered = [&](std::initializer_list<RemoteAddr> keys, bool circle) {
      const RemoteAddr plain = b.dict({{one, b.integer(1)}, {two, b.integer(2)}});
      const RemoteAddr object = b.object("collections.OrderedDict", *b.layout().ordered_dict.size);
      for (const layout::Offset field : {b.layout().dict.ma_used, b.layout().dict.ma_keys}) {
        PageCache cache(b.memory(), 100);
        b.set(object, field, *cache.read<std::uint64_t>(plain + *field));
      }
      std::vector<RemoteAddr> nodes;
      for (const RemoteAddr key : keys) {
        nodes.push_back(b.allocate(*n.size));
        b.set(nodes.back(), n.key, key.value());
      }
      for (std::size_t i = 0; i < nodes.size(); ++i)
        b.set(nodes[i], n.next,
              i + 1 < nodes.size() ? nodes[i + 1].value()
              : circle             ? nodes[0].value()
                                   : 0);
      b.set(object, b.layout().ordered_dict.od_first, nodes.empty() ? 0 : nodes[0].value());
      return object;
    };
    const bool dict = b.layout().traits.ordered_dict_is_shown_as_dict;
    const auto text = [&](RemoteAddr object) { return repr_of(b, object, {}).text; };
    // Where dict's own __getitem__ is not known a subclass could have another.
    if (!dict) CHECK(text(ordered({two, one}, false)) == "OrderedDict([('b', 2), ('a', 1)])");
    for (const bool circle : {false, true})
      for (const auto keys :
           {std::initializer_list<RemoteAddr>{one}, {stranger}, {one, stranger}, {}})
        CHECK(text(ordered(keys, circle)).size() < 1'000);
  });
}
