// Replays a recording once for every page it holds, each time without that page, through every step up to
// the finished text and JSON. Damage must cost what lay on the page and nothing else: no crash, no hang, and
// whatever is refused is refused with an error. Prints how the replays ended.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "render/render.hpp"
#include "session/record.hpp"
#include "target/recording/recording.hpp"
#include "traceback/format.hpp"

int main(int argc, char** argv) {
  using namespace pyexc;
  if (argc != 2) return 2;
  const auto whole = read_recording(argv[1]);
  if (!whole) {
    fmt::print(stderr, "{}\n", whole.error().message());
    return 2;
  }
  std::size_t complete = 0, partial = 0, refused = 0, unnoticed = 0;
  auto all = decode_recording(*whole, {});
  if (!all) return 3;
  traceback::format_report(*all);
  const std::string expected = render::json(*all);
  for (std::size_t n = 0; n < whole->pages.size(); ++n) {
    Recording damaged = *whole;
    damaged.missing.push_back(damaged.pages[n].page);
    damaged.pages.erase(damaged.pages.begin() + static_cast<std::ptrdiff_t>(n));
    std::sort(damaged.missing.begin(), damaged.missing.end());
    auto report = decode_recording(std::move(damaged), {});
    if (!report) {
      ++refused;
      continue;
    }
    traceback::format_report(*report);
    const std::string json = render::json(*report), text = render::text(*report, {});
    if (!report->complete)
      ++partial;
    else if (json == expected)
      ++complete;  // the page was read, but nothing of it is shown
    else {
      ++unnoticed;
      const auto [here, there] = std::ranges::mismatch(json, expected);
      const auto at = static_cast<std::size_t>(here - json.begin());
      fmt::print("without page {:#x}: {}\n", whole->pages[n].page * page_size, json.substr(at - std::min<std::size_t>(at, 120), 240));
    }
    if (text.empty()) return 4;
  }
  fmt::print("{} pages: {} same, {} partial, {} refused, {} different without saying so\n", whole->pages.size(),
             complete, partial, refused, unnoticed);
  return unnoticed == 0 ? 0 : 1;
}
