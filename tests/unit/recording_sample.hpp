#pragma once
// A small recording with something in every field.

#include <array>
#include <string>
#include <vector>

#include "target/recording/recording.hpp"

namespace pyexc::recording_sample {

/// Not text in any encoding: a NUL, a lone surrogate as Python writes it, bytes that are no UTF-8.
inline std::string odd() { return std::string("a\0\xed\xb3\xbf\xff\n", 7); }

struct Memory {
  std::vector<std::array<std::byte, page_size>> pages;
};

inline void add_page(Recording& out, Memory& memory, std::size_t index, std::uint64_t page, std::uint8_t seed) {
  auto& bytes = memory.pages[index];
  for (std::size_t i = 0; i < page_size; ++i) bytes[i] = static_cast<std::byte>(seed == 0 ? 0 : seed + i * 7 % 241);
  out.pages.push_back({page, bytes});
}

inline Recording sample() {
  Recording out;
  out.tool_name = "pyexc-attach";
  out.tool_version = "9.8.7";
  out.captured_at_us = 1'700'000'000'123'456;
  out.freeze = {.mode = "ptrace", .duration_us = 1234, .threads = 2, .rounds = 1};
  out.problems = {{"not-stopped", "thread 4712", "it did not stop"}, {"", odd(), ""}};
  out.identity = {.pid = 4711, .ns_pid = 7, .executable = "/usr/bin/python3 " + odd(),
                  .command_line = {"python3", "", odd(), "app.py"}, .cwd = "/srv", .uid = 1000, .gid = 0xffffffff,
                  .groups = {4, 24, 1000}};
  out.mappings.push_back({.start = 0x400000, .end = 0x401000, .readable = true, .executable = true, .offset = 0x1000,
                          .dev_major = 8, .dev_minor = 1, .inode = 99, .path = "/usr/bin/python3", .deleted = true});
  out.mappings.push_back({.start = 0xffffffffff600000, .end = 0xffffffffff601000, .writable = true,
                          .shared = true, .path = {}});
  out.threads = {{.tid = 4711, .ns_tid = 7, .state = 'S', .comm = "python3", .stopped = true},
                 {.tid = 4712, .ns_tid = 8, .state = 'D', .comm = odd()}};
  out.activity = {{.tid = 4711,
                   .wait = Wait{.call = "recvfrom",
                                .text = "recvfrom(fd 7 → " + odd() + ")",
                                .fd = 7,
                                .file = "socket:[99]",
                                .socket = SocketFacts{"tcp", "127.0.0.1:41532", "[::1]:5432", "ESTABLISHED"},
                                .fds = {3, 4},
                                .futex = 0x7fff'0000'1234,
                                .peers = std::vector<std::int64_t>{12, 13},
                                .holders = {14},
                                .since_ms = 3200,
                                .remaining_ms = 0},
                   .cpu_ms = 120,
                   .age_ms = 50'000},
                  {.tid = 4712, .wait = Wait{.call = "futex", .text = "futex"}, .cpu_ms = {}, .age_ms = {}},
                  {.tid = 4713, .wait = {}, .cpu_ms = {}, .age_ms = 1}};
  out.native = NativeThreads::all;
  out.threads[0].registers = Registers{};
  for (std::size_t i = 0; i < Registers::count; ++i) out.threads[0].registers->values[i] = ~i << 32U;
  out.native_stacks = {
      {.tid = 4711,
       .frames = {{.address = 0x7f00'1234, .symbol = "poll", .offset = 0x4f, .object = "/lib/libc.so.6",
                   .build_id = "abcd", .file = odd(), .line = 29, .stack_begin = 0x7ffe'0000, .stack_end = 0x7ffe'0100,
                   .interrupted = true},
                  {.address = 1, .stack_begin = 2, .stack_end = 2, .signal_handler = true}}},
      {.tid = 4712, .problem = "native-incomplete", .what = odd()}};
  out.python_children = {4800, -1};
  out.runtime = 0x7f12'3456'7890;
  out.debug = true;
  out.asked = {.stacks = false, .threads = {4711, 8}, .locals = true, .tasks = false};
  out.hints = {{.keys = 0x7f00'0000'1000, .name = "stderr", .index = 12, .entries = 60, .used = 58},
               {.keys = 1, .name = odd(), .index = -1, .entries = 0, .used = 0}};

  Recording::Source file;
  file.file.file = "/srv/app.py";
  file.file.loader = {.kind = LoaderFacts::Kind::source_file, .module_name = "__main__", .spec_name = "app",
                      .loader_name = "app", .path = "/srv/app.py", .prefix = {}};
  file.lines = {{3, "raise ValueError\n"}, {4'000'000'000, odd()}};
  out.sources.push_back(file);
  Recording::Source cached;
  cached.file.file = odd();
  cached.file.cached = LinecacheEntry{.lazy = true, .mtime_none = true, .size = 77, .mtime = 1.5, .fullname = odd(),
                                      .line_count = 5, .lines = {}};
  cached.file.loader.kind = LoaderFacts::Kind::zip;
  cached.file.loader.prefix = "in/";
  cached.problem = "not a regular file";
  out.sources.push_back(cached);

  const auto memory = std::make_shared<Memory>();
  memory->pages.resize(4);
  add_page(out, *memory, 0, 0x400, 1);
  add_page(out, *memory, 1, 0x401, 0);
  add_page(out, *memory, 2, 0x7f123, 9);
  add_page(out, *memory, 3, (std::uint64_t{1} << 52) - 1, 3);
  out.missing = {0x402, 0x403, 0x7f125};
  out.storage = memory;
  return out;
}

}  // namespace pyexc::recording_sample
