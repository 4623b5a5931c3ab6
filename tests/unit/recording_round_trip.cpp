// Recordings written and read back: whole, cut, damaged, as files and as targets.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "recording_same.hpp"
#include "recording_sample.hpp"
#include "target/recording/recording_target.hpp"

using namespace pyexc;
using namespace pyexc::recording_sample;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string encoded(const Recording& recording) {
  auto file = encode(recording);
  REQUIRE(file);
  return *std::move(file);
}

bool says(const Error& error, std::string_view part) { return error.message().find(part) != std::string::npos; }

class Directory {
 public:
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "recording-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string operator/(const char* name) const { return path_ / name; }
  std::string write(const char* name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a recording survives being written and read") {
  const Recording recording = sample();
  const auto read = decode(bytes_of(encoded(recording)));
  REQUIRE(read);
  check_same(*read, recording);
  CHECK(encoded(*read) == encoded(recording));
  check_same(*decode(bytes_of(encoded(Recording{}))), Recording{});
}

TEST_CASE("pages outlive the recording they were read with, as long as their storage") {
  std::vector<Recording::Page> pages;
  std::shared_ptr<const void> storage;
  {
    auto read = decode(bytes_of(encoded(sample())));
    REQUIRE(read);
    Recording copy = *read;
    pages = copy.pages;
    storage = copy.storage;
  }
  const Recording original = sample();
  REQUIRE(pages.size() == original.pages.size());
  for (std::size_t i = 0; i < pages.size(); ++i)
    CHECK(std::ranges::equal(pages[i].bytes, original.pages[i].bytes));
}

TEST_CASE("a large recording: many runs, zero pages cost next to nothing") {
  Recording recording;
  const auto memory = std::make_shared<Memory>();
  memory->pages.resize(3000);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < memory->pages.size(); ++i) {
    if (i % 3 == 0)
      for (auto& byte : memory->pages[i]) byte = static_cast<std::byte>(random());
    recording.pages.push_back({i + i / 5, memory->pages[i]});
  }
  recording.storage = memory;
  const std::string file = encoded(recording);
  CHECK(file.size() < 1000 * page_size + 3000 * 16);
  const auto read = decode(bytes_of(file));
  REQUIRE(read);
  check_same(*read, recording);
}

TEST_CASE("pages that are out of order, twice or beyond the address space are not written") {
  const auto refused = [](std::vector<std::uint64_t> pages, std::vector<std::uint64_t> missing) {
    Recording recording;
    static const std::array<std::byte, page_size> zeros{};
    for (const auto page : pages) recording.pages.push_back({page, zeros});
    recording.missing = std::move(missing);
    const auto file = encode(recording);
    return !file && file.error().code == Errc::internal;
  };
  CHECK_FALSE(refused({1, 2, 9}, {3, 4}));
  CHECK(refused({2, 1}, {}));
  CHECK(refused({2, 2}, {}));
  CHECK(refused({2, 3, 3}, {}));
  CHECK(refused({std::uint64_t{1} << 52}, {}));
  CHECK(refused({}, {5, 4}));
  CHECK(refused({}, {5, 5}));
}

TEST_CASE("no beginning of a recording is taken for one") {
  const std::string file = encoded(sample());
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto read = decode(bytes_of(file).first(size));
    CAPTURE(size);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::unreadable_file);
    CHECK(says(read.error(), size == 0 ? "empty" : "cut short"));
  }
}

TEST_CASE("no single changed byte goes unnoticed") {
  const std::string file = encoded(sample());
  const auto original = decode(bytes_of(file));
  REQUIRE(original);
  std::mt19937 random(1);
  std::size_t same = 0;
  for (std::size_t at = 0; at < file.size(); ++at)
    for (int round = 0; round < 4; ++round) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ static_cast<char>(1 + random() % 255));
      const auto read = decode(bytes_of(changed));
      if (!read) {
        CHECK(read.error().code == Errc::unreadable_file);
        continue;
      }
      // zstd has a few bits that mean nothing.
      ++same;
      check_same(*read, *original);
    }
  CHECK(same < 20);
}

TEST_CASE("files") {
  const Directory directory;
  const std::string file = encoded(sample());
  const auto error = [](const std::string& path, const RecordingLimits& limits = {}) {
    const auto read = read_recording(path, limits);
    REQUIRE_FALSE(read);
    return read.error();
  };
  SUBCASE("a good one") {
    const auto read = read_recording(directory.write("good", file));
    REQUIRE(read);
    check_same(*read, sample());
  }
  SUBCASE("none") {
    CHECK(error(directory / "none").code == Errc::no_such_file);
    CHECK(error(directory / "none").sys_errno == ENOENT);
    CHECK(error("").code == Errc::no_such_file);
    CHECK(error(directory.write("file", file) + "/below").sys_errno == ENOTDIR);
  }
  SUBCASE("not a regular file") {
    CHECK(says(error("/"), "not a regular file"));
    CHECK(says(error("/dev/zero"), "not a regular file"));
    REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
    CHECK(says(error(directory / "fifo"), "not a regular file"));
    CHECK(error(directory / "fifo").code == Errc::unreadable_file);
  }
  SUBCASE("a cut, a damaged, an empty, another one") {
    CHECK(says(error(directory.write("cut", file.substr(0, file.size() / 2))), "cut short"));
    CHECK(says(error(directory.write("empty", "")), "empty"));
    CHECK(says(error(directory.write("other", std::string(100, 'x'))), "not a recording"));
    std::string damaged = file;
    damaged[damaged.size() / 2] = static_cast<char>(~damaged[damaged.size() / 2]);
    CHECK(says(error(directory.write("damaged", damaged)), "damaged"));
    CHECK(error(directory / "damaged").code == Errc::unreadable_file);
  }
  SUBCASE("larger than allowed") {
    const std::string path = directory.write("good", file);
    CHECK(read_recording(path, {.max_file = file.size()}));
    CHECK(says(error(path, {.max_file = file.size() - 1}), "larger than"));
    // 2 GiB of nothing are neither read nor taken for a recording.
    const std::string huge = directory.write("huge", "");
    REQUIRE(::truncate(huge.c_str(), off_t{2} << 30) == 0);
    CHECK(says(error(huge), "not a recording"));
    const std::string long_tail = directory.write("tail", file);
    REQUIRE(::truncate(long_tail.c_str(), off_t{2} << 30) == 0);
    CHECK(says(error(long_tail), "larger than"));
  }
}

