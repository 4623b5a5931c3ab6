// locate() against processes made of a few bytes: what it says of each, and that damaged ones end
// in an answer.
#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <random>
#include <set>

#include "cpython/layout/debug_offsets.hpp"
#include "cpython/locate.hpp"

using namespace pyexc;
using cpython::locate;
using cpython::locate_at;
using layout::Layout;
using layout::Offset;
using layout::Version;

namespace {

constexpr std::uint64_t image_at =
    0x5500'0000'0000;  // a file's writable mapping: _PyRuntime and types
constexpr std::uint64_t heap_at = 0x7f00'0000'0000;
constexpr std::uint64_t runtime_at = image_at + 0x100;

class FakeProcess final : public TargetBase, public PageSource {
 public:
  FakeProcess() {
    map(image_at, 16, true);
    map(heap_at, 16, false);
    identity_.executable = "/srv/app/worker";
  }
  const Identity& identity() const override { return identity_; }
  const std::vector<Mapping>& mappings() const override { return mappings_; }
  const std::vector<TargetThread>& threads() const override { return threads_; }
  PageSource& pages() override { return *this; }
  Result<UniqueFd> open_mapped_file(const Mapping&) const override {
    return fail(Errc::no_such_file);
  }
  Result<void> read_pages(std::span<PageRequest> requests) override {
    if (gone) return fail(Errc::process_ended, "reading memory");
    for (PageRequest& r : requests) {
      const auto found = memory.find(r.page);
      r.ok = found != memory.end();
      if (r.ok) std::memcpy(r.destination, found->second.data(), page_size);
    }
    return {};
  }

  void map(std::uint64_t start, std::size_t pages, bool file) {
    Mapping m;
    m.start = start, m.end = start + pages * page_size;
    m.readable = m.writable = true;
    if (file) m.inode = 4711, m.path = "/srv/app/worker", m.offset = 0x2000;
    mappings_.push_back(m);
    for (std::size_t i = 0; i < pages; ++i)
      memory[start / page_size + i].assign(page_size, std::byte{0});
  }
  template <class T>
  void put(std::uint64_t at, T value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
      std::byte byte;
      std::memcpy(&byte, reinterpret_cast<const char*>(&value) + i, 1);
      memory.at((at + i) / page_size)[(at + i) % page_size] = byte;
    }
  }
  void put_text(std::uint64_t at, std::string_view text) {
    for (const char c : text) put(at++, c);
    put(at, '\0');
  }

  std::map<std::uint64_t, std::vector<std::byte>> memory;
  bool gone = false;
  Identity identity_;
  std::vector<Mapping> mappings_;
  std::vector<TargetThread> threads_;
};

constexpr Version release(std::uint32_t minor, std::uint32_t micro) {
  return {0x03000000U | minor << 16 | micro << 8 | 0xf0U};
}

/// The least of an interpreter: runtime, interpreter, thread state, and a sys dict of two entries.
struct FakePython {
  FakeProcess process;
  Layout layout;
  std::uint64_t interp = heap_at, tstate = heap_at + 0x9000, sysdict = heap_at + 0xa000,
                keys = heap_at + 0xa100;
  std::uint64_t types = image_at + 0x8000;

  FakePython(Version version, std::uint32_t hexversion)
      : layout(*layout::table_layout(version, false, false)) {
    const Layout& l = layout;
    process.put(runtime_at + *l.runtime.interpreters_head, interp);
    process.put(runtime_at + *l.runtime.interpreters_main, interp);
    process.put(interp + *l.interp.threads_head, tstate);
    process.put(tstate + *l.tstate.interp, interp);
    process.put(interp + *l.interp.sysdict, sysdict);
    type(3, "type", 1ULL << 31);
    const std::uint64_t dict = type(0, "dict", 1ULL << 29), str = type(1, "str", 1ULL << 28);
    const std::uint64_t integer = type(2, "int", 1ULL << 24);
    process.put(sysdict + *l.object.ob_type, dict);
    process.put(sysdict + *l.dict.ma_used, std::int64_t{2});
    process.put(sysdict + *l.dict.ma_keys, keys);
    std::uint64_t entry = keys + *l.dict_keys.dk_indices + 8;
    if (l.dict_keys.dk_size.has()) {
      process.put(keys + *l.dict_keys.dk_size, std::int64_t{8});
    } else {
      process.put(keys + *l.dict_keys.dk_log2_size, std::uint8_t{3});
      process.put(keys + *l.dict_keys.dk_log2_index_bytes, std::uint8_t{3});
    }
    process.put(keys + *l.dict_keys.dk_nentries, std::int64_t{2});
    for (const char* name : {"version", "hexversion"}) {
      const std::uint64_t text = heap_at + 0xb000 + (name[0] == 'h' ? 0x100 : 0);
      process.put(text + *l.object.ob_type, str);
      process.put(text + *l.unicode.length, static_cast<std::int64_t>(std::strlen(name)));
      process.put(text + *l.unicode.state,
                  std::uint32_t{0xe4});  // 1 byte a code point, compact, ASCII, ready
      process.put_text(text + *l.unicode.size, name);
      process.put(entry + 8, text);
      process.put(entry + 16, heap_at + 0xc000);
      entry += 24;
    }
    const std::uint64_t number = heap_at + 0xc000;
    process.put(number + *l.object.ob_type, integer);
    if (l.long_.lv_tag.has()) process.put(number + *l.long_.lv_tag, std::uint64_t{1 << 3});
    else process.put(number + *l.var_object.ob_size, std::int64_t{1});
    process.put(number + *l.long_.ob_digit, hexversion);
  }

