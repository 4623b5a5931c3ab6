#pragma once
// One walk over everything a report needs, from the runtime to the last traceback entry. Run twice:
// in the capture phase while the target is frozen (it touches pages and tells whether a thread was
// caught halfway through an update), and in the decode phase on the kept pages (it fills the Report).

#include <cstdint>
#include <vector>

#include "cpython/locate.hpp"
#include "cpython/object/heap.hpp"
#include "report/report.hpp"
#include "target/target.hpp"

namespace pyexc::cpython {

struct WalkOptions {
  bool stacks = true;
  std::vector<std::int64_t> threads;  ///< host's or own tids; empty: all
  bool locks = true;                  ///< which lock each thread waits for, and who holds it
  bool tasks = true;                  ///< those of asyncio, with what they handle while they are suspended
  bool native = false;                ///< also what tells which frames of C run those of Python
  bool locals = false;                ///< the values of each frame's variables
  ValueLimits values;                 ///< how much of them
};

struct WalkOutcome {
  std::size_t torn = 0;     ///< threads caught halfway; worth another short freeze
  std::uint64_t doubt = 0;  ///< not 0: threads that may be so; the same again if none of these has moved since
  std::size_t threads = 0;  ///< thread states shown
};

/// `activity`: what each thread waited in just before; without it nobody is known to wait for a lock.
/// Fails only if there is nothing to show: no interpreter could be read. Everything else becomes a
/// Problem of the report.
[[nodiscard]] Result<WalkOutcome> walk(Heap& heap, const Runtime& runtime, const std::vector<TargetThread>& threads,
                                       std::int64_t pid, const WalkOptions& options, Report& report,
                                       const std::vector<Activity>& activity = {});

}  // namespace pyexc::cpython
