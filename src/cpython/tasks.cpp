#include "cpython/tasks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/frame_values.hpp"
#include "cpython/value/repr.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_children = 10'000;  // of one gather()
constexpr std::size_t max_frames = 300'000;   // of all tasks together
constexpr std::size_t max_edges = 1'000'000;  // who waits for whom
constexpr std::size_t max_awaiting_text = 300;
// enum fut_state, Modules/_asynciomodule.c
constexpr std::int32_t state_pending = 0, state_cancelled = 1, state_finished = 2;

}  // namespace

TaskReader::Kind TaskReader::kind_of_type(RemoteAddr address) {
  if (const auto known = kinds_.find(address); known != kinds_.end()) return known->second;
  Kind kind = Kind::none;
  const auto type = heap_.type_info(address);
  const auto bases = type ? heap_.mro(**type) : Result<std::vector<const TypeInfo*>>(fail(type.error()));
  if (bases) {
    for (const TypeInfo* base : *bases) {
      if (base->tp_name == "_asyncio.Task") {
        kind = Kind::c;
      } else if (base->heap() && base->tp_name == "Task") {
        const auto names = heap_.type_names(*base);
        const auto module = base->tp_dict.null() ? Result<RemoteAddr>(RemoteAddr()) : heap_.dict_get(base->tp_dict, "__module__");
        if (names && module && !module->null() && heap_.str_equals(*module, "asyncio.tasks")) kind = Kind::python;
      }
      if (kind != Kind::none) break;
    }
  }
  kinds_.emplace(address, kind);
  return kind;
}

TaskReader::Kind TaskReader::kind_of(RemoteAddr object) {
  const auto type = heap_.type_of(object);
  return type ? kind_of_type(*type) : Kind::none;
}

void TaskReader::add(RemoteAddr task) {
  if (kind_of(task) == Kind::none || ids_.contains(task.value())) return;
  if (report_.tasks->size() + found_.size() >= heap_.limits().max_tasks) {
    cut_ = true;
    return;
  }
  ids_.emplace(task.value(), static_cast<TaskId>(report_.tasks->size() + found_.size()));
  found_.push_back(task);
}

/// WeakSet.data: a set of weak references (Lib/_weakrefset.py).
Result<void> TaskReader::add_weak_set(RemoteAddr set) {
  PYEXC_TRY(const auto data, heap_.instance_get(set, "data"));
  if (data.null()) return {};
  PYEXC_TRY(const auto items, heap_.set_items(data));
  for (const RemoteAddr item : items.items) {
    const auto task = heap_.pointer(item, heap_.layout().weak_reference.wr_object);
    if (task && !task->null() && !heap_.is_none(*task)) add(*task);
  }
  cut_ = cut_ || items.left_out != 0;
  return {};
}

Result<void> TaskReader::find_in_module(const InterpreterState& interpreter) {
  PYEXC_TRY(const auto module, heap_.dict_get(interpreter.modules, "asyncio.tasks"));
  if (module.null()) return {};
  PYEXC_TRY(const auto dict, heap_.module_dict(module));
  const bool all = heap_.traits().asyncio_tasks == layout::AsyncioTasks::all_tasks;
  PYEXC_TRY(const auto weak, heap_.dict_get(dict, all ? "_all_tasks" : "_scheduled_tasks"));
  if (!weak.null()) PYEXC_CHECK(add_weak_set(weak));
  if (all) return {};
  PYEXC_TRY(const auto eager, heap_.dict_get(dict, "_eager_tasks"));
  if (eager.null()) return {};
  PYEXC_TRY(const auto items, heap_.set_items(eager));
  for (const RemoteAddr item : items.items) add(item);
  return {};
}

/// struct llist_node {next, prev}, Include/internal/pycore_llist.h: a ring through `head`.
Result<void> TaskReader::find_in_list(RemoteAddr head) {
  PYEXC_TRY(auto node, heap_.memory().read_pointer(head));
  for (std::size_t count = 0; !node.null() && node != head; ++count) {
    if (count >= heap_.limits().max_tasks) {
      cut_ = true;
      return {};
    }
    add(node - *heap_.layout().task.task_node);
    PYEXC_TRY(node, heap_.memory().read_pointer(node));
  }
  return {};
}

