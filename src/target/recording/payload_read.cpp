#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <string_view>
#include <utility>

#include "target/recording/bytes.hpp"
#include "target/recording/payload.hpp"
#include "target/recording/payload_native.hpp"

namespace pyexc::recording {

namespace {

/// Runs of ascending page numbers that neither touch nor overlap, `max` pages at most.
std::vector<std::uint64_t> read_runs(ByteReader& in, std::size_t max) {
  std::vector<std::uint64_t> pages;
  const std::uint32_t runs = in.count(sizeof(std::uint64_t) + sizeof(std::uint32_t));
  std::uint64_t next = 0;
  for (std::uint32_t i = 0; i < runs; ++i) {
    const auto first = in.number<std::uint64_t>();
    const auto count = in.number<std::uint32_t>();
    if ((i != 0 && first <= next) || count == 0 || count > max - pages.size() || first > max_page_number ||
        count - 1 > max_page_number - first) {
      in.fail();
      return {};
    }
    for (std::uint32_t page = 0; page < count; ++page) pages.push_back(first + page);
    next = first + count;
  }
  return pages;
}

void read_tool(ByteReader& in, Recording& out) {
  out.tool_name = in.string();
  out.tool_version = in.string();
}

void read_moment(ByteReader& in, Recording& out) {
  out.captured_at_us = in.number<std::int64_t>();
  out.freeze.mode = in.string();
  out.freeze.duration_us = in.number<std::int64_t>();
  out.freeze.threads = in.number<std::int64_t>();
  out.freeze.rounds = in.number<std::int64_t>();
}

void read_problems(ByteReader& in, Recording& out) {
  in.records([&](ByteReader& record) {
    Problem& problem = out.problems.emplace_back();
    problem.code = record.string();
    problem.where = record.string();
    problem.what = record.string();
  });
}

void read_process(ByteReader& in, Recording& out) {
  Identity& identity = out.identity;
  identity.pid = in.number<std::int64_t>();
  identity.ns_pid = in.number<std::int64_t>();
  identity.executable = in.string();
  identity.cwd = in.string();
  identity.uid = in.number<std::uint32_t>();
  identity.gid = in.number<std::uint32_t>();
  for (auto left = in.count(sizeof(std::uint32_t)); left != 0; --left)
    identity.groups.push_back(in.number<std::uint32_t>());
  for (auto left = in.count(sizeof(std::uint32_t)); left != 0 && in.ok(); --left)
    identity.command_line.push_back(in.string());
  for (auto left = in.count(sizeof(std::int64_t)); left != 0; --left)
    out.python_children.push_back(in.number<std::int64_t>());
  out.runtime = in.number<std::uint64_t>();
  out.debug = in.flag();
}

void read_mappings(ByteReader& in, Recording& out) {
  in.records([&](ByteReader& record) {
    Mapping& mapping = out.mappings.emplace_back();
    mapping.start = record.number<std::uint64_t>();
    mapping.end = record.number<std::uint64_t>();
    mapping.readable = record.flag();
    mapping.writable = record.flag();
    mapping.executable = record.flag();
    mapping.shared = record.flag();
    mapping.offset = record.number<std::uint64_t>();
    mapping.dev_major = record.number<std::uint32_t>();
    mapping.dev_minor = record.number<std::uint32_t>();
    mapping.inode = record.number<std::uint64_t>();
    mapping.path = record.string();
    mapping.deleted = record.flag();
    if (mapping.start >= mapping.end) record.fail();
  });
}

void read_threads(ByteReader& in, Recording& out) {
  in.records([&](ByteReader& record) {
    TargetThread& thread = out.threads.emplace_back();
    thread.tid = record.number<std::int64_t>();
    thread.ns_tid = record.number<std::int64_t>();
    thread.state = static_cast<char>(record.number<std::uint8_t>());
    thread.comm = record.string();
    thread.stopped = record.flag();
  });
}

void read_asked(ByteReader& in, Recording& out) {
  out.asked.stacks = in.flag();
  for (auto left = in.count(sizeof(std::int64_t)); left != 0; --left)
    out.asked.threads.push_back(in.number<std::int64_t>());
  out.asked.locals = in.flag();
  out.asked.tasks = in.flag();
}

void read_hints(ByteReader& in, Recording& out) {
  in.records([&](ByteReader& record) {
    Recording::Hint& hint = out.hints.emplace_back();
    hint.keys = record.number<std::uint64_t>();
    hint.name = record.string();
    hint.index = record.number<std::int64_t>();
    hint.entries = record.number<std::int64_t>();
    hint.used = record.number<std::int64_t>();
  });
}

void read_source(ByteReader& in, Recording::Source& source) {
  SourceFile& file = source.file;
  file.file = in.string();
  const auto kind = in.number<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(LoaderFacts::Kind::python_code)) return in.fail();
  file.loader.kind = static_cast<LoaderFacts::Kind>(kind);
  file.loader.module_name = in.string();
  file.loader.spec_name = in.string();
  file.loader.loader_name = in.string();
  file.loader.path = in.string();
  file.loader.prefix = in.string();
  if (in.flag()) {
    LinecacheEntry& cached = file.cached.emplace();
    cached.lazy = in.flag();
    cached.mtime_none = in.flag();
    cached.size = in.number<std::int64_t>();
    cached.mtime = in.number<double>();
    cached.fullname = in.string();
    cached.line_count = in.number<std::int64_t>();
  }
  std::int64_t last = 0;
  for (auto left = in.count(sizeof(std::int64_t) + sizeof(std::uint32_t)); left != 0 && in.ok(); --left) {
    const auto line = in.number<std::int64_t>();
    std::string text = in.string();
    if (line <= last) return in.fail();
    if (in.ok()) source.lines.emplace_hint(source.lines.end(), line, std::move(text));
    last = line;
  }
  source.problem = in.string();
}

void read_sources(ByteReader& in, Recording& out) {
  in.records([&](ByteReader& record) { read_source(record, out.sources.emplace_back()); });
}

void read_missing(ByteReader& in, Recording& out) { out.missing = read_runs(in, max_missing); }

void read_pages(ByteReader& in, Recording& out) {
  const auto numbers = read_runs(in, in.left() / page_size);
  if (in.left() != numbers.size() * page_size) return in.fail();
  out.pages.reserve(numbers.size());
  for (const std::uint64_t page : numbers)
    out.pages.push_back({page, std::span<const std::byte, page_size>(in.take(page_size))});
}

/// A time or a descriptor, never negative.
std::optional<std::int64_t> read_optional(ByteReader& in) {
  if (!in.flag()) return std::nullopt;
  const auto value = in.number<std::int64_t>();
  if (value < 0) in.fail();
  return value;
}

std::vector<std::int64_t> read_numbers(ByteReader& in, std::size_t max) {
  std::vector<std::int64_t> numbers;
  const auto count = in.count(sizeof(std::int64_t));
  if (count > max) in.fail();
  for (auto left = count; left != 0 && in.ok(); --left) numbers.push_back(in.number<std::int64_t>());
  return numbers;
}

Wait read_wait(ByteReader& in) {
  Wait wait;
  wait.call = in.string();
  wait.text = in.string();
  wait.fd = read_optional(in);
  wait.file = in.string();
  if (in.flag()) {
    SocketFacts& socket = wait.socket.emplace();
    socket.family = in.string();
    socket.local = in.string();
    socket.remote = in.string();
    socket.state = in.string();
  }
  wait.fds = read_numbers(in, Wait::max_fds);
  if (in.flag()) wait.futex = in.number<std::uint64_t>();
  if (in.flag()) wait.peers = read_numbers(in, Wait::max_peers);
  wait.holders = read_numbers(in, Wait::max_peers);
  wait.since_ms = read_optional(in);
  wait.remaining_ms = read_optional(in);
  return wait;
}

void read_activity(ByteReader& in, Recording& out) {
  in.records([&](ByteReader& record) {
    Activity& activity = out.activity.emplace_back();
    activity.tid = record.number<std::int64_t>();
    activity.cpu_ms = read_optional(record);
    activity.age_ms = read_optional(record);
    if (record.flag()) activity.wait = read_wait(record);
  });
}

struct Section {
  std::string_view name;
  void (*read)(ByteReader&, Recording&);
};

/// In the order of Tag.
constexpr std::array<Section, tag_count> sections = {{
    {"tool", read_tool},
    {"moment", read_moment},
    {"problems", read_problems},
    {"process", read_process},
    {"mappings", read_mappings},
    {"threads", read_threads},
    {"asked", read_asked},
    {"hints", read_hints},
    {"sources", read_sources},
    {"missing", read_missing},
    {"pages", read_pages},
    {"activity", read_activity},
    {"native", read_native},
}};

Unexpected damaged(std::string what) { return fail(Errc::unreadable_file, "damaged: " + std::move(what)); }

Result<void> read_section(const Section& section, std::span<const std::byte> body, Recording& recording) {
  ByteReader reader(body);
  section.read(reader, recording);
  if (!reader.ok()) return damaged(fmt::format("section \"{}\" does not make sense", section.name));
  return {};
}

}  // namespace

