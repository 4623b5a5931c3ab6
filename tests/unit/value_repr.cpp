// repr(), str() and exception messages on every layout that has a table, and on memory that is not
// what it should be.

#include <doctest/doctest.h>

#include <random>

#include "cpython/value/attribute_fact.hpp"
#include "cpython/value/exception_text.hpp"
#include "cpython/value/str.hpp"
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
    body(builder);
  }
}

ValueText repr_of(HeapBuilder& b, RemoteAddr object, const Limits& limits = {}) {
  return Reading(b, limits)([&](Heap& heap) { return repr(heap, object); });
}

struct Message {
  ValueText text;
  std::string reason;
  bool failed = false;
};
Message message_of(HeapBuilder& b, RemoteAddr exception, const Limits& limits = {}) {
  return Reading(b, limits)([&](Heap& heap) {
    const ExceptionMessage message = exception_message(heap, exception);
    return Message{message.text, message.inexact_reason.text, message.failed};
  });
}

void check_repr(HeapBuilder& b, RemoteAddr object, std::string_view expected) {
  const auto value = repr_of(b, object);
  CHECK(value.text == expected);
  CHECK(value.exact);
}

RemoteAddr nested_lists(HeapBuilder& b, int depth) {
  RemoteAddr list = b.list({});
  for (int i = 1; i < depth; ++i) list = b.list({list});
  return list;
}

}  // namespace

TEST_CASE("builtin values") {
  on_every_layout([](HeapBuilder& b) {
    check_repr(b, b.none(), "None");
    check_repr(b, b.integer(0, "bool"), "False");
    check_repr(b, b.integer(1, "bool"), "True");
    check_repr(b, b.integer(-5), "-5");
    check_repr(b, b.real(1.5), "1.5");
    check_repr(b, b.str(U"it's \u65e5"), "\"it's \xe6\x97\xa5\"");
    check_repr(b, b.bytes("a\xff"), "b'a\\xff'");
    check_repr(b, b.tuple({}), "()");
    check_repr(b, b.tuple({b.none()}), "(None,)");
    check_repr(b, b.list({b.integer(1), b.tuple({b.str(U"a"), b.none()})}), "[1, ('a', None)]");
    check_repr(b, b.dict({{b.str(U"k"), b.list({})}, {b.integer(2), b.none()}}),
               "{'k': [], 2: None}");
    check_repr(b, b.set_of({}), "set()");
    check_repr(b, b.set_of({b.integer(1)}), "{1}");
    check_repr(b, b.set_of({}, "frozenset"), "frozenset()");
    check_repr(b, b.set_of({b.integer(1), b.integer(2)}, "frozenset"), "frozenset({1, 2})");
    check_repr(b, b.type("int"), "<class 'int'>");
    check_repr(b, b.exception("ValueError", {b.str(U"x")}), "ValueError('x')");
    check_repr(b, b.exception("ValueError", {}), "ValueError()");
    check_repr(b, b.exception("ValueError", {b.integer(1), b.integer(2)}), "ValueError(1, 2)");
  });
}

TEST_CASE("what code of the target would write is marked") {
  on_every_layout([](HeapBuilder& b) {
    b.python_class("Thing", U"Thing", "object", {{b.str(U"__module__"), b.str(U"pkg")}}, false,
                   true);
    const auto thing = b.object("Thing", 32);
    const auto value = repr_of(b, b.list({b.integer(1), thing}));
    CHECK_FALSE(value.exact);
    CHECK(value.text.starts_with("[1, <pkg.Thing object at 0x7f"));

    b.python_class("Plain", U"Plain", "object", {{b.str(U"__module__"), b.str(U"pkg")}});
    const auto plain = repr_of(b, b.object("Plain", 32));
    CHECK(plain.exact);
    CHECK(plain.text.starts_with("<pkg.Plain object at 0x7f"));

    const auto foreign = b.object("ext.Foreign", 32);
    CHECK_FALSE(repr_of(b, foreign).exact);
    const auto message = message_of(b, b.exception("ValueError", {foreign}));
    CHECK(message.reason.starts_with(
        "str() of ext.Foreign is C code; args=(<ext.Foreign object at 0x"));
  });
}

