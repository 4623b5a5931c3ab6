#pragma once
// The tasks of asyncio: those written in C (Modules/_asynciomodule.c) and in Python (Lib/asyncio/tasks.py), of
// every loop. A handler that waits inside an `except` for something else is on no thread's stack; here it is
// found, with the exception that its coroutine keeps.

#include <optional>
#include <unordered_map>
#include <vector>

#include "cpython/exceptions.hpp"
#include "cpython/generators.hpp"
#include "cpython/task_waits.hpp"
#include "cpython/threads.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

class FrameValues;

class TaskReader {
 public:
  TaskReader(Heap& heap, CodeReader& codes, FrameReader& frames, ExceptionReader& exceptions, FrameValues* values,
             Report& report)
      : heap_(heap), codes_(codes), exceptions_(exceptions), generators_(heap, frames), waits_(heap, generators_), values_(values), report_(report) {}

  /// Adds the tasks of one interpreter to the report. `threads`: those of the interpreter, as the report has them;
  /// `owner`: the number under which the tasks' variables are read.
  void read(const InterpreterState& interpreter, const std::vector<Thread>& threads, std::size_t owner);

  /// A task that is in none of asyncio's lists any more, and has ended with an exception that nobody has fetched.
  [[nodiscard]] bool is_lost(RemoteAddr task);
  void read_lost(const std::vector<RemoteAddr>& tasks, const InterpreterState& interpreter, const std::vector<Thread>& threads);

  /// The coroutines and generators of the tasks that were read last.
  struct Link {
    RemoteAddr generator;
    std::optional<FrameFacts> frame;
    TaskId task;
  };
  [[nodiscard]] const std::vector<Link>& links() const noexcept { return links_; }

 private:
  enum class Kind : std::uint8_t { none, c, python };
  /// What C and Python tasks tell alike.
  struct Facts {
    RemoteAddr loop, coroutine, waiter, exception, name;
    std::string state;
    bool unfetched = false;
  };
  Kind kind_of_type(RemoteAddr type);
  Kind kind_of(RemoteAddr object);
  Result<void> find_all(const InterpreterState& interpreter);
  Result<void> find_in_module(const InterpreterState& interpreter);
  Result<void> find_in_list(RemoteAddr head);
  Result<void> add_weak_set(RemoteAddr set);
  void add(RemoteAddr task);
  Result<Facts> facts_of(RemoteAddr task, Kind kind);
  Result<Facts> facts_in_c(RemoteAddr task);
  Result<Facts> facts_in_python(RemoteAddr task);
  Result<void> read_one(RemoteAddr task, Task& out, TaskId id);
  Result<PyText> name_of(RemoteAddr name);
  Result<void> read_chain(const Facts& facts, Task& out, TaskId id);
  void read_waiter(RemoteAddr waiter, const std::vector<GeneratorFacts>& links, Task& out);
  bool is_done(RemoteAddr task);
  std::optional<std::uint64_t> thread_of_loop(RemoteAddr loop, const InterpreterState& interpreter);
  void read_found(const InterpreterState& interpreter, const std::vector<Thread>& threads);

  Heap& heap_;
  CodeReader& codes_;
  ExceptionReader& exceptions_;
  GeneratorReader generators_;
  TaskWaits waits_;
  FrameValues* values_;
  Report& report_;
  std::size_t owner_ = 0;
  std::vector<RemoteAddr> found_;
  std::vector<Link> links_;
  std::unordered_map<std::uint64_t, TaskId> ids_;
  std::unordered_map<RemoteAddr, Kind> kinds_;                                    ///< by type
  bool cut_ = false;
  std::size_t frames_ = 0, edges_ = 0;  ///< of all tasks together: many may share one chain, or one gather()
};

}  // namespace pyexc::cpython