  std::uint64_t type(std::uint64_t index, const char* name, std::uint64_t flags) {
    const std::uint64_t at = types + index * 0x800;
    process.put_text(at + 0x700, name);
    process.put(at + *layout.object.ob_type, types + 3 * 0x800);
    process.put(at + *layout.type.tp_name, at + 0x700);
    process.put(at + *layout.type.tp_flags, flags);
    return at;
  }

  Result<cpython::Runtime> at_runtime() {
    PageCache cache(process, 1000);
    return locate_at(process, cache, RemoteAddr(runtime_at), false);
  }
  Errc refusal() {
    const auto found = at_runtime();
    return found ? Errc::internal : found.error().code;
  }
};

}  // namespace

TEST_CASE("a version that nothing names is found by reading with each layout") {
  for (const std::uint32_t minor : {8U, 9U, 10U, 11U, 12U}) {
    CAPTURE(minor);
    FakePython python(release(minor, 5), release(minor, 5).hex);
    const auto found = python.at_runtime();
    REQUIRE_MESSAGE(found, found.error().message());
    CHECK(found->version.hex == release(minor, 5).hex);
    CHECK(found->layout.version.hex == found->version.hex);
    CHECK(found->module == "/srv/app/worker");
  }
}

TEST_CASE("a process that contradicts every layout is refused") {
  FakePython python(release(10, 2), release(10, 2).hex);
  SUBCASE("another version inside") {
    FakePython other(release(10, 2), release(11, 2).hex);
    CHECK(other.refusal() == Errc::unsupported);
  }
  SUBCASE("a pre-release") {
    FakePython other(release(10, 2), 0x030a00b1);
    CHECK(other.refusal() == Errc::unsupported);
  }
  SUBCASE("a thread state of another interpreter") {
    python.process.put(python.tstate + *python.layout.tstate.interp, heap_at + 0x100);
    CHECK(python.refusal() == Errc::unsupported);
  }
  SUBCASE("a sys that is no dict") {
    python.type(0, "list", 1ULL << 25);
    CHECK(python.refusal() == Errc::unsupported);
  }
  SUBCASE("a pointer into nothing") {
    python.process.put(runtime_at + *python.layout.runtime.interpreters_main,
                       std::uint64_t{0x1000});
    CHECK(python.refusal() == Errc::unsupported);
  }
}

TEST_CASE("a Python without a running interpreter is told apart") {
  FakePython python(release(9, 2), release(9, 2).hex);
  SUBCASE("before Py_Initialize and after Py_Finalize") {
    python.process.put(runtime_at + *python.layout.runtime.interpreters_head, std::uint64_t{0});
    python.process.put(runtime_at + *python.layout.runtime.interpreters_main, std::uint64_t{0});
    CHECK(python.refusal() == Errc::not_initialised);
  }
  SUBCASE("a process that has gone") {
    python.process.gone = true;
    CHECK(python.refusal() == Errc::process_ended);
  }
}

TEST_CASE("the cookie is looked for in writable files only") {
  const Version version = release(14, 10);
  FakePython python(version, version.hex);
  const auto scan = [&] {
    PageCache cache(python.process, 1000);
    return locate(python.process, cache);
  };
  const auto none = scan();
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::not_python);
  // Any copy of the table's first words in anonymous memory is no runtime.
  python.process.put_text(heap_at + 0xe000, "xdebugpy");
  CHECK(scan().error().code == Errc::not_python);
  // In the file it is one, and is refused for what it lacks: nearly all its offsets are zero.
  python.process.put_text(runtime_at, "xdebugpy");
  python.process.put(runtime_at + 8, std::uint64_t{version.hex});
  const auto found = scan();
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::unsupported);
}

TEST_CASE("what is no Python is named as well as it can be") {
  FakeProcess process;
  const auto refused = [&] {
    PageCache cache(process, 100);
    const auto found = locate(process, cache);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::not_python);
    return found.error().message();
  };
  CHECK(refused() == "no CPython runtime in /srv/app/worker");
  process.mappings_[0].executable = true;
  process.mappings_[0].path = "/opt/pypy/bin/libpypy3.10-c.so";
  CHECK(refused() == "this is PyPy (libpypy3.10-c.so); only CPython is read");
  process.mappings_.clear();
  CHECK(refused() == "the process has no memory of its own");
}

TEST_CASE("damaged memory ends in an answer") {
  std::mt19937_64 random(3);
  std::map<Errc, int> answers;
  int right = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::uint32_t minor = 8 + static_cast<std::uint32_t>(random() % 5);
    FakePython python(release(minor, 5), release(minor, 5).hex);
    const std::uint64_t places[] = {runtime_at,  python.interp, python.tstate,    python.sysdict,
                                    python.keys, python.types,  heap_at + 0xb000, heap_at + 0xc000};
    const std::uint64_t pointers[] = {
        0,           1,     python.interp,    python.tstate, python.sysdict,
        python.keys, ~0ULL, heap_at + 0xfff8, 1ULL << 40,    python.types};
    for (std::uint64_t i = 0, n = 1 + random() % 12; i < n; ++i) {
      const std::uint64_t at = places[random() % std::size(places)] + random() % 200 / 8 * 8;
      switch (random() % 3) {
        case 0: python.process.put(at, pointers[random() % std::size(pointers)]); break;
        case 1: python.process.put(at + random() % 8, static_cast<std::uint8_t>(random())); break;
        default: python.process.put(at, random()); break;
      }
    }
    const auto found = python.at_runtime();
    if (found) right += found->version.hex == release(minor, 5).hex ? 1 : 0;
    else ++answers[found.error().code];
  }
  CHECK(right > 300);
  CHECK(answers[Errc::unsupported] > 300);
  for (const auto& [code, times] : answers)
    CHECK_MESSAGE((code == Errc::unsupported || code == Errc::not_initialised), errc_name(code),
                  times);
}
