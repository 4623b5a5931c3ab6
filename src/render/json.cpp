// The JSON format, field by field in the order of docs/report.schema.json.

#include "render/json_writer.hpp"
#include "render/names.hpp"
#include "render/native_json.hpp"
#include "render/render.hpp"
#include "render/time.hpp"

namespace pyexc::render {

namespace {

template <class Items, class Write>
void array(JsonWriter& json, std::string_view name, const Items& items, Write write) {
  json.key(name);
  json.begin_array();
  for (const auto& item : items) write(item);
  json.end_array();
}

void strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& items) {
  array(json, name, items, [&](const std::string& item) { json.string(item); });
}

/// The lines of one frame as one string without the last newline; null where linecache has none.
void source(JsonWriter& json, const std::vector<PyText>& lines) {
  std::string joined;
  for (const PyText& line : lines) joined += line;
  if (!joined.empty() && joined.back() == '\n') joined.pop_back();
  json.key("source");
  if (lines.empty() || lines.front().empty()) json.null();
  else json.string(joined);
}

void write(JsonWriter& json, const Value& value) {
  json.begin_object();
  json.member("name", value.name);
  json.member("type", value.type);
  json.member("repr", value.repr.text);
  json.member("exact", value.repr.exact && !value.repr.masked);
  json.member("redacted", value.redacted);
  json.end_object();
}

void write(JsonWriter& json, const Frame& frame) {
  json.begin_object();
  json.member("file", frame.file);
  json.member("line", frame.line);
  json.member("end_line", frame.end_line);
  json.member("column", frame.column);
  json.member("end_column", frame.end_column);
  json.member("function", frame.function);
  json.key("qualname");
  if (frame.qualname.empty()) json.null();  // Python before 3.11 does not know it
  else json.string(frame.qualname);
  source(json, frame.source);
  if (frame.locals) array(json, "locals", *frame.locals, [&](const Value& v) { write(json, v); });
  else json.key("locals"), json.null();
  if (frame.locals) json.member("locals_exact", frame.locals_exact);
  json.member("unreadable", frame.unreadable);
  json.end_object();
}

void frames(JsonWriter& json, std::string_view name, const std::vector<Frame>& items) {
  array(json, name, items, [&](const Frame& frame) { write(json, frame); });
}

void write(JsonWriter& json, const Exception& exception, ExceptionId id) {
  json.begin_object();
  json.member("id", id);
  json.member("type", type_name(exception));
  json.key("module");
  if (exception.module_kind == Exception::Module::text) json.string(exception.module);
  else json.null();
  json.member("qualname", exception.qualname);
  json.member("message", exception.message.text);
  json.member("message_exact", exception.message.exact && !exception.message.masked);
  array(json, "notes", exception.notes.items,
        [&](const ValueText& note) { json.string(note.text); });
  json.member("formatted", exception.formatted);
  json.member("formatted_exact", exception.formatted_exact);
  frames(json, "frames", exception.frames);
  json.member("frames_left_out", exception.frames_left_out);
  json.member("cause", exception.cause);
  json.member("context", exception.context);
  json.member("suppress_context", exception.suppress_context);
  if (exception.members)
    array(json, "members", *exception.members,
          [&](ExceptionId member) { json.unsigned_integer(member); });
  else json.key("members"), json.null();
  json.member("members_left_out", exception.members_left_out);
  json.member("chain_cut", exception.chain_cut);
  json.member("unreadable", exception.unreadable);
  json.end_object();
}

void write(JsonWriter& json, const Wait& wait) {
  json.begin_object();
  const auto numbers = [&](std::string_view name, const std::vector<std::int64_t>& items) {
    array(json, name, items, [&](std::int64_t item) { json.integer(item); });
  };
  json.member("call", wait.call);
  json.member("text", wait.text);
  json.member("fd", wait.fd);
  json.key("file");
  if (wait.file.empty()) json.null();
  else json.string(wait.file);
  json.key("socket");
  if (wait.socket) {
    json.begin_object();
    json.member("family", wait.socket->family);
    json.member("local", wait.socket->local);
    json.member("remote", wait.socket->remote);
    json.key("state");
    if (wait.socket->state.empty()) json.null();
    else json.string(wait.socket->state);
    json.end_object();
  } else {
    json.null();
  }
  numbers("fds", wait.fds);
  json.member("futex", wait.futex);
  if (wait.peers) numbers("peers", *wait.peers);
  else json.key("peers"), json.null();
  numbers("holders", wait.holders);
  json.member("since_ms", wait.since_ms);
  json.member("remaining_ms", wait.remaining_ms);
  json.end_object();
}

void movement(JsonWriter& json, const std::optional<Movement>& movement) {
  json.key("movement");
  if (!movement) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("looks", movement->looks);
  json.member("over_ms", movement->over_ms);
  json.member("moved", movement->moved());
  json.member("places", movement->places);
  json.member("cpu_ms", movement->cpu_ms);
  json.end_object();
}

void write(JsonWriter& json, const Thread& thread) {
  json.begin_object();
  json.member("tid", thread.tid);
  json.member("ns_tid", thread.ns_tid);
  json.member("ident", thread.ident);
  json.member("name", thread.name);
  json.member("main", thread.main);
  json.member("stopped", thread.stopped);
  json.member("got_signal", thread.got_signal);
  json.member("gil", thread.gil);
  json.member("state", thread.state);
  json.key("waiting");
  if (thread.waiting) write(json, *thread.waiting);
  else json.null();
  json.member("waits_for", thread.waits_for);
  json.member("cpu_ms", thread.cpu_ms);
  json.member("age_ms", thread.age_ms);
  movement(json, thread.movement);
  array(json, "handling", thread.handling, [&](ExceptionId id) { json.unsigned_integer(id); });
  json.member("raising", thread.raising);
  frames(json, "stack", thread.stack);
  json.member("stack_left_out", thread.stack_left_out);
  json.member("stack_unreadable", thread.stack_unreadable);
  write_native_stack(json, "native_stack", thread.native_stack);
  json.end_object();
}

void write(JsonWriter& json, const NativeThread& thread) {
  json.begin_object();
  json.member("tid", thread.tid);
  json.member("ns_tid", thread.ns_tid);
  json.member("name", thread.name);
  json.member("stopped", thread.stopped);
  json.member("state", thread.state);
  json.key("waiting");
  if (thread.waiting) write(json, *thread.waiting);
  else json.null();
  json.member("cpu_ms", thread.cpu_ms);
  json.member("age_ms", thread.age_ms);
  write_native_stack(json, "native_stack", thread.native_stack);
  json.end_object();
}

void write(JsonWriter& json, const Lock& lock, LockId id) {
  json.begin_object();
  json.member("id", id);
  json.member("address", lock.address);
  json.member("interpreter", lock.interpreter);
  json.member("kind", lock.kind);
  json.member("type", lock.type);
  for (const auto& [name, text] : {std::pair("name", &lock.name), std::pair("of", &lock.of)}) {
    json.key(name);
    if (text->empty()) json.null();
    else json.string(*text);
  }
  json.member("holder", lock.holder);
  json.member("holder_gone", lock.holder_gone);
  array(json, "waiters", lock.waiters, [&](std::int64_t tid) { json.integer(tid); });
  json.end_object();
}

void write(JsonWriter& json, const Deadlock& deadlock) {
  json.begin_object();
  array(json, "threads", deadlock.threads, [&](const Deadlock::Link& link) {
    json.begin_object();
    json.member("tid", link.tid);
    json.member("waits_for", link.waits_for);
    json.end_object();
  });
  json.member("timeout_ms", deadlock.timeout_ms);
  json.end_object();
}

void write_locks(JsonWriter& json, const Report& report) {
  json.key("locks");
  if (report.locks) {
    json.begin_array();
    for (std::size_t id = 0; id < report.locks->size(); ++id)
      write(json, (*report.locks)[id], static_cast<LockId>(id));
    json.end_array();
  } else {
    json.null();
  }
  if (report.deadlocks)
    array(json, "deadlocks", *report.deadlocks, [&](const Deadlock& d) { write(json, d); });
  else json.key("deadlocks"), json.null();
}

void ids(JsonWriter& json, std::string_view name, const std::vector<std::uint32_t>& items) {
  array(json, name, items, [&](std::uint32_t id) { json.unsigned_integer(id); });
}

void write(JsonWriter& json, const Task& task, TaskId id) {
  json.begin_object();
  json.member("id", id);
  json.member("name", task.name);
  json.member("state", task.state);
  json.member("running", task.running);
  json.member("interpreter", task.interpreter);
  json.member("tid", task.tid);
  json.member("coroutine", task.coroutine);
  frames(json, "stack", task.stack);
  json.member("stack_cut", task.stack_cut);
  json.key("awaiting");
  if (task.awaiting.empty()) json.null();
  else json.string(task.awaiting);
  json.key("waits_at");
  if (task.waits_at.empty()) json.null();
  else json.string(task.waits_at);
  ids(json, "waits_for", task.waits_for);
  ids(json, "awaited_by", task.awaited_by);
  ids(json, "handling", task.handling);
  json.member("exception", task.exception);
  json.member("unreadable", task.unreadable);
  movement(json, task.movement);
  json.end_object();
}

void write(JsonWriter& json, const Child& child) {
  json.begin_object();
  json.member("pid", child.pid);
  json.member("parent", child.parent);
  strings(json, "command_line", child.command_line);
  json.member("python", child.python);
  json.key("why_not");
  if (child.python) json.null();
  else json.string(child.why_not);
  json.end_object();
}

void write(JsonWriter& json, const Suspended& suspended) {
  json.begin_object();
  json.member("kind", suspended.kind);
  json.member("qualname", suspended.qualname);
  json.member("interpreter", suspended.interpreter);
  json.member("found_in", suspended.found_in);
  frames(json, "stack", suspended.stack);
  json.member("stack_cut", suspended.stack_cut);
  ids(json, "handling", suspended.handling);
  json.end_object();
}

void write(JsonWriter& json, const Stored& stored) {
  json.begin_object();
  json.member("kind", stored.kind);
  json.member("where", stored.where);
  json.member("interpreter", stored.interpreter);
  json.member("exception", stored.exception);
  json.end_object();
}

void write(JsonWriter& json, const Signal& signal) {
  json.begin_object();
  json.member("number", signal.number);
  json.member("name", signal.name);
  json.member("code", signal.code);
  json.member("address", signal.address);
  json.member("sender_pid", signal.sender_pid);
  json.end_object();
}

void write(JsonWriter& json, const Target& target) {
  json.begin_object();
  json.member("kind", target.kind);
  json.member("pid", target.pid);
  json.member("executable", target.executable);
  strings(json, "command_line", target.command_line);
  array(json, "python_children", target.python_children,
        [&](std::int64_t pid) { json.integer(pid); });
  if (target.children) array(json, "children", *target.children, [&](const Child& child) { write(json, child); });
  else json.key("children"), json.null();
  json.key("signal");
  if (target.signal) write(json, *target.signal);
  else json.null();
  json.end_object();
}

void write(JsonWriter& json, const Python& python) {
  json.begin_object();
  json.member("implementation", "cpython");
  json.member("version", python.version);
  strings(json, "build", python.build);
  json.member("layout", python.layout);
  json.end_object();
}

void write(JsonWriter& json, const FreezeFacts& freeze) {
  json.begin_object();
  json.member("mode", freeze.mode);
  json.member("duration_us", freeze.duration_us);
  json.member("threads", freeze.threads);
  json.member("rounds", freeze.rounds);
  json.end_object();
}

void write(JsonWriter& json, const Problem& problem) {
  json.begin_object();
  json.member("code", problem.code);
  json.member("where", problem.where);
  json.member("what", problem.what);
  json.end_object();
}

void write(JsonWriter& json, const Interpreter& interpreter) {
  json.begin_object();
  json.member("id", interpreter.id);
  json.member("gc_collecting", interpreter.gc_collecting);
  json.member("finalizing", interpreter.finalizing);
  array(json, "threads", interpreter.threads, [&](const Thread& thread) { write(json, thread); });
  json.end_object();
}

}  // namespace

