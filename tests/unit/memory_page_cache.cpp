#include <doctest/doctest.h>

#include <array>
#include <map>

#include "memory/page_cache.hpp"

using namespace pyexc;

namespace {

// A target of single pages; counts how it is asked.
class FakePages final : public PageSource {
 public:
  std::map<std::uint64_t, std::array<std::byte, page_size>> pages;
  std::size_t calls = 0, asked = 0;
  bool gone = false;

  void fill(std::uint64_t page, std::uint8_t seed) {
    for (std::size_t i = 0; i < page_size; ++i) pages[page][i] = static_cast<std::byte>(seed + i % 251);
  }
  Result<void> read_pages(std::span<PageRequest> requests) override {
    ++calls;
    asked += requests.size();
    if (gone) return fail(Errc::process_ended, "reading memory");
    for (PageRequest& r : requests) {
      const auto found = pages.find(r.page);
      if (found == pages.end()) continue;
      std::memcpy(r.destination, found->second.data(), page_size);
      r.ok = true;
    }
    return {};
  }
};

RemoteAddr at(std::uint64_t page, std::uint64_t offset) { return RemoteAddr(page * page_size + offset); }

}  // namespace

TEST_CASE("a value across two pages is read in one call, and a page only once") {
  FakePages target;
  target.fill(16, 1);
  target.fill(17, 2);
  PageCache cache(target, 100);
  const auto value = cache.read<std::uint64_t>(at(16, page_size - 4));
  REQUIRE(value);
  std::uint64_t expected = 0;
  std::memcpy(&expected, target.pages[16].data() + page_size - 4, 4);
  std::memcpy(reinterpret_cast<char*>(&expected) + 4, target.pages[17].data(), 4);
  CHECK(*value == expected);
  CHECK(target.calls == 1);
  REQUIRE(cache.read<std::uint32_t>(at(17, 100)));
  CHECK(target.calls == 1);
}

TEST_CASE("reads up to, across and past the edge of what is mapped") {
  FakePages target;
  target.fill(5, 0);
  PageCache cache(target, 100);
  CHECK(cache.read<std::uint64_t>(at(5, page_size - 8)));
  const auto across = cache.read<std::uint64_t>(at(5, page_size - 4));
  REQUIRE_FALSE(across);
  CHECK(across.error().code == Errc::unmapped);
  CHECK(across.error().address == at(6, 0).value());
  CHECK_FALSE(cache.read<std::uint8_t>(at(6, 0)));
  CHECK_FALSE(cache.read<std::uint64_t>(RemoteAddr(~0ULL - 3)));
  const auto calls = target.calls;
  CHECK_FALSE(cache.read<std::uint8_t>(at(6, 7)));
  CHECK(target.calls == calls);  // a missing page is asked for once
}

TEST_CASE("refresh reads every page held again, in one call, and sees new bytes") {
  FakePages target;
  for (std::uint64_t page = 1; page <= 300; ++page) target.fill(page, static_cast<std::uint8_t>(page));
  PageCache cache(target, 1000);
  for (std::uint64_t page = 1; page <= 300; ++page) REQUIRE(cache.read<std::uint8_t>(at(page, 0)));
  target.pages[200][0] = std::byte{0xee};
  target.pages.erase(100);
  const auto calls = target.calls;
  REQUIRE(cache.refresh());
  CHECK(target.calls == calls + 1);
  CHECK(cache.page_count() == 299);
  CHECK(*cache.read<std::uint8_t>(at(200, 0)) == 0xee);
  CHECK_FALSE(cache.read<std::uint8_t>(at(100, 0)));
}

TEST_CASE("refresh leaves constant pages as they are and does not ask for them") {
  FakePages target;
  for (std::uint64_t page = 1; page <= 10; ++page) target.fill(page, 7);
  PageCache cache(target, 100);
  for (std::uint64_t page = 1; page <= 10; ++page) REQUIRE(cache.read<std::uint8_t>(at(page, 0)));
  const auto asked = target.asked;
  REQUIRE(cache.refresh([](std::uint64_t page) { return page <= 4; }));
  CHECK(target.asked == asked + 6);
  CHECK(cache.page_count() == 10);
}

TEST_CASE("a closed cache asks for nothing and notices what was missed") {
  FakePages target;
  target.fill(1, 3);
  target.fill(2, 3);
  PageCache cache(target, 100);
  REQUIRE(cache.read<std::uint8_t>(at(1, 0)));
  cache.close();
  const auto calls = target.calls;
  CHECK(cache.read<std::uint8_t>(at(1, 9)));
  CHECK_FALSE(cache.missed());
  CHECK_FALSE(cache.read<std::uint8_t>(at(2, 0)));
  CHECK_FALSE(cache.touch(at(1, 0), 2 * page_size));
  CHECK(cache.missed());
  CHECK(target.calls == calls);
  cache.reopen();
  CHECK(cache.read<std::uint8_t>(at(2, 0)));
}

