// Recordings that anyone may have made. The first byte says how deep the rest goes: an even one is
// followed by a file, an odd one by a payload, which no checksum protects. What is accepted must be
// usable as a target, and must come back the same when it is written again.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>

#include "target/recording/payload.hpp"
#include "target/recording/recording_target.hpp"

namespace {

using namespace pyexc;

constexpr RecordingLimits limits{.max_file = 16U << 20, .max_payload = 16U << 20, .max_metadata = 8U << 20};

void require(bool truth) {
  if (!truth) std::abort();
}

Result<Recording> read(std::span<const std::byte> input) {
  const bool payload = (std::to_integer<unsigned>(input.front()) & 1) != 0;
  input = input.subspan(1);
  if (!payload) return decode(input, limits);
  return recording::read_payload(std::make_shared<const std::vector<std::byte>>(input.begin(), input.end()),
                                 limits.max_metadata);
}

void use(Recording recording) {
  const std::size_t wanted = recording.pages.size() + recording.missing.size();
  require(std::ranges::is_sorted(recording.pages, std::ranges::less_equal{}, &Recording::Page::page));
  RecordingTarget target(std::move(recording));
  PageCache cache(target.pages(), wanted);
  require(target.load(cache).has_value());
  for (const auto& page : target.recording().pages) {
    const auto bytes = cache.read<std::array<std::byte, page_size>>(RemoteAddr(page.page * page_size));
    // The last page of the address space ends where addresses wrap; no cache has it.
    require(bytes ? std::ranges::equal(*bytes, page.bytes) : page.page == recording::max_page_number);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  auto first = read(std::as_bytes(std::span(data, size)));
  if (!first) {
    require(first.error().code == Errc::unreadable_file);
    return -1;
  }
  const auto written = encode(*first);
  require(written.has_value());
  const auto second = decode(std::as_bytes(std::span(*written)));
  require(second.has_value());
  const auto again = encode(*second);
  require(again.has_value() && *again == *written);
  use(*std::move(first));
  return 0;
}
