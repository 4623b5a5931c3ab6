#pragma once
// A recording: one captured moment of a process as a file, enough to make its report again on any machine.
// It holds pages of the process's memory and so whatever secrets were on them; the file is its owner's only.
// docs/recording-format.md describes the bytes. Whoever reads one treats it as hostile input.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "memory/page_source.hpp"
#include "report/report.hpp"
#include "target/target.hpp"

namespace pyexc {

struct Recording {
  static constexpr std::uint32_t format_version = 1;

  /// What wrote it.
  std::string tool_name;
  std::string tool_version;

  // The moment.
  std::int64_t captured_at_us = 0;  ///< microseconds since the epoch, UTC
  FreezeFacts freeze;
  std::vector<Problem> problems;    ///< of the capture; those of decoding are found again

  // The process.
  Identity identity;
  std::vector<Mapping> mappings;
  std::vector<TargetThread> threads;
  std::vector<Activity> activity;  ///< what its threads were doing just before the freeze
  std::vector<std::int64_t> python_children;
  std::uint64_t runtime = 0;  ///< address of _PyRuntime
  bool debug = false;         ///< a Py_DEBUG build

  /// What was asked for; a replay that asks for more finds it missing.
  struct Asked {
    bool stacks = true;
    std::vector<std::int64_t> threads;  ///< tids, the host's or the target's own; empty: all
    bool locals = false;                ///< the values of variables
    bool tasks = true;  ///< those of asyncio
    bool operator==(const Asked&) const = default;
  } asked;

  NativeThreads native = NativeThreads::none;  ///< of which threads frames of C were looked at
  std::vector<NativeStack> native_stacks;      ///< with their names: the files are not at hand any more

  /// Where a name was found among the keys of a dict. Needed again, because only the pages on that way
  /// were kept. `index` is -1 if the name is not there.
  struct Hint {
    std::uint64_t keys = 0;
    std::string name;
    std::int64_t index = 0, entries = 0, used = 0;
    bool operator==(const Hint&) const = default;
  };
  std::vector<Hint> hints;

  /// Source lines as they were found in files. Two sources are the same if everything but the lines is;
  /// `file.cached->lines` are not recorded, the pages hold them.
  struct Source {
    SourceFile file;
    std::map<std::int64_t, PyText> lines;  ///< 1-based, each with its newline
    std::string problem;                   ///< why lines are missing, empty if none are
  };
  std::vector<Source> sources;

  struct Page {
    std::uint64_t page;  ///< page number: address / page_size
    std::span<const std::byte, page_size> bytes;
  };
  std::vector<Page> pages;             ///< in ascending order, each once
  std::vector<std::uint64_t> missing;  ///< pages that were asked for and could not be read; same order
  std::shared_ptr<const void> storage; ///< owns what `pages` points into
};

/// True if both name the same source, lines aside.
[[nodiscard]] bool same_source(const SourceFile& a, const SourceFile& b);

struct RecordingLimits {
  std::uint64_t max_file = std::uint64_t{1} << 30;
  std::uint64_t max_payload = std::uint64_t{1} << 30;   ///< after decompression
  std::uint64_t max_metadata = std::uint64_t{128} << 20;  ///< the part of it that is not pages
};

/// Fails (`limit`) if the result would be refused by decode(), and (`internal`) if pages are not in order.
[[nodiscard]] Result<std::string> encode(const Recording& recording);

/// `unreadable_file`; the text says whether it is no recording, of a newer format, cut or damaged.
[[nodiscard]] Result<Recording> decode(std::span<const std::byte> bytes, const RecordingLimits& limits = {});

/// `no_such_file` (with errno: there is none, or it may not be opened) or what decode() says.
[[nodiscard]] Result<Recording> read_recording(const std::string& path, const RecordingLimits& limits = {});

}  // namespace pyexc
