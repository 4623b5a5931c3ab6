#include "target/recording/recording_target.hpp"

#include <algorithm>
#include <cstring>

namespace pyexc {

namespace {

/// Asks for neighbouring pages together. That some cannot be had is what `missing` is for.
template <class List, class NumberOf>
Result<void> touch_all(PageCache& cache, const List& list, NumberOf number_of) {
  for (std::size_t i = 0; i < list.size();) {
    const std::uint64_t first = number_of(list[i]);
    std::size_t count = 1;
    while (i + count < list.size() && number_of(list[i + count]) == first + count) ++count;
    const auto touched = cache.touch(RemoteAddr(first * page_size), count * page_size);
    if (!touched && touched.error().code != Errc::unmapped) return touched;
    i += count;
  }
  return {};
}

}  // namespace

Result<void> RecordingTarget::Pages::read_pages(std::span<PageRequest> requests) {
  for (PageRequest& request : requests) {
    const auto found = std::ranges::lower_bound(recording_.pages, request.page, {}, &Recording::Page::page);
    request.ok = found != recording_.pages.end() && found->page == request.page;
    if (request.ok) std::memcpy(request.destination, found->bytes.data(), page_size);
  }
  return {};
}

Result<UniqueFd> RecordingTarget::open_mapped_file(const Mapping& mapping) const {
  return fail(Errc::no_such_file, "a recording has no files: " + mapping.path);
}

Result<void> RecordingTarget::load(PageCache& cache) const {
  PYEXC_CHECK(touch_all(cache, recording_.pages, [](const Recording::Page& page) { return page.page; }));
  PYEXC_CHECK(touch_all(cache, recording_.missing, [](std::uint64_t page) { return page; }));
  cache.seal();
  return {};
}

}  // namespace pyexc
