#include "session/native.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "native/merge.hpp"
#include "native/names.hpp"
#include "native/unwinder.hpp"
#include "session/decode.hpp"
#include "source/open_files.hpp"

namespace pyexc {

bool NativeChoice::wants(const TargetThread& thread) const {
  if (which == NativeThreads::none) return false;
  if (which == NativeThreads::python) return python.contains(thread.tid);
  return threads.empty() || std::ranges::any_of(threads, [&](std::int64_t tid) {
           return tid == thread.tid || tid == thread.ns_tid;
         });
}

std::vector<PageRange> stack_pages(const std::vector<TargetThread>& threads, const std::vector<Mapping>& mappings,
                                   const NativeChoice& choice) {
  std::vector<PageRange> pages;
  for (const TargetThread& thread : threads) {
    if (!thread.registers || !choice.wants(thread)) continue;
    const native::StackRange range = native::used_stack(*thread.registers, mappings);
    if (range.begin < range.end) pages.push_back({range.begin / page_size, (range.end + page_size - 1) / page_size});
  }
  std::ranges::sort(pages, {}, &PageRange::first);
  return pages;
}

std::vector<NativeStack> native_stacks(const std::vector<TargetThread>& threads, const std::vector<Mapping>& mappings,
                                       const native::MappedFiles& files, PageCache& pages, const NativeChoice& choice,
                                       const SourceContext& sources) {
  native::Modules modules(mappings, files, pages);
  native::Unwinder unwinder(modules);
  std::vector<NativeStack> stacks;
  std::size_t frames = 0;
  for (const TargetThread& thread : threads) {
    if (!choice.wants(thread)) continue;
    const native::StackRange range =
        thread.registers ? native::used_stack(*thread.registers, mappings) : native::StackRange();
    stacks.push_back(unwinder.unwind(thread, range));
    frames += stacks.back().frames.size();
  }
  native::name_frames(stacks, modules, [&](const std::vector<std::string>& names) { return open_files(sources, names); });
  log::debug("session", "unwound {} threads, {} frames", stacks.size(), frames);
  return stacks;
}

void add_native(Report& report, const std::vector<NativeStack>& stacks, const std::vector<TargetThread>& threads,
                const std::vector<Activity>& activity, NativeThreads which) {
  if (which == NativeThreads::none) return;
  native::add_native_stacks(report, stacks, threads, activity, which == NativeThreads::all);
  judge_completeness(report);
}

}  // namespace pyexc
