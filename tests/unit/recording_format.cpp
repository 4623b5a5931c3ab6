// The bytes of a recording against docs/recording-format.md: made here by hand and with zstd itself, not
// with the writer under test.

#include <zstd.h>

#include "recording_same.hpp"
#include "recording_sample.hpp"

using namespace pyexc;
using namespace pyexc::recording_sample;

namespace {

class Hand {
 public:
  template <class T>
  Hand& number(T value, std::size_t size) {
    auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < size; ++i, bits >>= 8) bytes += static_cast<char>(bits & 0xff);
    return *this;
  }
  Hand& u8(std::uint64_t value) { return number(value, 1); }
  Hand& u32(std::uint64_t value) { return number(value, 4); }
  Hand& u64(std::uint64_t value) { return number(value, 8); }
  Hand& i64(std::int64_t value) { return number(value, 8); }
  Hand& str(std::string_view text) { return u32(text.size()).raw(text); }
  Hand& raw(std::string_view text) {
    bytes += text;
    return *this;
  }
  Hand& record(const Hand& inner) { return str(inner.bytes); }
  Hand& section(std::uint32_t tag, const Hand& inner) { return u32(tag).u64(inner.bytes.size()).raw(inner.bytes); }

  std::string bytes;
};

constexpr std::string_view magic("\x89PYXR\r\n\x1a", 8);

