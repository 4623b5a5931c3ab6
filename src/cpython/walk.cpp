#include "cpython/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cpython/exception_state.hpp"
#include "cpython/exceptions.hpp"
#include "cpython/frame_values.hpp"
#include "cpython/frame/frames.hpp"
#include "cpython/gil.hpp"
#include "cpython/locks.hpp"
#include "cpython/source_facts.hpp"
#include "cpython/suspended.hpp"
#include "cpython/tasks.hpp"
#include "cpython/threads.hpp"
#include "cpython/value/attribute_fact.hpp"
#include "target/thread_state.hpp"

namespace pyexc::cpython {

namespace {

/// Which OS thread a thread state is. native ids are the target's own; a forked worker may keep its
/// parent's, so what is left over is matched by exclusion and never dropped.
class OsThreads {
 public:
  OsThreads(const std::vector<TargetThread>& threads, const std::vector<InterpreterState>& interpreters)
      : threads_(threads) {
    std::size_t strangers = 0;
    std::set<std::int64_t> taken;
    for (const auto& interp : interpreters)
      for (const auto& state : interp.threads) {
        if (find(state.native_id) != nullptr)
          taken.insert(state.native_id);
        else
          ++strangers;
      }
    if (strangers != 1) return;
    for (const auto& thread : threads_) {
      if (taken.contains(thread.ns_tid)) continue;
      if (left_over_ != nullptr) {
        left_over_ = nullptr;
        return;
      }
      left_over_ = &thread;
    }
  }

  [[nodiscard]] const TargetThread* of(const ThreadState& state) const {
    const TargetThread* found = find(state.native_id);
    return found != nullptr ? found : left_over_;
  }

 private:
  [[nodiscard]] const TargetThread* find(std::int64_t native_id) const {
    if (native_id == 0) return nullptr;
    for (const auto& thread : threads_)
      if (thread.ns_tid == native_id) return &thread;
    return nullptr;
  }
  const std::vector<TargetThread>& threads_;
  const TargetThread* left_over_ = nullptr;
};

/// The frames of a thread's stack come after those of what it handles, before those of its further chain.
constexpr int behind_exceptions = 1;

class Walker {
 public:
  Walker(Heap& heap, const Runtime& runtime, const WalkOptions& options, std::int64_t pid, Report& report,
         const std::vector<Activity>& activity)
      : heap_(heap),
        options_(options),
        pid_(pid),
        report_(report),
        codes_(heap),
        frames_(heap, codes_),
        sources_(heap, codes_, report),
        values_(heap, options.values, report),
        exceptions_(heap, codes_, frames_, sources_, report, options.locals ? &values_ : nullptr),
        tasks_(heap, codes_, frames_, exceptions_, options.locals ? &values_ : nullptr, report),
        suspended_(heap, codes_, frames_, exceptions_, tasks_, options.locals ? &values_ : nullptr, report),
        locks_(heap, frames_, activity, report),
        runtime_(runtime) {
    for (const Activity& one : activity)
      if (one.wait) waits_.emplace(one.tid, &*one.wait);
  }

  WalkOutcome run(const std::vector<InterpreterState>& interpreters, const std::vector<TargetThread>& threads) {
    const OsThreads os_threads(threads, interpreters);
    report_.with_locals = options_.locals;
    if (heap_.capturing()) heap_.reached().found.clear();
    for (const auto& interp : interpreters) read_interpreter(interp, os_threads);
    if (heap_.capturing()) heap_.reached().searched = true;
    suspended_.finish();
    if (options_.locks) read_locks(interpreters, os_threads);
    if (options_.locals) values_.run();
    return outcome_;
  }

 private:
  void problem(std::string where, const Error& error) {
    report_.problems.push_back({std::string(errc_name(error.code)), std::move(where), error.message()});
  }

  [[nodiscard]] bool wanted(const TargetThread* os_thread) const {
    if (options_.threads.empty()) return true;
    if (os_thread == nullptr) return false;
    return std::any_of(options_.threads.begin(), options_.threads.end(), [os_thread](std::int64_t tid) {
      return tid == os_thread->tid || tid == os_thread->ns_tid;
    });
  }

