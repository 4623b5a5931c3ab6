// Which frames of C make way for which of Python, and which part of a stack is kept.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "native/merge.hpp"
#include "native/stack_range.hpp"
#include "report/problem_codes.hpp"

using namespace pyexc;
using native::used_stack;

namespace {

constexpr const char* eval = "_PyEval_EvalFrameDefault";

/// Frames of C, innermost first, each 0x100 bytes of stack.
NativeStack stack_of(const std::vector<std::string>& symbols) {
  NativeStack stack;
  stack.tid = 7;
  std::uint64_t at = 0x1000;
  for (const std::string& symbol : symbols) {
    stack.frames.push_back({.address = at, .symbol = symbol, .stack_begin = at, .stack_end = at + 0x100});
    at += 0x100;
  }
  return stack;
}

Thread thread_of(std::vector<EvalRun> runs) {
  Thread thread;
  thread.tid = 7;
  for (const EvalRun& run : runs) thread.stack.resize(thread.stack.size() + run.frames);
  thread.eval_runs = std::move(runs);
  return thread;
}

/// "main 0 1 poll": names, and numbers for frames of Python, outermost first.
std::string shown(const Thread& thread) {
  std::string text;
  for (const NativeFrame& frame : *thread.native_stack)
    text += (text.empty() ? "" : " ") + (frame.python ? std::to_string(*frame.python) : frame.symbol);
  return text;
}

}  // namespace

TEST_CASE("each call of the eval loop makes way for the frames of its run") {
  Thread thread = thread_of({{.frames = 2}, {.frames = 1}});
  CHECK(native::merge(thread, stack_of({"poll", eval, "sorted", "_PyEval_EvalFrameDefault.cold", "main"})).empty());
  CHECK(thread.native_merged);
  CHECK(shown(thread) == "main 0 sorted 1 2 poll");
}

TEST_CASE("a call that has just been entered, or is about to return, runs nothing") {
  Thread thread = thread_of({{.frames = 1}});
  CHECK(native::merge(thread, stack_of({eval, "sorted", eval, "main"})).empty());
  CHECK(shown(thread) == std::string("main 0 sorted ") + eval);
  Thread placed = thread_of({{.frames = 0, .entry = 0x1010}, {.frames = 2, .entry = 0x1210}});
  CHECK(native::merge(placed, stack_of({eval, "sorted", eval, "main"})).empty());
  CHECK(shown(placed) == std::string("main 0 1 sorted ") + eval);
}

TEST_CASE("numbers that do not fit merge nothing") {
  Thread thread = thread_of({{.frames = 1}, {.frames = 1}});
  CHECK(native::merge(thread, stack_of({"poll", eval, "main"})) ==
        "there are 1 calls of the eval loop and 2 runs of Python frames");
  CHECK_FALSE(thread.native_merged);
  CHECK(shown(thread) == std::string("main ") + eval + " poll");
  thread = thread_of({{.frames = 1}});
  CHECK_FALSE(native::merge(thread, stack_of({"poll", eval, eval, eval, "main"})).empty());
}

TEST_CASE("an entry frame on the stack of a call needs no name for it") {
  Thread thread = thread_of({{.frames = 2, .entry = 0x11f8}, {.frames = 1, .entry = 0x1300}});
  CHECK(native::merge(thread, stack_of({"poll", "", "sorted", "", "main"})).empty());
  CHECK(shown(thread) == "main 0 sorted 1 2 poll");
  // One that lies in no frame, or further in than the run before.
  thread = thread_of({{.frames = 1, .entry = 0x2000}});
  CHECK_FALSE(native::merge(thread, stack_of({"poll", eval, "main"})).empty());
  thread = thread_of({{.frames = 1, .entry = 0x1300}, {.frames = 1, .entry = 0x1100}});
  CHECK_FALSE(native::merge(thread, stack_of({"poll", eval, "sorted", eval, "main"})).empty());
  CHECK_FALSE(thread.native_merged);
}

