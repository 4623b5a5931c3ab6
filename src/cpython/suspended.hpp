#pragma once
// Exceptions that are kept somewhere else than on a thread's stack or in a task: by generators, coroutines and async
// generators of no task that are suspended inside an `except` or a `finally`; by futures and finished tasks; by
// `sys.last_exc`.

#include <vector>

#include "cpython/frame_values.hpp"
#include "cpython/reach.hpp"
#include "cpython/tasks.hpp"
#include "cpython/threads.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

class SuspendedReader {
 public:
  SuspendedReader(Heap& heap, CodeReader& codes, FrameReader& frames, ExceptionReader& exceptions, TaskReader& tasks,
                  FrameValues* values, Report& report)
      : heap_(heap),
        codes_(codes),
        exceptions_(exceptions),
        generators_(heap, frames),
        reach_(heap, codes, generators_),
        tasks_(tasks),
        values_(values),
        report_(report) {}

  /// Where the search begins: the frames of a thread of the interpreter that is read next.
  void add_stack(const std::vector<FrameFacts>& frames, std::int64_t tid);
  /// After the threads and tasks of an interpreter have been read. `owner`: the number under which variables are read.
  void read(const InterpreterState& interpreter, const std::vector<Thread>& threads, std::size_t owner);
  /// After all interpreters: says so if what was captured cannot be come to any more.
  void finish();

 private:
  bool wanted(RemoteAddr object, ReachKind kind);
  bool handles(RemoteAddr generator);
  std::vector<RemoteAddr> stored_in(RemoteAddr object, ReachKind kind);
  void add_tasks();
  void add_last(const InterpreterState& interpreter);
  void add_found(const Reach::Find& find, std::int64_t interpreter);
  void add_stored(std::string kind, PyText where, RemoteAddr exception, std::int64_t interpreter);
  void add_suspended(const Reach::Find& find, std::int64_t interpreter);
  Result<void> read_suspended(const GeneratorReader::Chain& chain, Suspended& out, std::size_t number);

  Heap& heap_;
  CodeReader& codes_;
  ExceptionReader& exceptions_;
  GeneratorReader generators_;
  Reach reach_;
  TaskReader& tasks_;
  FrameValues* values_;
  Report& report_;
  std::size_t owner_ = 0;
  std::size_t frames_ = 0;  ///< of all that are suspended
};

}  // namespace pyexc::cpython
