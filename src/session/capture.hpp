#pragma once
// From a pid to the pages and facts of one moment: open, locate, walk the running process once to learn
// which pages will be wanted, freeze, read those in a few system calls, walk again to be sure, thaw.
// Everything that needs the process happens here; the decoders that follow work on what was kept.
//
// A read of another process's memory may never return (userfaultfd, a dead network filesystem). So the
// walks run in a reader thread of their own, and what hangs is left behind: before the freeze the page is
// avoided and the walk made again; in it the tracer thaws at max_freeze and what was read so far counts.

#include <chrono>
#include <memory>
#include <vector>

#include "cpython/locate.hpp"
#include "cpython/walk.hpp"
#include "memory/page_cache.hpp"
#include "report/report.hpp"
#include "session/native.hpp"
#include "source/context.hpp"
#include "target/target.hpp"

namespace pyexc {

struct CaptureOptions {
  bool freeze = true;
  std::chrono::nanoseconds max_freeze = std::chrono::seconds(1);
  cpython::WalkOptions walk;
  NativeThreads native = NativeThreads::none;  ///< registers and stacks of these are kept
  bool for_recording = false;  ///< also keep what a replay needs to locate the runtime again
};

/// One moment of a process. The pages are sealed: nothing is read from the process any more.
struct Captured {
  std::shared_ptr<void> keep_alive;  ///< the target and the cache, also if a reader thread still hangs in them
  PageCache* pages = nullptr;
  Identity identity;
  std::vector<Mapping> mappings;
  std::vector<TargetThread> threads;
  std::vector<Activity> activity;  ///< of the threads that there were just before the freeze
  cpython::Runtime runtime;
  cpython::LookupHints hints;
  SourceContext sources;
  FreezeFacts freeze;
  NativeChoice native;
  native::MappedFiles files;  ///< if frames of C are wanted
  std::vector<Problem> problems;
  std::int64_t captured_at_us = 0;
};

[[nodiscard]] Result<Captured> capture_live(std::int64_t pid, const CaptureOptions& options);

}  // namespace pyexc
