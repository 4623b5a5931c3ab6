// The generated tables, chosen by version.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "cpython/layout/layout.hpp"
#include "cpython/layout/text_rules.hpp"

namespace pyexc::layout {

namespace {

enum class Kind : std::uint8_t { release, debug, freethreaded };
// Where a table was read from: the debug information of an interpreter that ran, or headers only.
enum class Origin : std::uint8_t { dwarf, headers };

struct Micro {
  constexpr Micro() = default;
  constexpr Micro(int number) : value(number) {}
  int value = -1;
};

struct Table {
  void (*fill)(Layout&);
  int minor;
  Kind kind;
  Origin origin;
  std::array<Micro, 8> micros;
};

#define OFFSET(structure, field, value) layout.structure.field = Offset(value);
#include "cpython/layout/tables/functions.inc"
#undef OFFSET

constexpr Table tables[] = {
#define TABLE(name, minor, kind, origin, ...) \
  {fill_##name, minor, Kind::kind, Origin::origin, {__VA_ARGS__}},
#include "cpython/layout/tables/list.inc"
#undef TABLE
};

struct Choice {
  const Table* table = nullptr;
  int distance = 0;  // in micro releases
};

// On a tie the older release: a structure grows more often than it shrinks.
Choice nearest(int minor, int micro, Kind kind) {
  Choice best;
  for (const Table& table : tables) {
    if (table.minor != minor || table.kind != kind) continue;
    for (const Micro known : table.micros) {
      if (known.value < 0) continue;
      const int distance = std::abs(known.value - micro);
      if (best.table == nullptr || distance < best.distance) best = {&table, distance};
    }
  }
  return best;
}

Error unsupported(Version version, std::string_view why) {
  return Error(Errc::unsupported, fmt::format("Python {} {}", version.text(), why));
}

}  // namespace

std::string Version::text() const {
  const int level = static_cast<int>((hex >> 4) & 0xf);
  const char* suffix = level == 0xa ? "a" : level == 0xb ? "b" : level == 0xc ? "rc" : "";
  std::string text = fmt::format("{}.{}.{}", major(), minor(), micro());
  if (level != 0xf) text += fmt::format("{}{}", *suffix == '\0' ? "?" : suffix, hex & 0xf);
  return text;
}

bool Version::is_release() const noexcept { return (hex & 0xff) == 0xf0; }

std::span<const int> table_minors() {
  static const std::vector<int> minors = [] {
    std::vector<int> found;
    for (const Table& table : tables)
      if (std::find(found.begin(), found.end(), table.minor) == found.end())
        found.push_back(table.minor);
    std::sort(found.begin(), found.end());
    return found;
  }();
  return minors;
}

Result<Layout> table_layout(Version version, bool free_threaded, bool debug) {
  const auto minors = table_minors();
  if (version.major() != 3 ||
      std::find(minors.begin(), minors.end(), version.minor()) == minors.end())
    return fail(
        unsupported(version, fmt::format("is not known to this build, which reads 3.{} to 3.{}",
                                         minors.front(), minors.back())));
  if (!version.is_release())
    return fail(unsupported(version, "is a pre-release; only final releases are known"));
  const Kind kind = free_threaded ? Kind::freethreaded : debug ? Kind::debug : Kind::release;
  Choice choice = nearest(version.minor(), version.micro(), kind);
  const bool own_kind = choice.table != nullptr && !(free_threaded && debug);
  // Py_DEBUG adds no member before those read here, except that it moves what stands late in
  // PyInterpreterState (compare the release and debug tables of one release).
  if (choice.table == nullptr && kind == Kind::debug)
    choice = nearest(version.minor(), version.micro(), Kind::release);
  if (choice.table == nullptr)
    return fail(unsupported(version, "has no table for a free-threaded build"));

  Layout layout;
  choice.table->fill(layout);
  layout.version = version;
  layout.free_threaded = free_threaded;
  layout.debug = debug;
  layout.source = Source::table;
  layout.verified = own_kind && choice.distance == 0 && choice.table->origin == Origin::dwarf;
  if (!layout.verified) {
    // They stand late in PyInterpreterState, behind what patch releases and Py_DEBUG add.
    layout.interp.int_max_str_digits = Offset();
    if (version.minor() == 12) layout.interp.threads_main = Offset();
  }
  layout.traits = traits_for(version, free_threaded);
  layout.text = text_rules_for(version.minor(), version.micro());
  PYEXC_CHECK(validate(layout));
  return layout;
}

}  // namespace pyexc::layout
