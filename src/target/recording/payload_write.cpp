#include <fmt/format.h>

#include "target/recording/bytes.hpp"
#include "target/recording/payload.hpp"
#include "target/recording/payload_native.hpp"

namespace pyexc::recording {

namespace {

struct Run {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
};

/// Neighbouring pages as runs; none if the numbers are not in ascending order or not page numbers.
template <class List, class NumberOf>
Result<std::vector<Run>> runs_of(const List& list, NumberOf number_of) {
  std::vector<Run> runs;
  for (const auto& item : list) {
    const std::uint64_t page = number_of(item);
    if (page > max_page_number) return fail(Errc::internal, "recording a page beyond the address space");
    if (!runs.empty()) {
      const std::uint64_t next = runs.back().first + runs.back().count;
      if (page < next) return fail(Errc::internal, "recording pages out of order");
      if (page == next) {
        ++runs.back().count;
        continue;
      }
    }
    runs.push_back({page, 1});
  }
  return runs;
}

void write_runs(ByteWriter& out, const std::vector<Run>& runs) {
  out.length(runs.size());
  for (const Run& run : runs) {
    out.number(run.first);
    out.number(run.count);
  }
}

void write_process(ByteWriter& out, const Recording& recording) {
  const Identity& identity = recording.identity;
  out.number(identity.pid);
  out.number(identity.ns_pid);
  out.string(identity.executable);
  out.string(identity.cwd);
  out.number(identity.uid);
  out.number(identity.gid);
  out.length(identity.groups.size());
  for (const std::uint32_t group : identity.groups) out.number(group);
  out.length(identity.command_line.size());
  for (const std::string& argument : identity.command_line) out.string(argument);
  out.length(recording.python_children.size());
  for (const std::int64_t child : recording.python_children) out.number(child);
  out.number(recording.runtime);
  out.flag(recording.debug);
}

void write_mapping(ByteWriter& out, const Mapping& mapping) {
  out.number(mapping.start);
  out.number(mapping.end);
  out.flag(mapping.readable);
  out.flag(mapping.writable);
  out.flag(mapping.executable);
  out.flag(mapping.shared);
  out.number(mapping.offset);
  out.number(mapping.dev_major);
  out.number(mapping.dev_minor);
  out.number(mapping.inode);
  out.string(mapping.path);
  out.flag(mapping.deleted);
}

void write_source(ByteWriter& out, const Recording::Source& source) {
  const SourceFile& file = source.file;
  out.string(file.file);
  out.number(static_cast<std::uint8_t>(file.loader.kind));
  out.string(file.loader.module_name);
  out.string(file.loader.spec_name);
  out.string(file.loader.loader_name);
  out.string(file.loader.path);
  out.string(file.loader.prefix);
  out.flag(file.cached.has_value());
  if (file.cached) {
    out.flag(file.cached->lazy);
    out.flag(file.cached->mtime_none);
    out.number(file.cached->size);
    out.number(file.cached->mtime);
    out.string(file.cached->fullname);
    out.number(file.cached->line_count);
  }
  out.length(source.lines.size());
  for (const auto& [line, text] : source.lines) {
    out.number(line);
    out.string(text);
  }
  out.string(source.problem);
}

void write_optional(ByteWriter& out, const std::optional<std::int64_t>& value) {
  out.flag(value.has_value());
  if (value) out.number(*value);
}

void write_numbers(ByteWriter& out, const std::vector<std::int64_t>& numbers) {
  out.length(numbers.size());
  for (const std::int64_t number : numbers) out.number(number);
}

void write_wait(ByteWriter& out, const Wait& wait) {
  out.string(wait.call);
  out.string(wait.text);
  write_optional(out, wait.fd);
  out.string(wait.file);
  out.flag(wait.socket.has_value());
  if (wait.socket) {
    out.string(wait.socket->family);
    out.string(wait.socket->local);
    out.string(wait.socket->remote);
    out.string(wait.socket->state);
  }
  write_numbers(out, wait.fds);
  out.flag(wait.futex.has_value());
  if (wait.futex) out.number(*wait.futex);
  out.flag(wait.peers.has_value());
  if (wait.peers) write_numbers(out, *wait.peers);
  write_numbers(out, wait.holders);
  write_optional(out, wait.since_ms);
  write_optional(out, wait.remaining_ms);
}

void write_activity(ByteWriter& out, const Activity& activity) {
  out.number(activity.tid);
  write_optional(out, activity.cpu_ms);
  write_optional(out, activity.age_ms);
  out.flag(activity.wait.has_value());
  if (activity.wait) write_wait(out, *activity.wait);
}

class Sections {
 public:
  template <class WriteBody>
  void add(Tag tag, WriteBody write_body, std::uint64_t bytes_behind = 0) {
    ByteWriter body;
    write_body(body);
    fits_ = fits_ && body.fits();
    out_.number(static_cast<std::uint32_t>(tag));
    out_.number<std::uint64_t>(body.bytes().size() + bytes_behind);
    out_.raw(body.bytes());
  }
  [[nodiscard]] bool fits() const noexcept { return fits_; }
  [[nodiscard]] const std::string& bytes() const noexcept { return out_.bytes(); }

