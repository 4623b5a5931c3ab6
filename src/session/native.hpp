#pragma once
// --native: what is kept of each thread's stack while it stands still, and frames of C made of that afterwards.

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "memory/page_cache.hpp"
#include "native/mapped_files.hpp"
#include "report/report.hpp"
#include "source/context.hpp"
#include "target/target.hpp"

namespace pyexc {

/// The threads that frames of C are wanted of. Those of Python are known from a walk before the freeze.
struct NativeChoice {
  NativeThreads which = NativeThreads::none;
  std::vector<std::int64_t> threads;  ///< --thread; empty: all
  std::set<std::int64_t> python;      ///< tids

  [[nodiscard]] bool wants(const TargetThread& thread) const;
};

/// Pages [first, end) of the stacks, in order. To be asked for once the registers are known.
[[nodiscard]] std::vector<PageRange> stack_pages(const std::vector<TargetThread>& threads,
                                                 const std::vector<Mapping>& mappings, const NativeChoice& choice);

/// Unwinds and names, from kept pages and opened files alone. Debug files are looked for as the target would.
[[nodiscard]] std::vector<NativeStack> native_stacks(const std::vector<TargetThread>& threads,
                                                     const std::vector<Mapping>& mappings,
                                                     const native::MappedFiles& files, PageCache& pages,
                                                     const NativeChoice& choice, const SourceContext& sources);

/// Puts them into the report.
void add_native(Report& report, const std::vector<NativeStack>& stacks, const std::vector<TargetThread>& threads,
                const std::vector<Activity>& activity, NativeThreads which);

}  // namespace pyexc
