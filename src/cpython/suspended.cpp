#include "cpython/suspended.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_suspended = 1'000;
constexpr std::size_t max_frames = 50'000;  // of all of them
constexpr std::size_t max_stored = 1'000;
constexpr std::size_t max_errors = 100;  // of one task group

}  // namespace

void SuspendedReader::add_stack(const std::vector<FrameFacts>& frames, std::int64_t tid) {
  const std::uint32_t holder = reach_.add_holder(heap_.capturing() ? PyText() : fmt::format("thread {}", tid));
  for (const FrameFacts& frame : frames) reach_.add_root(frame, holder);
}

void SuspendedReader::add_tasks() {
  for (const TaskReader::Link& link : tasks_.links()) {
    reach_.exclude(link.generator);
    if (!link.frame) continue;
    PyText holder;
    if (!heap_.capturing()) {
      const Task& task = (*report_.tasks)[link.task];
      holder = task.name.empty() ? fmt::format("the task at {:#x}", task.address) : fmt::format("task \"{}\"", task.name);
    }
    reach_.add_root(*link.frame, reach_.add_holder(std::move(holder)));
  }
}

bool SuspendedReader::handles(RemoteAddr generator) {
  const auto chain = generators_.chain(generator);
  if (!chain || chain->links.empty() || chain->links.front().state != GeneratorFacts::State::suspended) return false;
  return std::any_of(chain->links.begin(), chain->links.end(), [](const GeneratorFacts& link) { return link.handling; });
}

bool SuspendedReader::wanted(RemoteAddr object, ReachKind kind) {
  if (kind == ReachKind::generator) return handles(object);
  if (kind == ReachKind::task) return tasks_.is_lost(object);
  return !stored_in(object, kind).empty();
}

/// The exceptions that a future or a task group keeps; of asyncio's futures only what nobody has fetched.
std::vector<RemoteAddr> SuspendedReader::stored_in(RemoteAddr object, ReachKind kind) {
  std::vector<RemoteAddr> found;
  const auto add = [&](const Result<RemoteAddr>& exception) {
    if (exception && !exception->null() && heap_.has_flag(*exception, type_flags::exception_subclass))
      found.push_back(*exception);
  };
  switch (kind) {
    case ReachKind::c_future: {
      const auto log = heap_.field<std::uint8_t>(object, heap_.layout().future.fut_log_tb);
      if (log && (*log & 1) != 0) add(heap_.pointer(object, heap_.layout().future.fut_exception));
      return found;
    }
    case ReachKind::python_future: {
      const auto log = heap_.instance_get(object, "_Future__log_traceback");
      const auto value = log && !log->null() ? heap_.integer(*log) : Result<IntValue>(fail(Errc::invalid));
      if (value && !value->digits.empty()) add(heap_.instance_get(object, "_exception"));
      return found;
    }
    case ReachKind::concurrent_future: add(heap_.instance_get(object, "_exception")); return found;
    case ReachKind::task_group: {
      const auto errors = heap_.instance_get(object, "_errors");  // Lib/asyncio/taskgroups.py
      if (!errors || errors->null()) return found;
      if (const auto items = heap_.list_items(*errors, max_errors))
        for (const RemoteAddr error : items->items) add(error);
      return found;
    }
    default: return found;
  }
}

void SuspendedReader::add_stored(std::string kind, PyText where, RemoteAddr exception, std::int64_t interpreter) {
  if (report_.stored->size() >= max_stored) {
    heap_.reached().cut = true;
    return;
  }
  ExceptionReader::Triple triple;
  triple.value = exception;
  report_.stored->push_back({std::move(kind), std::move(where), interpreter, exceptions_.add(triple, owner_)});
}

/// What the interactive interpreter and others have printed last: sys.last_exc, before 3.12 sys.last_value.
void SuspendedReader::add_last(const InterpreterState& interpreter) {
  for (const std::string_view name : {"last_exc", "last_value"}) {
    const auto last = heap_.dict_get(interpreter.sysdict, name);
    if (!last || last->null() || !heap_.has_flag(*last, type_flags::exception_subclass)) continue;
    return add_stored("last_exc", fmt::format("sys.{}", name), *last, interpreter.id);
  }
}