 private:
  ByteWriter out_;
  bool fits_ = true;
};

}  // namespace

Result<std::string> write_metadata(const Recording& recording) {
  PYEXC_TRY(const auto pages, runs_of(recording.pages, [](const Recording::Page& page) { return page.page; }));
  PYEXC_TRY(const auto missing, runs_of(recording.missing, [](std::uint64_t page) { return page; }));
  if (recording.missing.size() > max_missing) return fail(Errc::limit, "too many unreadable pages for a recording");

  Sections sections;
  sections.add(Tag::tool, [&](ByteWriter& out) {
    out.string(recording.tool_name);
    out.string(recording.tool_version);
  });
  sections.add(Tag::moment, [&](ByteWriter& out) {
    out.number(recording.captured_at_us);
    out.string(recording.freeze.mode);
    out.number(recording.freeze.duration_us);
    out.number(recording.freeze.threads);
    out.number(recording.freeze.rounds);
  });
  sections.add(Tag::problems, [&](ByteWriter& out) {
    out.records(recording.problems, [&](const Problem& problem) {
      out.string(problem.code);
      out.string(problem.where);
      out.string(problem.what);
    });
  });
  sections.add(Tag::process, [&](ByteWriter& out) { write_process(out, recording); });
  sections.add(Tag::mappings, [&](ByteWriter& out) {
    out.records(recording.mappings, [&](const Mapping& mapping) { write_mapping(out, mapping); });
  });
  sections.add(Tag::threads, [&](ByteWriter& out) {
    out.records(recording.threads, [&](const TargetThread& thread) {
      out.number(thread.tid);
      out.number(thread.ns_tid);
      out.number(static_cast<std::uint8_t>(thread.state));
      out.string(thread.comm);
      out.flag(thread.stopped);
    });
  });
  sections.add(Tag::asked, [&](ByteWriter& out) {
    out.flag(recording.asked.stacks);
    out.length(recording.asked.threads.size());
    for (const std::int64_t tid : recording.asked.threads) out.number(tid);
    out.flag(recording.asked.locals);
    out.flag(recording.asked.tasks);
  });
  sections.add(Tag::hints, [&](ByteWriter& out) {
    out.records(recording.hints, [&](const Recording::Hint& hint) {
      out.number(hint.keys);
      out.string(hint.name);
      out.number(hint.index);
      out.number(hint.entries);
      out.number(hint.used);
    });
  });
  sections.add(Tag::sources, [&](ByteWriter& out) {
    out.records(recording.sources, [&](const Recording::Source& source) { write_source(out, source); });
  });
  sections.add(Tag::missing, [&](ByteWriter& out) { write_runs(out, missing); });
  sections.add(Tag::activity, [&](ByteWriter& out) {
    out.records(recording.activity, [&](const Activity& activity) { write_activity(out, activity); });
  });
  if (recording.native != NativeThreads::none)
    sections.add(Tag::native, [&](ByteWriter& out) { write_native(out, recording); });
  sections.add(
      Tag::pages, [&](ByteWriter& out) { write_runs(out, pages); }, recording.pages.size() * page_size);
  if (!sections.fits()) return fail(Errc::limit, "a list or a text is too long for a recording");
  return sections.bytes();
}

}  // namespace pyexc::recording
