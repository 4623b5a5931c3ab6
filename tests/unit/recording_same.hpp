#pragma once
// Comparison of two recordings, field by field.

#include <doctest/doctest.h>

#include <algorithm>

#include "target/recording/recording.hpp"

namespace pyexc::recording_sample {

inline void check_same(const Recording& a, const Recording& b) {
  CHECK(a.tool_name == b.tool_name);
  CHECK(a.tool_version == b.tool_version);
  CHECK(a.captured_at_us == b.captured_at_us);
  CHECK(a.freeze.mode == b.freeze.mode);
  CHECK(a.freeze.duration_us == b.freeze.duration_us);
  CHECK(a.freeze.threads == b.freeze.threads);
  CHECK(a.freeze.rounds == b.freeze.rounds);
  REQUIRE(a.problems.size() == b.problems.size());
  for (std::size_t i = 0; i < a.problems.size(); ++i) {
    CHECK(a.problems[i].code == b.problems[i].code);
    CHECK(a.problems[i].where == b.problems[i].where);
    CHECK(a.problems[i].what == b.problems[i].what);
  }
  CHECK(a.identity.pid == b.identity.pid);
  CHECK(a.identity.ns_pid == b.identity.ns_pid);
  CHECK(a.identity.executable == b.identity.executable);
  CHECK(a.identity.command_line == b.identity.command_line);
  CHECK(a.identity.cwd == b.identity.cwd);
  CHECK(a.identity.uid == b.identity.uid);
  CHECK(a.identity.gid == b.identity.gid);
  CHECK(a.identity.groups == b.identity.groups);
  REQUIRE(a.mappings.size() == b.mappings.size());
  for (std::size_t i = 0; i < a.mappings.size(); ++i) {
    const Mapping &x = a.mappings[i], &y = b.mappings[i];
    CHECK(x.start == y.start);
    CHECK(x.end == y.end);
    CHECK(x.readable == y.readable);
    CHECK(x.writable == y.writable);
    CHECK(x.executable == y.executable);
    CHECK(x.shared == y.shared);
    CHECK(x.offset == y.offset);
    CHECK(x.dev_major == y.dev_major);
    CHECK(x.dev_minor == y.dev_minor);
    CHECK(x.inode == y.inode);
    CHECK(x.path == y.path);
    CHECK(x.deleted == y.deleted);
  }
  REQUIRE(a.threads.size() == b.threads.size());
  for (std::size_t i = 0; i < a.threads.size(); ++i) {
    CHECK(a.threads[i].tid == b.threads[i].tid);
    CHECK(a.threads[i].ns_tid == b.threads[i].ns_tid);
    CHECK(a.threads[i].state == b.threads[i].state);
    CHECK(a.threads[i].comm == b.threads[i].comm);
    CHECK(a.threads[i].stopped == b.threads[i].stopped);
    CHECK(a.threads[i].registers == b.threads[i].registers);
  }
  CHECK(a.activity == b.activity);
  CHECK(a.native == b.native);
  CHECK(a.native_stacks == b.native_stacks);
  CHECK(a.python_children == b.python_children);
  CHECK(a.runtime == b.runtime);
  CHECK(a.debug == b.debug);
  CHECK(a.asked == b.asked);
  CHECK(a.hints == b.hints);
  REQUIRE(a.sources.size() == b.sources.size());
  for (std::size_t i = 0; i < a.sources.size(); ++i) {
    CHECK(same_source(a.sources[i].file, b.sources[i].file));
    CHECK(a.sources[i].lines == b.sources[i].lines);
    CHECK(a.sources[i].problem == b.sources[i].problem);
  }
  REQUIRE(a.pages.size() == b.pages.size());
  for (std::size_t i = 0; i < a.pages.size(); ++i) {
    CHECK(a.pages[i].page == b.pages[i].page);
    CHECK(std::ranges::equal(a.pages[i].bytes, b.pages[i].bytes));
  }
  CHECK(a.missing == b.missing);
}

}  // namespace pyexc::recording_sample
