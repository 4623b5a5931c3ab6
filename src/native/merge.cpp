#include "native/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "report/problem_codes.hpp"
#include "target/thread_state.hpp"

namespace pyexc::native {

namespace {

constexpr std::size_t none = ~std::size_t{0};

/// _PyEval_EvalFrameDefault(), and parts that the compiler split off it: .cold, .lto_priv.0, …
bool is_eval_loop(const NativeFrame& frame) {
  constexpr std::string_view name = "_PyEval_EvalFrameDefault";
  return frame.symbol.starts_with(name) && (frame.symbol.size() == name.size() || frame.symbol[name.size()] == '.');
}

/// An instruction of an eval loop that consists of tail calls (Python/generated_cases.c.h, 3.14): it has taken the
/// place of the frame that it was called from.
bool is_instruction(const NativeFrame& frame) { return frame.symbol.starts_with("_TAIL_CALL_"); }

/// For each frame the run that it runs, innermost first; `none` for others. An error says why that is not known.
struct Assignment {
  std::vector<std::size_t> runs;
  std::string error;
};

/// Each run has its entry frame on the stack of its call.
Assignment by_place(const std::vector<EvalRun>& runs, const NativeStack& stack) {
  Assignment result{std::vector<std::size_t>(stack.frames.size(), none), {}};
  std::size_t next = 0;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    std::size_t at = next;
    while (at < stack.frames.size() &&
           !(stack.frames[at].stack_begin <= runs[run].entry && runs[run].entry < stack.frames[at].stack_end))
      ++at;
    if (at == stack.frames.size()) {
      if (!stack.problem.empty()) break;  // this one and those further out lie beyond what was unwound
      result.error = fmt::format("the entry frame at {:#x} lies in no frame of C", runs[run].entry);
      return result;
    }
    result.runs[at] = run;
    next = at + 1;
  }
  return result;
}

Assignment by_count(const std::vector<EvalRun>& runs, const NativeStack& stack) {
  Assignment result{std::vector<std::size_t>(stack.frames.size(), none), {}};
  std::vector<std::size_t> calls;
  for (std::size_t i = 0; i < stack.frames.size(); ++i)
    if (is_eval_loop(stack.frames[i])) calls.push_back(i);
  // The innermost call may just have been entered, or be about to return, and then runs no frame any more.
  const std::size_t idle = calls.size() == runs.size() + 1 ? 1 : 0;
  const bool whole = stack.problem.empty();
  if (whole ? calls.size() - idle != runs.size() : calls.size() > runs.size()) {
    result.error = fmt::format("there are {} calls of the eval loop and {} runs of Python frames", calls.size(),
                               runs.size());
    return result;
  }
  for (std::size_t call = idle; call < calls.size(); ++call) result.runs[calls[call]] = call - idle;
  return result;
}

std::vector<NativeFrame> outermost_first(const std::vector<NativeFrame>& frames) {
  return {frames.rbegin(), frames.rend()};
}

}  // namespace

std::string merge(Thread& thread, const NativeStack& stack) {
  thread.native_merged = false;
  thread.native_stack = outermost_first(stack.frames);
  const auto& runs = thread.eval_runs;
  const bool placed = !runs.empty() && std::ranges::all_of(runs, [](const EvalRun& run) { return run.entry != 0; });
  const Assignment assigned = placed ? by_place(runs, stack) : by_count(runs, stack);
  if (!assigned.error.empty()) return assigned.error;

  // Numbers of Python frames are from the outermost; `first[run]` is the outermost of a run.
  std::vector<std::size_t> first(runs.size());
  std::size_t left = thread.stack.size();
  for (std::size_t run = 0; run < runs.size(); ++run) {
    if (runs[run].frames > left) return "the frames of Python changed while they were read";
    left -= runs[run].frames;
    first[run] = left;
  }
  std::vector<NativeFrame> merged;
  merged.reserve(stack.frames.size() + thread.stack.size());
  const auto add_python = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) merged.emplace_back().python = i;
  };
  // Those that lie further out than what was unwound.
  std::size_t outermost = thread.stack.size();
  for (std::size_t i = 0; i < assigned.runs.size(); ++i)
    if (assigned.runs[i] != none) outermost = std::min(outermost, first[assigned.runs[i]]);
  add_python(0, outermost);
  for (std::size_t i = stack.frames.size(); i-- > 0;) {
    const std::size_t run = assigned.runs[i];
    const bool instruction = is_instruction(stack.frames[i]) && i + 1 < stack.frames.size() &&
                             assigned.runs[i + 1] != none && runs[assigned.runs[i + 1]].frames != 0;
    if (instruction) continue;
    if (run == none || runs[run].frames == 0) merged.push_back(stack.frames[i]);
    else add_python(first[run], first[run] + runs[run].frames);
  }
  thread.native_stack = std::move(merged);
  thread.native_merged = true;
  return {};
}