TEST_CASE("a recording as a target") {
  auto read = decode(bytes_of(encoded(sample())));
  REQUIRE(read);
  RecordingTarget target(*std::move(read));
  const Recording original = sample();
  CHECK(target.identity().pid == 4711);
  CHECK(target.mappings().size() == 2);
  CHECK(target.threads().size() == 2);
  const auto file = target.open_mapped_file(target.mappings().front());
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::no_such_file);

  std::array<std::array<std::byte, page_size>, 4> buffers;
  std::array<PageRequest, 4> requests = {{{0x7f123, buffers[0].data(), false},
                                          {0x7f124, buffers[1].data(), true},
                                          {0x400, buffers[2].data(), false},
                                          {0, buffers[3].data(), true}}};
  REQUIRE(target.pages().read_pages(requests));
  CHECK(requests[0].ok);
  CHECK_FALSE(requests[1].ok);
  CHECK(requests[2].ok);
  CHECK_FALSE(requests[3].ok);
  CHECK(std::ranges::equal(buffers[0], original.pages[2].bytes));
  CHECK(std::ranges::equal(buffers[2], original.pages[0].bytes));
}

TEST_CASE("a cache loaded from a recording answers as the one it was made from") {
  // A source with some pages, asked for some that are there and some that are not.
  auto source = decode(bytes_of(encoded(sample())));
  REQUIRE(source);
  RecordingTarget live(*std::move(source));
  PageCache captured(live.pages(), 100);
  const auto at = [](std::uint64_t page) { return RemoteAddr(page * page_size); };
  REQUIRE(captured.touch(at(0x400), 2 * page_size));
  CHECK_FALSE(captured.read<int>(at(0x402)));
  CHECK_FALSE(captured.read<int>(at(0x10000)));
  captured.avoid(0x20000);
  captured.seal();
  CHECK(captured.missing() == std::vector<std::uint64_t>{0x402, 0x10000});

  Recording recording;
  for (const auto& page : captured.kept()) recording.pages.push_back({page.page, page.bytes});
  recording.missing = captured.missing();
  auto again = decode(bytes_of(encoded(recording)));
  REQUIRE(again);
  RecordingTarget target(*std::move(again));
  PageCache replayed(target.pages(), 4);
  REQUIRE(target.load(replayed));
  for (const std::uint64_t page : {0x400, 0x401, 0x402, 0x403, 0x10000, 0x20000, 0x7f123}) {
    const auto a = captured.read<std::uint64_t>(at(page)), b = replayed.read<std::uint64_t>(at(page));
    CAPTURE(page);
    REQUIRE(a.has_value() == b.has_value());
    if (a)
      CHECK(*a == *b);
    else
      CHECK(a.error().code == b.error().code);
  }
  PageCache small(target.pages(), 3);
  const auto refused = target.load(small);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::limit);
}

TEST_CASE("sources are told apart by everything but their lines") {
  SourceFile base = sample().sources[1].file;
  base.cached->mtime = std::numeric_limits<double>::quiet_NaN();
  SourceFile other = base;
  CHECK(same_source(base, other));
  other.cached->lines[3] = "x\n";
  CHECK(same_source(base, other));
  const auto differs = [&](auto change) {
    SourceFile changed = base;
    change(changed);
    return !same_source(base, changed) && !same_source(changed, base);
  };
  CHECK(differs([](SourceFile& s) { s.file += "x"; }));
  CHECK(differs([](SourceFile& s) { s.cached.reset(); }));
  CHECK(differs([](SourceFile& s) { s.cached->lazy = !s.cached->lazy; }));
  CHECK(differs([](SourceFile& s) { s.cached->mtime_none = !s.cached->mtime_none; }));
  CHECK(differs([](SourceFile& s) { ++s.cached->size; }));
  CHECK(differs([](SourceFile& s) { s.cached->mtime = 0; }));
  CHECK(differs([](SourceFile& s) { s.cached->fullname += "x"; }));
  CHECK(differs([](SourceFile& s) { ++s.cached->line_count; }));
  CHECK(differs([](SourceFile& s) { s.loader.kind = LoaderFacts::Kind::none; }));
  CHECK(differs([](SourceFile& s) { s.loader.module_name += "x"; }));
  CHECK(differs([](SourceFile& s) { s.loader.spec_name += "x"; }));
  CHECK(differs([](SourceFile& s) { s.loader.loader_name += "x"; }));
  CHECK(differs([](SourceFile& s) { s.loader.path += "x"; }));
  CHECK(differs([](SourceFile& s) { s.loader.prefix += "x"; }));
}