Result<Recording> read_payload(std::shared_ptr<const std::vector<std::byte>> payload, std::uint64_t max_metadata) {
  Recording recording;
  std::bitset<tag_count> seen;
  std::uint64_t metadata = 0;
  std::span<const std::byte> native;  // read last: it has registers of the threads
  ByteReader in(*payload);
  while (in.left() != 0) {
    const auto tag = in.number<std::uint32_t>();
    const auto body = in.take(in.number<std::uint64_t>());
    if (!in.ok()) return damaged("a section ends beyond the end");
    if (tag == 0) return damaged("a section without a tag");
    if (tag > tag_count) continue;
    const Section& section = sections[tag - 1];
    if (seen.test(tag - 1)) return damaged(fmt::format("section \"{}\" twice", section.name));
    seen.set(tag - 1);
    if (tag != static_cast<std::uint32_t>(Tag::pages) && (metadata += body.size()) > max_metadata)
      return fail(Errc::unreadable_file, fmt::format("it holds more than {} bytes beside its pages", max_metadata));
    if (tag == static_cast<std::uint32_t>(Tag::native)) {
      native = body;
      continue;
    }
    PYEXC_CHECK(read_section(section, body, recording));
  }
  for (std::size_t i = 0; i < required_tags; ++i)
    if (!seen.test(i)) return damaged(fmt::format("section \"{}\" is not there", sections[i].name));
  constexpr auto native_at = static_cast<std::size_t>(Tag::native) - 1;
  if (seen.test(native_at)) PYEXC_CHECK(read_section(sections[native_at], native, recording));

  for (const std::uint64_t page : recording.missing)
    if (std::ranges::binary_search(recording.pages, page, {}, &Recording::Page::page))
      return damaged("a page is there and missing at once");
  recording.storage = std::move(payload);
  return recording;
}

}  // namespace pyexc::recording