TEST_CASE("after seal nothing is read from the target") {
  FakePages target;
  target.fill(1, 3);
  target.fill(2, 3);
  PageCache cache(target, 100);
  REQUIRE(cache.read<std::uint8_t>(at(1, 0)));
  cache.seal();
  const auto calls = target.calls;
  CHECK(cache.read<std::uint8_t>(at(1, 5)));
  const auto other = cache.read<std::uint8_t>(at(2, 0));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::not_captured);
  CHECK(target.calls == calls);
}

TEST_CASE("a size the target claims never sizes an allocation") {
  FakePages target;
  target.fill(1, 0);
  PageCache cache(target, 100);
  const auto huge = cache.read_string(at(1, 0), 1ULL << 40);
  REQUIRE_FALSE(huge);
  CHECK(huge.error().code == Errc::limit);
  CHECK_FALSE(cache.read_cstring(at(1, 1), 3));
}

TEST_CASE("a target that is gone is told apart from a page that is not there") {
  FakePages target;
  target.gone = true;
  PageCache cache(target, 100);
  CHECK_FALSE(cache.read<int>(at(1, 0)));
  CHECK(cache.source_state().error().code == Errc::process_ended);
}

TEST_CASE("an avoided page is never asked for") {
  FakePages target;
  target.fill(1, 0);
  PageCache cache(target, 100);
  cache.avoid(1);
  CHECK_FALSE(cache.read<int>(at(1, 0)));
  CHECK(target.calls == 0);
  cache.clear();
  CHECK_FALSE(cache.read<int>(at(1, 0)));
  CHECK(target.calls == 0);
}

TEST_CASE("what is nice to have is read within its allowance, and not counted as a failure") {
  FakePages target;
  for (std::uint64_t page = 1; page <= 20; ++page) target.fill(page, static_cast<std::uint8_t>(page));
  PageCache cache(target, 100);
  CHECK(cache.read<std::uint8_t>(at(1, 0)));
  {
    PageCache::Optional optional(cache, 3);
    CHECK(cache.read<std::uint8_t>(at(1, 9)));  // held already: free
    CHECK(optional.left() == 3);
    CHECK(cache.touch(at(2, 0), 2 * page_size));
    CHECK(optional.left() == 1);
    const auto beyond = cache.touch(at(4, 0), 2 * page_size);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().code == Errc::limit);
    CHECK(optional.left() == 0);
    const auto next = cache.read<std::uint8_t>(at(6, 0));
    REQUIRE_FALSE(next);
    CHECK(next.error().code == Errc::limit);
    CHECK_FALSE(cache.read<std::uint8_t>(at(99, 0)));
    optional.allow(1);
    CHECK(cache.read<std::uint8_t>(at(6, 0)));  // another share
    CHECK_FALSE(cache.read<std::uint8_t>(at(99, 0)));
    CHECK(cache.optional_failures().left_out == 4);
  }
  CHECK(cache.failures().count == 0);
  CHECK(target.pages.size() == 20);

  // A walk on the closed cache: what was refused is no reason to look again, what nobody asked for is.
  cache.close();
  {
    PageCache::Optional optional(cache, 0);
    CHECK(cache.read<std::uint8_t>(at(4, 0)).error().code == Errc::limit);
    CHECK_FALSE(cache.missed());
    CHECK(cache.touch(at(4, 0), 2 * page_size).error().code == Errc::limit);
    CHECK_FALSE(cache.missed());  // the page behind it was never asked for
    CHECK_FALSE(cache.read<std::uint8_t>(at(7, 0)));
    CHECK(cache.missed());
  }
  cache.reopen();
  // Whoever really needs the page gets it.
  CHECK(cache.read<std::uint8_t>(at(4, 0)));
}

TEST_CASE("a refresh reads what every report needs first, and the rest for as long as it may") {
  FakePages target;
  for (std::uint64_t page = 1; page <= 4000; ++page) target.fill(page, 7);
  PageCache cache(target, 5000);
  CHECK(cache.touch(at(2000, 0), page_size));
  {
    PageCache::Optional optional(cache, 5000);
    CHECK(cache.touch(at(1, 0), 1999 * page_size));
  }
  std::vector<std::size_t> asked;
  std::size_t before = target.asked;
  int times = 0;
  CHECK(cache.refresh({}, [&] {
    asked.push_back(target.asked - before);
    before = target.asked;
    return ++times < 2;
  }));
  // One page, then one piece of the others; then it was told to stop.
  REQUIRE(asked.size() == 2);
  CHECK(asked[0] == 1);
  CHECK(asked[1] > 0);
  CHECK(asked[1] < 1999);
  CHECK(cache.page_count() == 1 + asked[1]);
  cache.seal();
  CHECK(cache.read<std::uint8_t>(at(2000, 0)));
  CHECK(cache.read<std::uint8_t>(at(1, 0)));
  CHECK(cache.read<std::uint8_t>(at(1999, 0)).error().code == Errc::not_captured);
}