TEST_CASE("the message of an exception follows the function in its tp_str") {
  on_every_layout([](HeapBuilder& b) {
    CHECK(message_of(b, b.exception("ValueError", {b.str(U"text")})).text.text == "text");
    CHECK(message_of(b, b.exception("ValueError", {})).text.text.empty());
    CHECK(message_of(b, b.exception("ValueError", {b.integer(1), b.str(U"a")})).text.text ==
          "(1, 'a')");
    CHECK(message_of(b, b.exception("KeyError", {b.str(U"k")})).text.text == "'k'");
    CHECK(message_of(b, b.exception("KeyError", {b.str(U"k"), b.none()})).text.text ==
          "('k', None)");

    const auto os_error = b.exception("OSError", {b.integer(2), b.str(U"No")});
    CHECK(message_of(b, os_error).text.text == "(2, 'No')");
    b.set(os_error, b.layout().os_error.myerrno, b.integer(2).value());
    b.set(os_error, b.layout().os_error.strerror, b.str(U"No such").value());
    CHECK(message_of(b, os_error).text.text == "[Errno 2] No such");
    b.set(os_error, b.layout().os_error.filename, b.str(U"f").value());
    CHECK(message_of(b, os_error).text.text == "[Errno 2] No such: 'f'");

    b.python_class(
        "Described", U"Described", "ValueError",
        {{b.str(U"__module__"), b.str(U"pkg")}, {b.str(U"__str__"), b.object("function", 32)}},
        true);
    const auto described = message_of(b, b.exception("Described", {b.str(U"a"), b.integer(1)}));
    CHECK_FALSE(described.text.exact);
    CHECK(described.reason == "__str__ is Python code; args=('a', 1)");

    b.python_class("Wrapped", U"Wrapped", "ValueError",
                   {{b.str(U"__module__"), b.str(U"ext")},
                    {b.str(U"__str__"), b.object("wrapper_descriptor", 32)}},
                   true);
    CHECK(message_of(b, b.exception("Wrapped", {})).reason ==
          "__str__ is C code of ext.Wrapped; args=()");
  });
}

TEST_CASE("containers and exceptions that hold themselves") {
  on_every_layout([](HeapBuilder& b) {
    const auto list = b.list({b.none()});
    const auto storage = b.allocate(8);
    b.memory().put(storage, list.value());
    b.set(list, b.layout().list.ob_item, storage.value());
    check_repr(b, list, "[[...]]");

    const auto error = b.exception("ValueError", {b.integer(1), b.none()});
    const auto args = b.tuple({b.integer(1), error});
    b.set(error, b.layout().base_exception.args, args.value());
    CHECK(message_of(b, error).text.text == "(1, ValueError(...))");

    b.set(error, b.layout().base_exception.args, b.tuple({error}).value());
    const auto endless = message_of(b, error);
    CHECK(endless.failed);
  });
}

TEST_CASE("an int with too many digits makes str() fail where that version limits them") {
  on_every_layout([](HeapBuilder& b) {
    const auto large = b.integer(std::vector<std::uint32_t>(500, 0x3fffffff), false);
    const auto message = message_of(b, b.exception("ValueError", {large}));
    CHECK(message.failed == (b.layout().traits.int_max_str_digits != 0));
    if (!message.failed) CHECK(message.text.text.size() == 4516);
    // Its digits are not even read where their number says enough.
    const auto huge = b.integer({1}, false);
    if (b.layout().traits.int_encoding == layout::IntEncoding::lv_tag)
      b.set(huge, b.layout().long_.lv_tag, std::int64_t{1} << 40);
    else b.set(huge, b.layout().var_object.ob_size, std::int64_t{1} << 37);
    CHECK_FALSE(repr_of(b, huge).exact);
  });
}

TEST_CASE("limits are visible cuts") {
  on_every_layout([](HeapBuilder& b) {
    const auto deep = repr_of(b, nested_lists(b, 1000));
    CHECK_FALSE(deep.exact);
    CHECK(deep.text.find("...<deeper>") != std::string::npos);
    check_repr(b, nested_lists(b, 150), std::string(150, '[') + std::string(150, ']'));

    Limits limits;
    limits.max_items = 2;
    const auto many = repr_of(b, b.list({b.integer(1), b.integer(2), b.integer(3)}), limits);
    CHECK(many.text == "[1, 2, ...<1 more>]");
    CHECK_FALSE(many.exact);

    limits = {};
    limits.max_string = 3;
    const auto str = repr_of(b, b.str(U"abcdef"), limits);
    CHECK(str.text == "'abc'...<3 more>");
    CHECK_FALSE(str.exact);

    limits = {};
    limits.max_repr = 10;
    const auto cut = repr_of(b, b.list(std::vector<RemoteAddr>(1000, b.integer(1234))), limits);
    CHECK(cut.text == "[1234, 123...<cut>");
    CHECK_FALSE(cut.exact);
    const auto message =
        message_of(b, b.exception("ValueError", {b.integer(1), b.str(U"abcdefgh")}), limits);
    CHECK(message.reason == "too long: (1, 'abcde...<cut>");

    // A list of ten million items and a bytes of a gigabyte, of which nearly nothing is mapped.
    const auto list = b.list({b.none()});
    b.set(list, b.layout().var_object.ob_size, std::int64_t{10'000'000});
    CHECK_FALSE(repr_of(b, list).exact);
    const auto bytes = b.bytes("x");
    b.set(bytes, b.layout().bytes.ob_size, std::int64_t{1} << 30);
    const auto before = b.memory().pages_read();
    CHECK_FALSE(repr_of(b, bytes).exact);
    CHECK(b.memory().pages_read() - before < 2000);
  });
}

