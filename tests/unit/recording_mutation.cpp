// Payloads with seeded changes, read without the checksum that would catch them: refused, or good enough
// to be written and read again. tests/fuzz/ does the same for longer, and with whole files.

#include "../fuzz/mutate.hpp"
#include "recording_same.hpp"
#include "recording_sample.hpp"
#include "target/recording/payload.hpp"

using namespace pyexc;
using namespace pyexc::recording_sample;

TEST_CASE("changed payloads are refused or are recordings") {
  Recording small = sample();
  small.pages.erase(small.pages.begin() + 1, small.pages.end());
  auto original = recording::write_metadata(small);
  REQUIRE(original);
  original->append(reinterpret_cast<const char*>(small.pages[0].bytes.data()), page_size);
  std::size_t accepted = 0, refused = 0;
  for (std::uint64_t run = 0; run < 5000; ++run) {
    fuzz::Random random(run);
    std::string changed = *original;
    fuzz::mutate(changed, random);
    const auto bytes = std::as_bytes(std::span(changed));
    auto read = recording::read_payload(std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end()),
                                        std::uint64_t{1} << 20);
    CAPTURE(run);
    if (!read) {
      ++refused;
      REQUIRE(read.error().code == Errc::unreadable_file);
      continue;
    }
    ++accepted;
    const auto file = encode(*read);
    REQUIRE(file);
    const auto again = decode(std::as_bytes(std::span(*file)));
    REQUIRE(again);
    check_same(*read, *again);
  }
  // Both happen, or the changes test nothing.
  CHECK(accepted > 100);
  CHECK(refused > 2000);
}