Result<void> TaskReader::find_all(const InterpreterState& interpreter) {
  PYEXC_CHECK(find_in_module(interpreter));
  const auto& layout = heap_.layout();
  if (heap_.traits().asyncio_tasks != layout::AsyncioTasks::linked_lists || !layout.task.task_node.has()) return {};
  if (layout.tstate_impl.asyncio_tasks_head.has())
    for (const ThreadState& thread : interpreter.threads)
      PYEXC_CHECK(find_in_list(thread.address + *layout.tstate_impl.asyncio_tasks_head));
  // Those of threads that have ended.
  if (layout.interp.asyncio_tasks_head.has())
    PYEXC_CHECK(find_in_list(interpreter.address + *layout.interp.asyncio_tasks_head));
  return {};
}

Result<TaskReader::Facts> TaskReader::facts_in_c(RemoteAddr task) {
  const auto& f = heap_.layout().task;
  Facts facts;
  PYEXC_TRY(facts.loop, heap_.pointer(task, f.task_loop));
  PYEXC_TRY(facts.coroutine, heap_.pointer(task, f.task_coro));
  PYEXC_TRY(facts.waiter, heap_.pointer(task, f.task_fut_waiter));
  PYEXC_TRY(facts.exception, heap_.pointer(task, f.task_exception));
  PYEXC_TRY(facts.name, heap_.pointer(task, f.task_name));
  PYEXC_TRY(const auto state, heap_.field<std::int32_t>(task, f.task_state));
  facts.state = state == state_pending ? "pending" : state == state_cancelled ? "cancelled" : "finished";
  if (state < state_pending || state > state_finished)
    return fail(Error::at(Errc::invalid, task.value(), "a task in no known state"));
  PYEXC_TRY(const auto log, heap_.field<std::uint8_t>(task, f.task_log_tb));
  facts.unfetched = (log & 1) != 0;
  return facts;
}

Result<TaskReader::Facts> TaskReader::facts_in_python(RemoteAddr task) {
  Facts facts;
  PYEXC_TRY(facts.loop, heap_.instance_get(task, "_loop"));
  PYEXC_TRY(facts.coroutine, heap_.instance_get(task, "_coro"));
  PYEXC_TRY(facts.waiter, heap_.instance_get(task, "_fut_waiter"));
  PYEXC_TRY(facts.exception, heap_.instance_get(task, "_exception"));
  PYEXC_TRY(facts.name, heap_.instance_get(task, "_name"));
  PYEXC_TRY(const auto state, heap_.instance_get(task, "_state"));
  // Class attributes until it ends: Future._state is "PENDING", and nothing is to be logged.
  facts.state = state.null() || heap_.str_equals(state, "PENDING") ? "pending"
                : heap_.str_equals(state, "CANCELLED")             ? "cancelled"
                                                                   : "finished";
  PYEXC_TRY(const auto log, heap_.instance_get(task, "_Future__log_traceback"));
  if (!log.null()) {
    const auto value = heap_.integer(log);
    facts.unfetched = value && !value->digits.empty();
  }
  return facts;
}

Result<TaskReader::Facts> TaskReader::facts_of(RemoteAddr task, Kind kind) {
  return kind == Kind::c ? facts_in_c(task) : facts_in_python(task);
}

/// 3.12 and later keep a number until somebody asks for the name.
Result<PyText> TaskReader::name_of(RemoteAddr name) {
  if (name.null() || heap_.is_none(name)) return PyText();
  if (!heap_.has_flag(name, type_flags::int_subclass)) return heap_.text(name);
  PYEXC_TRY(const auto number, heap_.integer(name));
  return fmt::format("Task-{}", number.clamped());
}

