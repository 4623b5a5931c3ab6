// locate_pid PID [REPEAT]: what locate() finds in a running process, as one JSON object for the
// tests.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "base/limits.hpp"
#include "cpython/locate.hpp"
#include "target/live/live_target.hpp"

using namespace pyexc;

namespace {

int report_error(const Error& error) {
  fmt::print("{{\"error\": \"{}\", \"message\": \"{}\"}}\n", errc_name(error.code),
             error.message());
  return 1;
}

/// Fields in which what the target says differs from our table, sizes left out.
std::string differences(const layout::Layout& found) {
  const auto table = layout::table_layout(found.version, found.free_threaded, found.debug);
  if (!table) return "\"no table\"";
  std::string text;
  const auto compare = [&](std::string_view structure, std::string_view member,
                           std::string_view kind, layout::Offset a, layout::Offset b) {
    if (a == b || kind == "size") return;
    text += fmt::format("{}\"{}.{}\"", text.empty() ? "" : ", ", structure, member);
  };
#define STRUCT(ours, theirs)           \
  {                                    \
    const auto& mine = found.ours;     \
    const auto& theirs_ = table->ours; \
    constexpr const char* name = #ours;
#define FIELD(member, kind) compare(name, #member, #kind, mine.member, theirs_.member);
#define END_STRUCT() }
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int repeat = argc > 2 ? std::max(1, std::atoi(argv[2])) : 1;
  auto target = LiveTarget::open(std::atoll(argv[1]));
  if (!target) return report_error(target.error());
  std::vector<double> microseconds;
  std::size_t pages = 0;
  Result<cpython::Runtime> found = fail(Errc::internal);
  for (int i = 0; i < repeat; ++i) {
    PageCache memory((*target)->pages(), Limits{}.max_pages);
    const auto start = std::chrono::steady_clock::now();
    found = cpython::locate(**target, memory);
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - start;
    microseconds.push_back(spent.count());
    pages = memory.page_count();
    if (!found) return report_error(found.error());
    const auto again = cpython::locate_at(**target, memory, found->runtime, found->layout.debug);
    if (!again || again->layout.version.hex != found->version.hex) return 3;
  }
  std::sort(microseconds.begin(), microseconds.end());
  const layout::Layout& l = found->layout;
  fmt::print(
      "{{\"runtime\": {}, \"version\": \"{}\", \"hexversion\": {}, \"module\": \"{}\", \"source\": "
      "\"{}\", "
      "\"verified\": {}, \"debug\": {}, \"free_threaded\": {}, \"interpreters_head\": {}, "
      "\"pages\": {}, "
      "\"median_us\": {:.1f}, \"unicode_version\": \"{}\", \"int_max_str_digits\": {}, "
      "\"differs\": [{}]}}\n",
      found->runtime.value(), found->version.text(), found->version.hex, found->module,
      l.source == layout::Source::debug_offsets ? "debug-offsets" : "table", l.verified, l.debug,
      l.free_threaded, *l.runtime.interpreters_head, pages, microseconds[microseconds.size() / 2],
      l.traits.unicode_version, l.traits.int_max_str_digits, differences(l));
  return 0;
}