  [[nodiscard]] bool looks_at_tasks() const { return options_.tasks && options_.threads.empty(); }

  void read_interpreter(const InterpreterState& interp, const OsThreads& os_threads) {
    heap_.set_interpreter(interp.address);
    values_.enter_interpreter(interp.address);
    sources_.enter_interpreter(interp.sysdict, interp.modules);
    exceptions_.enter_interpreter(interp.sysdict, interp.modules);
    if (report_.interpreters.empty()) read_sys(interp);
    const auto names = read_thread_names(heap_, interp);
    Interpreter out;
    out.id = interp.id;
    out.gc_collecting = read_collecting(heap_, runtime_, interp.address);
    out.finalizing = read_finalizing(heap_, runtime_, interp.address);
    const auto gil = read_gil(heap_, runtime_, interp.address);
    if (interp.broken) {
      ++outcome_.torn;
      problem(fmt::format("interpreter {}", interp.id), *interp.broken);
    }
    if (interp.cut) problem(fmt::format("interpreter {}", interp.id), Error(Errc::limit, "more threads than are read"));
    for (const ThreadState& state : interp.threads) {
      const TargetThread* os_thread = os_threads.of(state);
      if (!wanted(os_thread)) continue;
      out.threads.push_back(read_thread(state, os_thread, names, out.threads.size()));
      out.threads.back().gil = gil_of(state, out.threads.back(), gil);
      if (out.threads.back().gil == "waiting") gil_waiters_.insert(state.address);
      ++outcome_.threads;
    }
    if (looks_at_tasks()) {
      tasks_.read(interp, out.threads, outcome_.threads);
      exceptions_.finish();
      suspended_.read(interp, out.threads, outcome_.threads);
    }
    // Exceptions are read per interpreter: their modules and linecache are this interpreter's.
    exceptions_.finish();
    report_.interpreters.push_back(std::move(out));
  }

  /// What a thread has to do with the GIL; nothing where this version does not let us know. Up to 3.14 that somebody
    /// waits for it is known only by what the thread sleeps on.
  std::optional<std::string> gil_of(const ThreadState& state, const Thread& thread, const std::optional<GilFacts>& gil) {
    if (!gil || !gil->enabled) return std::nullopt;
    if (gil->holder == state.address) return "holding";
    if (heap_.layout().tstate.gil_requested.has()) {
      const auto requested = heap_.field<std::int32_t>(state.address, heap_.layout().tstate.gil_requested);
      if (!requested) return std::nullopt;
      return *requested != 0 ? "waiting" : "none";
    }
    // One that is in another system call neither has it nor asks for it; one that runs may just be about to.
    const auto wait = waits_.find(thread.tid);
    if (wait == waits_.end()) return std::nullopt;
    if (wait->second->call == "futex" && !wait->second->futex) return std::nullopt;  // it went on
    return wait->second->futex && gil->is_waited_for_at(*wait->second->futex) ? "waiting" : "none";
  }

  /// After everything else: what is only read for this is nice to have.
  void read_locks(const std::vector<InterpreterState>& interpreters, const OsThreads& os_threads) {
    report_.locks.emplace();
    for (const InterpreterState& interp : interpreters) {
      std::vector<LockThread> threads;
      for (const ThreadState& state : interp.threads) {
        const TargetThread* os_thread = os_threads.of(state);
        const std::int64_t tid = os_thread != nullptr ? os_thread->tid : 0;
        threads.push_back({state, tid, gil_waiters_.contains(state.address)});
      }
      locks_.read(interp, threads);
    }
    locks_.finish();
    for (Interpreter& interpreter : report_.interpreters)
      for (Thread& thread : interpreter.threads) thread.waits_for = locks_.waited_for_by(thread.tid);
  }

  void read_sys(const InterpreterState& interp) {
    if (const auto limit = heap_.dict_get(interp.sysdict, "tracebacklimit"); limit && !limit->null())
      report_.traceback_limit = attribute_fact(heap_, *limit);
    const auto path = heap_.dict_get(interp.sysdict, "path");
    if (!path || path->null()) return;
    const auto items = heap_.list_items(*path);
    if (!items) return;
    for (const RemoteAddr item : items->items)
      if (heap_.has_flag(item, type_flags::str_subclass))
        if (auto text = heap_.text(item)) report_.search_path.push_back(std::move(*text));
  }