/// BaseEventLoop._thread_id: the ident of the thread that runs it; None while none does. Loops made in C (uvloop) tell
/// nothing; then the thread does (_set_running_loop(), Modules/_asynciomodule.c): in its state since 3.14, before in the
/// dict of its state.
std::optional<std::uint64_t> TaskReader::thread_of_loop(RemoteAddr loop, const InterpreterState& interpreter) {
  const auto type = heap_.type_info_of(loop);
  const auto attributes = type ? heap_.instance_attributes(loop) : Result<Heap::InstanceAttributes>(fail(Errc::invalid));
  if (attributes && (!attributes->dict.null() || !attributes->values.null())) {
    const auto ident = heap_.instance_get(loop, "_thread_id");
    if (ident && !ident->null()) {
      if (!heap_.has_flag(*ident, type_flags::int_subclass)) return std::nullopt;
      const auto value = heap_.integer(*ident);
      return value ? std::optional(static_cast<std::uint64_t>(value->clamped())) : std::nullopt;
    }
  }
  const auto& layout = heap_.layout();
  for (const ThreadState& thread : interpreter.threads) {
    if (layout.tstate_impl.asyncio_running_loop.has()) {
      const auto running = heap_.pointer(thread.address, layout.tstate_impl.asyncio_running_loop);
      if (running && *running == loop) return thread.ident;
      continue;
    }
    const auto dict = heap_.pointer(thread.address, layout.tstate.dict);
    if (!dict || dict->null()) continue;
    const auto running = heap_.dict_get(*dict, "__asyncio_running_event_loop__");
    if (!running || running->null()) continue;
    // (loop, pid) from C, a running-loop holder in 3.8.
    if (*running == loop) return thread.ident;
    if (!heap_.has_flag(*running, type_flags::tuple_subclass)) continue;
    const auto items = heap_.tuple_items(*running, 1);
    if (items && !items->items.empty() && items->items.front() == loop) return thread.ident;
  }
  return std::nullopt;
}

bool TaskReader::is_done(RemoteAddr task) {
  const auto facts = facts_of(task, kind_of(task));
  return facts && facts->state != "pending";
}

/// `links`: the coroutines of the task, of which the innermost waits for `waiter`.
void TaskReader::read_waiter(RemoteAddr waiter, const std::vector<GeneratorFacts>& links, Task& out) {
  if (waiter.null() || heap_.is_none(waiter)) return;
  const auto wait_for = [&](RemoteAddr task) {
    const auto id = ids_.find(task.value());
    if (id == ids_.end()) return false;
    if (edges_ >= max_edges) {
      cut_ = true;
      return true;
    }
    ++edges_;
    out.waits_for.push_back(id->second);
    return true;
  };
  const auto wait_unless_done = [&](RemoteAddr task) {
    if (edges_ >= max_edges) cut_ = true;
    else if (is_done(task)) ++edges_;  // many may wait for one group: looking costs too
    else (void)wait_for(task);
  };
  if (wait_for(waiter)) return;
  // asyncio.gather(): a _GatheringFuture knows its children (Lib/asyncio/tasks.py).
  const auto type = heap_.type_info_of(waiter);
  if (type && (*type)->heap() && (*type)->tp_name == "_GatheringFuture") {
    if (const auto children = heap_.instance_get(waiter, "_children"); children && !children->null()) {
      if (const auto items = heap_.list_items(*children, max_children)) {
        for (const RemoteAddr child : items->items) wait_unless_done(child);
        if (!out.waits_for.empty()) return;
      }
    }
  }
  const HiddenWait hidden = waits_.behind(waiter, links);
  for (const RemoteAddr future : hidden.futures) wait_unless_done(future);
  if (!out.waits_for.empty()) return;
  if (!hidden.object.null()) {
    ValueText object = repr(heap_, hidden.object, {.max_text = max_awaiting_text, .max_depth = 3, .max_string = 80, .max_items = 5});
    if (!heap_.capturing()) out.waits_at = std::move(object.text);
  }
  ValueText text = repr(heap_, waiter, {.max_text = max_awaiting_text, .max_depth = 3, .max_string = 80, .max_items = 5});
  if (!heap_.capturing()) out.awaiting = std::move(text.text);
}

Result<void> TaskReader::read_chain(const Facts& facts, Task& out, TaskId id) {
  if (facts.coroutine.null() || heap_.is_none(facts.coroutine)) return {};
  if (!generators_.is_generator(facts.coroutine)) {
    read_waiter(facts.waiter, {}, out);
    // A task may run any awaitable object, Cython's coroutines among them.
    const auto type = heap_.type_info_of(facts.coroutine);
    if (type) out.coroutine = (*type)->tp_name;
    return {};
  }
  PYEXC_TRY(const auto qualname, heap_.pointer(facts.coroutine, heap_.layout().gen.gi_qualname));
  PYEXC_TRY(out.coroutine, heap_.text(qualname));
  PYEXC_TRY(const auto chain, generators_.chain(facts.coroutine));
  out.stack_cut = chain.cut;
  for (const GeneratorFacts& link : chain.links) {
    out.running = out.running || link.state == GeneratorFacts::State::executing;
    // The frames of one that runs are on the stack of its thread.
    const bool waits = link.state != GeneratorFacts::State::executing;
    links_.push_back({link.address, waits ? link.frame : std::nullopt, id});
    if (!link.frame) continue;
    if (frames_ >= max_frames) {
      out.stack_cut = true;
      break;
    }
    ++frames_;
    const auto code = codes_.read(link.frame->code);
    if (!code) {
      out.stack_cut = true;
      continue;
    }
    if (values_ != nullptr)
      values_->add(owner_, 2, *link.frame, {FrameValues::Place::Where::task, id, 0, out.stack.size()});
    exceptions_.append_entry(out.stack, *link.frame, **code);
  }
  for (auto link = chain.links.rbegin(); link != chain.links.rend(); ++link)
    if (link->handling) out.handling.push_back(exceptions_.add(*link->handling, owner_));
  if (!facts.waiter.null()) read_waiter(facts.waiter, chain.links, out);
  else if (facts.state == "pending") read_waiter(chain.awaits, chain.links, out);
  return {};
}