std::string file_of(std::string_view payload, std::uint32_t version = 1) {
  std::string frame(ZSTD_compressBound(payload.size()), '\0');
  const std::size_t size = ZSTD_compress(frame.data(), frame.size(), payload.data(), payload.size(), 1);
  REQUIRE(ZSTD_isError(size) == 0);
  frame.resize(size);
  return Hand().raw(magic).u32(version).bytes + frame;
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string page_text(const Recording::Page& page) {
  return {reinterpret_cast<const char*>(page.bytes.data()), page.bytes.size()};
}

/// Every section of the sample, in the order of tags.
std::vector<Hand> sections_by_hand(const Recording& recording) {
  const std::string o = odd();
  std::vector<Hand> out;
  out.push_back(Hand().str("pyexc-attach").str("9.8.7"));
  out.push_back(Hand().i64(1'700'000'000'123'456).str("ptrace").i64(1234).i64(2).i64(1));
  out.push_back(Hand().u32(2)
                    .record(Hand().str("not-stopped").str("thread 4712").str("it did not stop"))
                    .record(Hand().str("").str(o).str("")));
  out.push_back(Hand().i64(4711).i64(7).str("/usr/bin/python3 " + o).str("/srv").u32(1000).u32(0xffffffff)
                    .u32(3).u32(4).u32(24).u32(1000)
                    .u32(4).str("python3").str("").str(o).str("app.py")
                    .u32(2).i64(4800).i64(-1)
                    .u64(0x7f1234567890).u8(1));
  out.push_back(Hand().u32(2)
                    .record(Hand().u64(0x400000).u64(0x401000).u8(1).u8(0).u8(1).u8(0).u64(0x1000).u32(8).u32(1)
                                .u64(99).str("/usr/bin/python3").u8(1))
                    .record(Hand().u64(0xffffffffff600000).u64(0xffffffffff601000).u8(0).u8(1).u8(0).u8(1).u64(0)
                                .u32(0).u32(0).u64(0).str("").u8(0)));
  out.push_back(Hand().u32(2)
                    .record(Hand().i64(4711).i64(7).u8('S').str("python3").u8(1))
                    .record(Hand().i64(4712).i64(8).u8('D').str(o).u8(0)));
  out.push_back(Hand().u8(0).u32(2).i64(4711).i64(8).u8(1).u8(0));
  out.push_back(Hand().u32(2)
                    .record(Hand().u64(0x7f0000001000).str("stderr").i64(12).i64(60).i64(58))
                    .record(Hand().u64(1).str(o).i64(-1).i64(0).i64(0)));
  out.push_back(Hand().u32(2)
                    .record(Hand().str("/srv/app.py").u8(1).str("__main__").str("app").str("app").str("/srv/app.py")
                                .str("").u8(0)
                                .u32(2).i64(3).str("raise ValueError\n").i64(4'000'000'000).str(o)
                                .str(""))
                    .record(Hand().str(o).u8(3).str("").str("").str("").str("").str("in/")
                                .u8(1).u8(1).u8(1).i64(77).u64(0x3ff8000000000000).str(o).i64(5)
                                .u32(0).str("not a regular file")));
  out.push_back(Hand().u32(2).u64(0x402).u32(2).u64(0x7f125).u32(1));
  Hand pages = Hand().u32(3).u64(0x400).u32(2).u64(0x7f123).u32(1).u64((1ULL << 52) - 1).u32(1);
  for (const auto& page : recording.pages) pages.raw(page_text(page));
  out.push_back(pages);
  const Hand wait = Hand().str("recvfrom").str("recvfrom(fd 7 → " + o + ")").u8(1).i64(7).str("socket:[99]").u8(1)
                        .str("tcp").str("127.0.0.1:41532").str("[::1]:5432").str("ESTABLISHED").u32(2).i64(3).i64(4)
                        .u8(1).u64(0x7fff00001234).u8(1).u32(2).i64(12).i64(13).u32(1).i64(14).u8(1).i64(3200).u8(1).i64(0);
  const Hand bare = Hand().str("futex").str("futex").u8(0).str("").u8(0).u32(0).u8(0).u8(0).u32(0).u8(0).u8(0);
  out.push_back(Hand().u32(3)
                    .record(Hand().i64(4711).u8(1).i64(120).u8(1).i64(50'000).u8(1).raw(wait.bytes))
                    .record(Hand().i64(4712).u8(0).u8(0).u8(1).raw(bare.bytes))
                    .record(Hand().i64(4713).u8(0).u8(1).i64(1).u8(0)));
  Hand registers = Hand().i64(4711).u8(1);
  for (std::uint64_t i = 0; i < 17; ++i) registers.u64(~i << 32U);
  const Hand frames = Hand().u32(2)
                          .u64(0x7f001234).u64(0x7ffe0000).u64(0x7ffe0100).u8(1).u8(0).str("poll").u8(1).u64(0x4f)
                          .str("/lib/libc.so.6").str("abcd").str(o).u8(1).i64(29)
                          .u64(1).u64(2).u64(2).u8(0).u8(1).str("").u8(0).str("").str("").str("").u8(0);
  out.push_back(Hand().u8(2)
                    .u32(2).record(registers).record(Hand().i64(4712).u8(0))
                    .u32(2).record(Hand().i64(4711).str("").str("").raw(frames.bytes))
                    .record(Hand().i64(4712).str("native-incomplete").str(o).u32(0)));
  return out;
}

std::string payload_of(const std::vector<Hand>& sections) {
  Hand out;
  constexpr std::size_t pages = 10;  // the last that is written
  for (std::size_t i = 0; i < sections.size(); ++i)
    if (i != pages) out.section(static_cast<std::uint32_t>(i + 1), sections[i]);
  out.section(pages + 1, sections[pages]);
  return out.bytes;
}

Error error_of(const Result<Recording>& result) {
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::unreadable_file);
  return result.error();
}
Error error_of_payload(std::string_view payload) { return error_of(decode(bytes_of(file_of(payload)))); }

bool says(const Error& error, std::string_view part) {
  const bool found = error.what.find(part) != std::string::npos;
  if (!found) MESSAGE(error.what);
  return found;
}

}  // namespace

TEST_CASE("what is written is what the format's description says, byte for byte") {
  const Recording recording = sample();
  const auto file = encode(recording);
  REQUIRE(file);
  REQUIRE(file->size() > 12);
  CHECK(file->substr(0, 12) == Hand().raw(magic).u32(1).bytes);
  const std::string frame = file->substr(12);
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  REQUIRE(size < (1U << 20));
  CHECK(ZSTD_findFrameCompressedSize(frame.data(), frame.size()) == frame.size());
  CHECK((static_cast<unsigned char>(frame[4]) & 4) != 0);  // Content_Checksum_flag of RFC 8878, 3.1.1.1.1
  std::string payload(static_cast<std::size_t>(size), '\0');
  REQUIRE(ZSTD_decompress(payload.data(), payload.size(), frame.data(), frame.size()) == size);
  CHECK(payload == payload_of(sections_by_hand(recording)));
}

TEST_CASE("what is described is read") {
  const Recording recording = sample();
  const auto read = decode(bytes_of(file_of(payload_of(sections_by_hand(recording)))));
  REQUIRE(read);
  check_same(*read, recording);
}

TEST_CASE("sections may come in any order, unknown ones and fields of later writers are passed over") {
  const Recording recording = sample();
  auto sections = sections_by_hand(recording);
  const auto later = [](Hand& section) { section.str("a field of a later version"); };
  for (const std::size_t i : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 11U}) later(sections[i]);
  // A record with a field more: the first problem.
  const Hand problem = Hand().str("not-stopped").str("thread 4712").str("it did not stop");
  sections[2] = Hand().u32(2).record(Hand(problem).u64(7)).record(Hand().str("").str(odd()).str(""));
  Hand payload;
  payload.section(1000, Hand().raw("no one knows"));
  for (std::size_t i = sections.size(); i-- != 0;) payload.section(static_cast<std::uint32_t>(i + 1), sections[i]);
  payload.section(0xffffffff, Hand());
  payload.section(1000, Hand());
  const auto read = decode(bytes_of(file_of(payload.bytes)));
  REQUIRE(read);
  check_same(*read, recording);
}

TEST_CASE("a newer format is told apart from a damaged file") {
  const std::string payload = payload_of(sections_by_hand(sample()));
  CHECK(says(error_of(decode(bytes_of(file_of(payload, 2)))), "of format 2, and this program reads up to 1"));
  CHECK(says(error_of(decode(bytes_of(file_of(payload, 0xffffffff)))), "of format 4294967295"));
  CHECK(says(error_of(decode(bytes_of(file_of(payload, 0)))), "damaged"));
  // Nothing behind the number of a newer format is looked at.
  CHECK(says(error_of(decode(bytes_of(Hand().raw(magic).u32(2).bytes))), "of format 2"));
}

TEST_CASE("other files are not recordings") {
  CHECK(says(error_of(decode({})), "empty"));
  CHECK(says(error_of(decode(bytes_of("x"))), "not a recording"));
  CHECK(says(error_of(decode(bytes_of("\x7f" "ELF and so on"))), "not a recording"));
  CHECK(says(error_of(decode(bytes_of("#!/usr/bin/python3\n"))), "not a recording"));
  CHECK(says(error_of(decode(bytes_of("\x89PNG\r\n\x1a\n"))), "not a recording"));
  CHECK(says(error_of(decode(bytes_of("\x89PYXR\n\x1a\x01\0\0\0"))), "line ends"));
}

TEST_CASE("every section of the first writer must be there, and each only once") {
  constexpr std::uint32_t of_the_first = 11;
  const auto sections = sections_by_hand(sample());
  for (std::uint32_t left_out = 1; left_out <= sections.size(); ++left_out) {
    Hand payload, twice;
    for (std::uint32_t tag = 1; tag <= sections.size(); ++tag) {
      if (tag != left_out) payload.section(tag, sections[tag - 1]);
      twice.section(tag, sections[tag - 1]);
    }
    twice.section(left_out, sections[left_out - 1]);
    if (left_out <= of_the_first) CHECK(says(error_of_payload(payload.bytes), "is not there"));
    else CHECK(decode(bytes_of(file_of(payload.bytes))));
    CHECK(says(error_of_payload(twice.bytes), "twice"));
  }
  CHECK(says(error_of_payload(""), "is not there"));
  CHECK(says(error_of_payload(Hand().section(0, Hand()).bytes), "without a tag"));
}

TEST_CASE("no section survives the loss of its last bytes") {
  const auto sections = sections_by_hand(sample());
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::size_t size = sections[i].bytes.size();
    for (std::size_t kept = 0; kept < size; kept += size > 2000 && kept > 100 && kept + 100 < size ? 97 : 1) {
      auto cut = sections;
      cut[i].bytes.resize(kept);
      const auto read = decode(bytes_of(file_of(payload_of(cut))));
      CAPTURE(i);
      CAPTURE(kept);
      REQUIRE_FALSE(read);
      CHECK(says(read.error(), "does not make sense"));
    }
  }
}

TEST_CASE("numbers that contradict what is there") {
  const Recording recording = sample();
  const auto with = [&](std::size_t tag, const Hand& section) {
    auto sections = sections_by_hand(recording);
    sections[tag - 1] = section;
    return payload_of(sections);
  };
  const std::string page(page_size, 'p');
  constexpr std::uint64_t last = (1ULL << 52) - 1;
  const char* const bad = "does not make sense";
  SUBCASE("lists and texts larger than the file") {
    CHECK(says(error_of_payload(with(3, Hand().u32(0xffffffff))), bad));
    CHECK(says(error_of_payload(with(8, Hand().u32(0x40000000).str(""))), bad));
    CHECK(says(error_of_payload(with(1, Hand().u32(0xffffffff).raw("ab"))), bad));
    CHECK(says(error_of_payload(with(7, Hand().u8(1).u32(0x20000000).i64(1))), bad));
    CHECK(says(error_of_payload(with(10, Hand().u32(1).u64(1).u32(0xffffffff))), bad));
    CHECK(says(error_of_payload(with(12, Hand().u32(0xffffffff))), bad));
    Hand many = Hand().i64(1).u8(0).u8(0).u8(1).str("poll").str("").u8(0).str("").u8(0).u32(65);
    for (std::int64_t fd = 0; fd < 65; ++fd) many.i64(fd);
    many.u8(0).u8(0).u32(0).u8(0).u8(0);
    CHECK(says(error_of_payload(with(12, Hand().u32(1).record(many))), bad));
  }
  SUBCASE("frames of C that are not there, and threads of no kind") {
    CHECK(says(error_of_payload(with(13, Hand().u8(3).u32(0).u32(0))), bad));
    CHECK(says(error_of_payload(with(13, Hand().u8(1).u32(0).u32(1).record(Hand().i64(1).str("").str("").u32(0x7fffffff)))), bad));
  }
  SUBCASE("times and descriptors below zero") {
    CHECK(says(error_of_payload(with(12, Hand().u32(1).record(Hand().i64(1).u8(1).i64(-1).u8(0).u8(0)))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(1).u32(0xffffffff).raw(page))), bad));
  }
  SUBCASE("a section longer than the payload") {
    CHECK(says(error_of_payload(Hand().u32(1).u64(~0ULL).bytes), "beyond the end"));
    CHECK(says(error_of_payload(Hand().u32(77).u64(5).raw("abcd").bytes), "beyond the end"));
    CHECK(says(error_of_payload(Hand().u32(1).u32(0).bytes), "beyond the end"));
  }
  SUBCASE("pages") {
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(1).u32(0))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(last + 1).u32(1).raw(page))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(last).u32(2).raw(page + page))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(1).u32(1).raw(page + "x"))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(1).u32(2).raw(page))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(2).u64(5).u32(1).u64(5).u32(1).raw(page + page))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(2).u64(5).u32(1).u64(4).u32(1).raw(page + page))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(2).u64(5).u32(2).u64(6).u32(1).raw(page + page + page))), bad));
    CHECK(says(error_of_payload(with(11, Hand().u32(1).u64(0x402).u32(1).raw(page))), "there and missing"));
    CHECK(decode(bytes_of(file_of(with(11, Hand().u32(0))))));
    CHECK(decode(bytes_of(file_of(with(11, Hand().u32(1).u64(0).u32(1).raw(page))))));
  }
  SUBCASE("values of a kind this format does not have") {
    CHECK(says(error_of_payload(with(7, Hand().u8(2).u32(0))), bad));
    CHECK(says(error_of_payload(with(9, Hand().u32(1).record(Hand().str("f").u8(7).str("").str("").str("").str("")
                                                                 .str("").u8(0).u32(0).str("")))), bad));
    CHECK(says(error_of_payload(with(5, Hand().u32(1).record(Hand().u64(9).u64(9).u32(0).u64(0).u32(0).u32(0).u64(0)
                                                                 .str("").u8(0)))), bad));
  }
  SUBCASE("lines out of order") {
    const auto source = [](std::int64_t a, std::int64_t b) {
      return Hand().u32(1).record(Hand().str("f").u8(0).str("").str("").str("").str("").str("").u8(0)
                                      .u32(2).i64(a).str("").i64(b).str("").str(""));
    };
    CHECK(says(error_of_payload(with(9, source(2, 2))), bad));
    CHECK(says(error_of_payload(with(9, source(2, 1))), bad));
    CHECK(says(error_of_payload(with(9, source(0, 1))), bad));
    CHECK(decode(bytes_of(file_of(with(9, source(1, 2))))));
  }
}