  Thread read_thread(const ThreadState& state, const TargetThread* os_thread,
                     const std::map<std::uint64_t, PyText>& names, std::size_t thread_index) {
    Thread out;
    out.ident = state.ident;
    if (os_thread != nullptr) {
      out.tid = os_thread->tid;
      if (os_thread->ns_tid != os_thread->tid) out.ns_tid = os_thread->ns_tid;
      out.main = os_thread->tid == pid_;
      out.stopped = os_thread->stopped;
      if (os_thread->state != '?') out.state = std::string(state_name(os_thread->state));
    } else if (state.native_id != 0) {
      out.ns_tid = state.native_id;
    }
    if (const auto name = names.find(state.ident); name != names.end())
      out.name = name->second;
    else if (out.main)
      out.name = "MainThread";
    const std::string where = fmt::format("thread {}", out.tid != 0 ? out.tid : state.native_id);

    const ExceptionState exceptions = read_exception_state(heap_, state.address);
    bool torn = exceptions.torn || exceptions.broken.has_value();
    outcome_.doubt ^= exceptions.doubt;
    if (exceptions.broken) problem(where, *exceptions.broken);
    for (const auto& triple : exceptions.handling) out.handling.push_back(exceptions_.add(triple, outcome_.threads));
    if (exceptions.raising) out.raising = exceptions_.add(*exceptions.raising, outcome_.threads);

    if (options_.stacks) torn = read_stack(state, where, thread_index, out) || torn;
    if (torn) ++outcome_.torn;
    return out;
  }

  bool read_stack(const ThreadState& state, const std::string& where, std::size_t thread_index, Thread& out) {
    Stack stack = frames_.stack_of(state.address);
    if (options_.native) frames_.find_entries(state.address, stack);
    if (looks_at_tasks()) suspended_.add_stack(stack.frames, out.tid);
    if (stack.broken) {
      out.stack_unreadable = stack.broken->message();
      problem(where, *stack.broken);
    }
    if (stack.left_out != 0) {
      out.stack_left_out = stack.left_out;
      problem(where, Error(Errc::limit, "a stack deeper than is read; its outermost frames are missing"));
    }
    out.eval_runs = stack.runs;
    if (!heap_.capturing()) out.stack.reserve(stack.frames.size());
    for (auto frame = stack.frames.rbegin(); frame != stack.frames.rend(); ++frame) {
      const auto code = codes_.read(frame->code);
      if (!code) continue;  // read a moment ago; cannot fail now
      if (options_.locals)
        values_.add(outcome_.threads, behind_exceptions, *frame,
                    {FrameValues::Place::Where::stack, report_.interpreters.size(), thread_index, out.stack.size()});
      if (heap_.capturing())
        exceptions_.touch_entry(*frame, **code);
      else
        out.stack.push_back(exceptions_.entry(*frame, **code, false));
    }
    return stack.broken.has_value();
  }

  Heap& heap_;
  const WalkOptions& options_;
  std::int64_t pid_;
  Report& report_;
  CodeReader codes_;
  FrameReader frames_;
  SourceFacts sources_;
  FrameValues values_;
  ExceptionReader exceptions_;
  TaskReader tasks_;
  SuspendedReader suspended_;
  LockReader locks_;
  std::set<RemoteAddr> gil_waiters_;
  std::map<std::int64_t, const Wait*> waits_;  ///< by tid
  const Runtime& runtime_;
  WalkOutcome outcome_;
};

}  // namespace

Result<WalkOutcome> walk(Heap& heap, const Runtime& runtime, const std::vector<TargetThread>& threads, std::int64_t pid,
                         const WalkOptions& options, Report& report, const std::vector<Activity>& activity) {
  PYEXC_TRY(const auto interpreters, read_interpreters(heap, runtime));
  return Walker(heap, runtime, options, pid, report, activity).run(interpreters, threads);
}

}  // namespace pyexc::cpython