namespace {

class Adder {
 public:
  Adder(Report& report, const std::vector<NativeStack>& stacks) : report_(report) {
    for (const NativeStack& stack : stacks) by_tid_.emplace(stack.tid, &stack);
  }

  void python_threads() {
    for (Interpreter& interpreter : report_.interpreters) {
      for (Thread& thread : interpreter.threads) {
        python_.emplace(thread.tid, true);
        const std::string where = fmt::format("thread {}", thread.tid);
        const NativeStack* stack = find(thread.tid);
        if (stack == nullptr) {
          problem(problem::native_incomplete, where, "its stack was not kept: it has only just been started, or has no known tid");
          continue;
        }
        // Several thread states may take turns on one thread: only one of them has the frames below.
        if (const std::string why = merge(thread, *stack); !why.empty())
          problem(problem::native_unmerged, where, "frames of C and of Python are shown apart: " + why);
        ending(where, *stack);
      }
    }
  }

  void other_threads(const std::vector<TargetThread>& threads, const std::vector<Activity>& activity) {
    report_.native_threads.emplace();
    for (const TargetThread& thread : threads) {
      const NativeStack* stack = find(thread.tid);
      if (python_.contains(thread.tid) || stack == nullptr) continue;
      NativeThread& out = report_.native_threads->emplace_back();
      out.tid = thread.tid;
      if (thread.ns_tid != thread.tid && thread.ns_tid != 0) out.ns_tid = thread.ns_tid;
      out.name = thread.comm;
      out.stopped = thread.stopped;
      out.state = std::string(state_name(thread.state));
      const auto known = std::ranges::find(activity, thread.tid, &Activity::tid);
      if (known != activity.end()) {
        out.waiting = known->wait;
        out.cpu_ms = known->cpu_ms;
        out.age_ms = known->age_ms;
      }
      out.native_stack = outermost_first(stack->frames);
      const std::string where = fmt::format("thread {}", thread.tid);
      ending(where, *stack);
      std::erase_if(report_.problems, [&](const Problem& p) {
        return p.code == problem::thread_not_found &&
               (p.where == where || p.where == fmt::format("thread {}", thread.ns_tid));
      });
    }
  }

 private:
  [[nodiscard]] const NativeStack* find(std::int64_t tid) const {
    const auto found = by_tid_.find(tid);
    return found == by_tid_.end() ? nullptr : found->second;
  }
  void problem(std::string_view code, const std::string& where, std::string what) {
    report_.problems.push_back({std::string(code), where, std::move(what)});
  }
  void ending(const std::string& where, const NativeStack& stack) {
    if (!stack.problem.empty())
      problem(stack.problem, where, fmt::format("its frames of C end after {}: {}", stack.frames.size(), stack.what));
  }

  Report& report_;
  std::unordered_map<std::int64_t, const NativeStack*> by_tid_;
  std::unordered_map<std::int64_t, bool> python_;
};

}  // namespace

void add_native_stacks(Report& report, const std::vector<NativeStack>& stacks,
                       const std::vector<TargetThread>& threads, const std::vector<Activity>& activity, bool all) {
  Adder adder(report, stacks);
  adder.python_threads();
  if (all) adder.other_threads(threads, activity);
}

}  // namespace pyexc::native