TEST_CASE("what lies beyond the end of a cut stack comes first") {
  NativeStack stack = stack_of({"poll", eval, "sorted"});
  stack.problem = "limit";
  Thread counted = thread_of({{.frames = 1}, {.frames = 2}, {.frames = 3}});
  CHECK(native::merge(counted, stack).empty());
  CHECK(shown(counted) == "0 1 2 3 4 sorted 5 poll");
  Thread placed = thread_of({{.frames = 1, .entry = 0x1180}, {.frames = 2, .entry = 0x9000}});
  CHECK(native::merge(placed, stack).empty());
  CHECK(shown(placed) == "0 1 sorted 2 poll");
  Thread nothing = thread_of({{.frames = 2, .entry = 0x9000}});
  CHECK(native::merge(nothing, stack).empty());
  CHECK(shown(nothing) == std::string("0 1 sorted ") + eval + " poll");
}

TEST_CASE("an instruction of an eval loop of tail calls is part of its call") {
  Thread thread = thread_of({{.frames = 1, .entry = 0x1280}});
  CHECK(native::merge(thread, stack_of({"poll", "_TAIL_CALL_CALL", eval, "main"})).empty());
  CHECK(shown(thread) == "main 0 poll");
}

TEST_CASE("a thread without frames of Python has those of C") {
  Thread thread = thread_of({});
  CHECK(native::merge(thread, stack_of({"poll", "main"})).empty());
  CHECK(shown(thread) == "main poll");
}

TEST_CASE("problems and threads that Python does not know") {
  Report report;
  report.interpreters.emplace_back().threads.push_back(thread_of({{.frames = 1}}));
  NativeStack own = stack_of({"poll", "main"}), other = stack_of({"pause"});
  other.tid = 8;
  other.problem = problem::native_incomplete;
  other.what = "its registers could not be read";
  report.problems = {{std::string(problem::thread_not_found), "thread 8", ""}};
  std::vector<TargetThread> threads(2);
  threads[0].tid = threads[0].ns_tid = 7;
  threads[1].tid = threads[1].ns_tid = 8;
  threads[1].comm = "worker";
  native::add_native_stacks(report, {own, other}, threads, {}, true);
  REQUIRE(report.native_threads->size() == 1);
  CHECK(report.native_threads->front().name == "worker");
  REQUIRE(report.problems.size() == 2);
  CHECK(report.problems[0].code == problem::native_unmerged);
  CHECK(report.problems[0].where == "thread 7");
  CHECK(report.problems[1].code == problem::native_incomplete);
  CHECK(report.problems[1].where == "thread 8");
}

TEST_CASE("the used part of a stack") {
  std::vector<Mapping> mappings(2);
  mappings[0].start = 0x10000;
  mappings[0].end = 0x20000;
  mappings[1].start = 0x7ff000;
  mappings[1].end = 0x1000000;
  mappings[1].path = "[stack]";
  Registers registers;
  const auto at = [&](std::uint64_t sp) {
    registers.values[Registers::rsp] = sp;
    return used_stack(registers, mappings);
  };
  CHECK(at(0x1f000).begin == 0x1f000 - 128);
  CHECK(at(0x1f000).end == 0x20000);
  CHECK_FALSE(at(0x1f000).cut());
  CHECK(at(0x10010).begin == 0x10000);  // nothing of what lies below the mapping
  CHECK(at(0x900000).cut());
  CHECK(at(0x900000).end - at(0x900000).begin == native::StackRange::max_size);
  CHECK(at(0x7fe000).begin == 0x7fe000 - 128);  // the kernel would have grown it
  for (const std::uint64_t nowhere : {std::uint64_t{0}, std::uint64_t{0x8000}, ~std::uint64_t{0}})
    CHECK(at(nowhere).begin >= at(nowhere).end);
}