std::string json(const Report& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("schema", "pyexc.report/1");
  json.key("tool");
  json.begin_object();
  json.member("name", "pyexc-attach");
  json.member("version", PYEXC_VERSION);
  json.end_object();
  json.member("captured_at", rfc3339(report.captured_at_us));
  json.key("target"), write(json, report.target);
  json.key("python"), write(json, report.python);
  json.key("freeze"), write(json, report.freeze);
  json.member("complete", report.complete);
  json.member("masked", report.masked);
  array(json, "problems", report.problems, [&](const Problem& problem) { write(json, problem); });
  json.key("exceptions");
  json.begin_array();
  for (std::size_t id = 0; id < report.exceptions.size(); ++id)
    write(json, report.exceptions[id], static_cast<ExceptionId>(id));
  json.end_array();
  array(json, "interpreters", report.interpreters, [&](const Interpreter& i) { write(json, i); });
  json.key("tasks");
  if (report.tasks) {
    json.begin_array();
    for (std::size_t id = 0; id < report.tasks->size(); ++id)
      write(json, (*report.tasks)[id], static_cast<TaskId>(id));
    json.end_array();
  } else {
    json.null();
  }
  if (report.suspended)
    array(json, "suspended", *report.suspended, [&](const Suspended& one) { write(json, one); });
  else json.key("suspended"), json.null();
  if (report.stored) array(json, "stored", *report.stored, [&](const Stored& one) { write(json, one); });
  else json.key("stored"), json.null();
  json.member("search_cut", report.search_cut);
  write_locks(json, report);
  json.key("native_threads");
  if (report.native_threads) {
    json.begin_array();
    for (const NativeThread& thread : *report.native_threads) write(json, thread);
    json.end_array();
  } else {
    json.null();
  }
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace pyexc::render