Result<void> TaskReader::read_one(RemoteAddr task, Task& out, TaskId id) {
  PYEXC_TRY(const auto facts, facts_of(task, kind_of(task)));
  out.state = facts.state;
  out.loop = facts.loop.value();
  PYEXC_TRY(out.name, name_of(facts.name));
  if (!facts.exception.null() && !heap_.is_none(facts.exception) && facts.unfetched &&
      heap_.has_flag(facts.exception, type_flags::exception_subclass)) {
    ExceptionReader::Triple triple;
    triple.value = facts.exception;
    out.exception = exceptions_.add(triple, owner_);
  }
  return read_chain(facts, out, id);
}

bool TaskReader::is_lost(RemoteAddr task) {
  const Kind kind = kind_of(task);
  if (kind == Kind::none || ids_.contains(task.value())) return false;
  const auto facts = facts_of(task, kind);
  return facts && facts->unfetched && !facts->exception.null() && !heap_.is_none(facts->exception);
}

void TaskReader::read_found(const InterpreterState& interpreter, const std::vector<Thread>& threads) {
  const std::size_t first = report_.tasks->size();
  std::unordered_map<std::uint64_t, std::optional<std::int64_t>> tids;  // by loop
  for (std::size_t i = 0; i < found_.size(); ++i) {
    Task out;
    out.address = found_[i].value();
    out.interpreter = interpreter.id;
    const auto id = static_cast<TaskId>(first + i);
    if (auto outcome = read_one(found_[i], out, id); !outcome) {
      out.unreadable = outcome.error().message();
      report_.problems.push_back({std::string(errc_name(outcome.error().code)), fmt::format("task {:#x}", out.address),
                                  outcome.error().message()});
    }
    const auto [tid, added] = tids.try_emplace(out.loop);
    if (added && out.loop != 0) {
      const auto ident = thread_of_loop(RemoteAddr(out.loop), interpreter);
      const auto thread = std::find_if(threads.begin(), threads.end(),
                                       [&](const Thread& t) { return ident && t.ident == ident && t.tid != 0; });
      if (thread != threads.end()) tid->second = thread->tid;
    }
    out.tid = tid->second;
    report_.tasks->push_back(std::move(out));
  }
  found_.clear();
  for (std::size_t i = first; i < report_.tasks->size(); ++i) {
    Task& task = (*report_.tasks)[i];
    for (const TaskId other : task.waits_for) (*report_.tasks)[other].awaited_by.push_back(static_cast<TaskId>(i));
  }
  if (cut_)
    report_.problems.push_back({std::string(errc_name(Errc::limit)), "asyncio's tasks", "more tasks than are read"});
  cut_ = false;
}

void TaskReader::read(const InterpreterState& interpreter, const std::vector<Thread>& threads, std::size_t owner) {
  owner_ = owner;
  cut_ = false;
  if (!report_.tasks) report_.tasks.emplace();
  found_.clear();
  links_.clear();
  if (auto all = find_all(interpreter); !all)
    report_.problems.push_back({std::string(errc_name(all.error().code)), "asyncio's tasks", all.error().message()});
  read_found(interpreter, threads);
}

void TaskReader::read_lost(const std::vector<RemoteAddr>& tasks, const InterpreterState& interpreter,
                           const std::vector<Thread>& threads) {
  for (const RemoteAddr task : tasks) add(task);
  read_found(interpreter, threads);
}

}  // namespace pyexc::cpython