void SuspendedReader::add_found(const Reach::Find& find, std::int64_t interpreter) {
  const char* kind = find.kind == ReachKind::concurrent_future ? "future"
                     : find.kind == ReachKind::task_group      ? "task_group"
                                                               : "asyncio_future";
  std::size_t number = 0;
  for (const RemoteAddr exception : stored_in(find.object, find.kind)) {
    const bool group = find.kind == ReachKind::task_group;
    add_stored(kind, reach_.describe(find, group ? fmt::format("._errors[{}]", number++) : std::string()), exception,
               interpreter);
  }
}

Result<void> SuspendedReader::read_suspended(const GeneratorReader::Chain& chain, Suspended& out, std::size_t number) {
  PYEXC_TRY(const auto qualname, heap_.pointer(chain.links.front().address, heap_.layout().gen.gi_qualname));
  PYEXC_TRY(out.qualname, heap_.text(qualname));
  out.stack_cut = chain.cut;
  for (const GeneratorFacts& link : chain.links) {
    if (!link.frame) continue;
    const auto code = codes_.read(link.frame->code);
    if (!code || frames_ >= max_frames) {
      out.stack_cut = true;
      break;
    }
    ++frames_;
    if (values_ != nullptr)
      values_->add(owner_, 2, *link.frame, {FrameValues::Place::Where::suspended, number, 0, out.stack.size()});
    exceptions_.append_entry(out.stack, *link.frame, **code);
  }
  for (auto link = chain.links.rbegin(); link != chain.links.rend(); ++link)
    if (link->handling) out.handling.push_back(exceptions_.add(*link->handling, owner_));
  return {};
}

void SuspendedReader::add_suspended(const Reach::Find& find, std::int64_t interpreter) {
  if (report_.suspended->size() >= max_suspended) {
    heap_.reached().cut = true;
    return;
  }
  const auto chain = generators_.chain(find.object);
  if (!chain || chain->links.empty()) return;
  Suspended out;
  out.address = find.object.value();
  out.interpreter = interpreter;
  if (const auto type = heap_.type_info_of(find.object)) out.kind = (*type)->tp_name;
  if (auto outcome = read_suspended(*chain, out, report_.suspended->size()); !outcome)
    report_.problems.push_back({std::string(errc_name(outcome.error().code)),
                                fmt::format("{} at {:#x}", out.kind, out.address), outcome.error().message()});
  out.found_in = reach_.describe(find);
  report_.suspended->push_back(std::move(out));
}

void SuspendedReader::finish() {
  if (const std::size_t missed = reach_.missed(); missed != 0 && report_.suspended)
    report_.problems.push_back({std::string(errc_name(Errc::not_captured)), "what is suspended or stored",
                                fmt::format("{} of it cannot be reached any more", missed)});
}

void SuspendedReader::read(const InterpreterState& interpreter, const std::vector<Thread>& threads, std::size_t owner) {
  owner_ = owner;
  if (!report_.suspended) report_.suspended.emplace();
  if (!report_.stored) report_.stored.emplace();
  add_last(interpreter);
  add_tasks();
  const auto finds = reach_.run([this](RemoteAddr object, ReachKind kind) { return wanted(object, kind); });
  // What another one delegates to is a part of that one's stack.
  std::unordered_set<std::uint64_t> inner;
  std::vector<RemoteAddr> lost;
  for (const Reach::Find& find : finds) {
    if (find.kind == ReachKind::task) lost.push_back(find.object);
    if (find.kind != ReachKind::generator) continue;
    if (const auto chain = generators_.chain(find.object))
      for (std::size_t i = 1; i < chain->links.size(); ++i) inner.insert(chain->links[i].address.value());
  }
  for (const Reach::Find& find : finds) {
    if (find.kind == ReachKind::task) continue;
    if (find.kind != ReachKind::generator) add_found(find, interpreter.id);
    else if (!inner.contains(find.object.value())) add_suspended(find, interpreter.id);
  }
  tasks_.read_lost(lost, interpreter, threads);
  report_.search_cut = reach_.cut();
}

}  // namespace pyexc::cpython