TEST_CASE("limits on what is unpacked") {
  const std::string payload = payload_of(sections_by_hand(sample()));
  const std::string file = file_of(payload);
  const auto with = [&](std::uint64_t max_payload, std::uint64_t max_metadata) {
    return decode(bytes_of(file), {.max_payload = max_payload, .max_metadata = max_metadata});
  };
  CHECK(with(payload.size(), 1 << 20));
  CHECK(says(error_of(with(payload.size() - 1, 1 << 20)), "unpacks to more than"));
  CHECK(says(error_of(with(0, 1 << 20)), "unpacks to more than"));
  CHECK(says(error_of(with(payload.size(), 400)), "beside its pages"));
  // A few kilobytes that unpack to 64 MiB of nothing, in a section nobody knows.
  const std::string zeros(64U << 20, '\0');
  const std::string bomb = file_of(Hand().u32(99).u64(zeros.size()).raw(zeros).bytes);
  CHECK(bomb.size() < (16U << 10));
  CHECK(says(error_of(decode(bytes_of(bomb), {.max_payload = 1 << 20})), "unpacks to more than"));
}

TEST_CASE("frames that no writer of recordings makes") {
  const std::string payload = payload_of(sections_by_hand(sample()));
  const std::string good = file_of(payload);
  REQUIRE(decode(bytes_of(good)));
  CHECK(says(error_of(decode(bytes_of(good + "x"))), "follows its end"));
  CHECK(says(error_of(decode(bytes_of(good + good.substr(12)))), "follows its end"));
  CHECK(says(error_of(decode(bytes_of(good.substr(0, 12)))), "cut short"));
  // A frame to be skipped has no payload.
  CHECK_FALSE(decode(bytes_of(Hand().raw(magic).u32(1).u32(0x184d2a50).u32(3).raw("abc").bytes)));
  // One that asks its reader for 128 MiB of window.
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  REQUIRE(context != nullptr);
  CHECK(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27)) == 0);
  std::string frame(ZSTD_compressBound(payload.size()), '\0');
  ZSTD_outBuffer out{frame.data(), frame.size(), 0};
  ZSTD_inBuffer in{payload.data(), payload.size() / 2, 0};
  CHECK(ZSTD_isError(ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush)) == 0);
  in.size = payload.size();
  CHECK(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(context);
  frame.resize(out.pos);
  CHECK(says(error_of(decode(bytes_of(Hand().raw(magic).u32(1).bytes + frame))), "damaged"));
}