TEST_CASE("what attributes are") {
  on_every_layout([](HeapBuilder& b) {
    const auto fact = [&](RemoteAddr object) {
      return Reading(b)([&](Heap& heap) { return attribute_fact(heap, object); });
    };
    CHECK(fact(RemoteAddr()).kind == AttributeFact::Kind::none);
    CHECK(fact(b.none()).kind == AttributeFact::Kind::none);
    CHECK(fact(b.integer(-7)).integer == -7);
    CHECK(fact(b.integer(1, "bool")).str.text == "True");
    CHECK(fact(b.str(U"t")).kind == AttributeFact::Kind::text);
    CHECK(fact(b.bytes("t")).str.text == "b't'");
    CHECK(fact(b.bytes("t")).kind == AttributeFact::Kind::other);
    CHECK_FALSE(fact(RemoteAddr(0x1000)).str.exact);
  });
}

TEST_CASE("damaged memory costs bounded time, and decode asks only for what capture has kept") {
  std::mt19937_64 random(20240);
  const auto layouts = all_layouts();
  for (int round = 0; round < 400; ++round) {
    HeapBuilder b(layouts[static_cast<std::size_t>(round) % layouts.size()]);
    b.python_class("Own", U"Own", "ValueError",
                   {{b.str(U"__module__"), b.str(U"pkg")}, {b.str(U"__str__"), b.none()}}, true);
    const auto inner = b.dict({{b.str(U"k\u65e5"), b.bytes("v")},
                               {b.integer(1 << 30), b.set_of({b.integer(1), b.str(U"s")})}});
    const auto list =
        b.list({inner, b.real(2.5), b.none(), b.tuple({b.type("int"), b.integer(5)})});
    std::vector<RemoteAddr> roots = {list,
                                     inner,
                                     b.exception("Own", {list}),
                                     b.exception("KeyError", {inner}),
                                     b.exception("ValueError", {list, inner}),
                                     b.exception("OSError", {b.integer(2), list}),
                                     b.exception("UnicodeDecodeError", {b.bytes("x")})};
    const auto& decode_error = b.layout().unicode_error;
    b.set(roots.back(), decode_error.object, b.bytes("abc").value());
    b.set(roots.back(), decode_error.end, std::int64_t{1});
    const auto [first, last] = b.extent();
    const auto word = [&]() -> std::uint64_t {
      switch (random() % 7) {
        case 0: return random();
        case 1: return 0;
        case 2: return ~std::uint64_t{0} >> random() % 64;
        case 3: return last - random() % 64;
        default:
          return (first + random() % (last - first)) & ~std::uint64_t{random() % 2 == 0 ? 7U : 15U};
      }
    };
    const auto changes = 1 + random() % 200;
    for (std::uint64_t i = 0; i < changes; ++i)
      b.memory().put(RemoteAddr((first + random() % (last - first)) & ~std::uint64_t{7}), word());
    if (round % 3 == 0) b.memory().unmap(RemoteAddr(first + random() % (last - first)));
    Limits limits;
    if (round % 2 == 0) {
      limits.max_repr = 1 + random() % 300;
      limits.max_items = 1 + random() % 5;
      limits.max_string = 1 + random() % 20;
      limits.max_depth = 1 + random() % 6;
    } else {
      limits.max_repr = 1 << 14;
    }
    for (const RemoteAddr root : roots) {
      CAPTURE(round);
      const auto read = [root](Heap& heap) {
        std::string all = repr(heap, root).text + "\n" + str(heap, root).text + "\n";
        const ExceptionMessage message = exception_message(heap, root);
        all += message.text.text + "\n" + message.inexact_reason.text + (message.failed ? "F" : "");
        all += attribute_fact(heap, root).str.text;
        for (const ValueText& note : notes(heap, root).items) all += note.text + "\n";
        return all;
      };
      const std::string kept = Reading(b, limits)(read);
      // The same without a capture before it, straight from the memory.
      PageCache whole(b.memory(), limits.max_pages);
      LookupHints hints;
      Heap heap(whole, b.layout(), limits, hints, Phase::decode);
      CHECK(kept == read(heap));
      CHECK(kept.size() < 20 * (limits.max_repr + 40 * limits.max_string + 10'000));
    }
  }
}
