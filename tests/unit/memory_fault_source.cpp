#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "memory/fault_source.hpp"
#include "memory/page_cache.hpp"

using namespace pyexc;
using Fault = FaultSource::Fault;

namespace {

/// Pages 1 to 8, each full of its own number.
class EightPages final : public PageSource {
 public:
  std::size_t calls = 0;
  Result<void> read_pages(std::span<PageRequest> requests) override {
    ++calls;
    for (PageRequest& request : requests) {
      request.ok = request.page >= 1 && request.page <= 8;
      if (request.ok) std::memset(request.destination, static_cast<int>(request.page), page_size);
    }
    return {};
  }
};

RemoteAddr at(std::uint64_t page) { return RemoteAddr(page * page_size); }

}  // namespace

TEST_CASE("each page in turn is the one that cannot be read, and only that one") {
  const std::vector<std::uint64_t> order = {5, 3, 4, 8};
  for (std::size_t nth = 0; nth < order.size(); ++nth) {
    EightPages inner;
    FaultSource source(inner, nth);
    PageCache cache(source, 100);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto read = cache.read<std::uint8_t>(at(order[i]));
      REQUIRE(read.has_value() == (i != nth));
      if (read)
        CHECK(*read == order[i]);
      else
        CHECK(read.error().code == Errc::unmapped);
    }
    CHECK(source.faulted() == order[nth]);
    CHECK(source.pages_seen() == order.size());
    CHECK(cache.source_state());
  }
}

TEST_CASE("a page inside a batch, counted once however often it is asked for") {
  EightPages inner;
  FaultSource source(inner, 2);
  std::array<std::array<std::byte, page_size>, 4> buffers{};
  const auto ask = [&](std::vector<std::uint64_t> pages) {
    std::vector<PageRequest> requests;
    for (std::size_t i = 0; i < pages.size(); ++i) requests.push_back({pages[i], buffers[i].data(), true});
    REQUIRE(source.read_pages(requests));
    std::vector<bool> ok;
    for (const auto& request : requests) ok.push_back(request.ok);
    return ok;
  };
  CHECK(ask({2, 2}) == std::vector{true, true});
  CHECK_FALSE(source.faulted());
  CHECK(ask({1, 2, 6, 7}) == std::vector{true, true, false, true});
  CHECK(source.faulted() == 6);
  CHECK(buffers[0][0] == std::byte{1});
  CHECK(buffers[2][0] != std::byte{6});
  CHECK(buffers[3][0] == std::byte{7});
  CHECK(ask({6}) == std::vector{false});
  CHECK(ask({9, 5}) == std::vector{false, true});
  CHECK(source.pages_seen() == 6);
}

TEST_CASE("a target that is gone stays gone") {
  EightPages inner;
  FaultSource source(inner, 1, Fault::target_gone);
  PageCache cache(source, 100);
  CHECK(cache.read<std::uint8_t>(at(1)));
  const auto read = cache.touch(at(1), 3 * page_size);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::process_ended);
  CHECK(source.faulted() == 2);
  CHECK(inner.calls == 1);
  std::array<std::byte, page_size> buffer{};
  PageRequest again{1, buffer.data(), true};
  CHECK_FALSE(source.read_pages(std::span(&again, 1)));
  CHECK_FALSE(again.ok);
  CHECK(inner.calls == 1);
}

TEST_CASE("beyond the last page nothing goes wrong") {
  for (const Fault fault : {Fault::page_unreadable, Fault::target_gone}) {
    EightPages inner;
    FaultSource source(inner, 8, fault);
    PageCache cache(source, 100);
    CHECK(cache.touch(at(1), 8 * page_size));
    CHECK_FALSE(source.faulted());
    CHECK(source.pages_seen() == 8);
  }
}
