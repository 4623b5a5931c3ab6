#pragma once
// The Report: plain data, filled by capture and decoding, completed by source/ and traceback/, masked by
// redact/, printed by render/. It knows nothing of processes, layouts or formats. Exceptions are a flat
// list; everything else refers to them by index, so a chain of any length needs no recursion.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "report/native.hpp"
#include "report/pystr.hpp"
#include "report/text_rules.hpp"
#include "report/wait.hpp"

namespace pyexc {

using ExceptionId = std::uint32_t;  ///< index into Report::exceptions

/// Something that could not be read, was cut or is not certain. `where` names it for a person.
struct Problem {
  std::string code;   ///< closed list, see docs/report.schema.json
  std::string where;  ///< "thread 4711", "exception 3", "process"
  std::string what;
};

/// A piece of a text that is the value of something with a name: of a dict key that is a str, of an
/// attribute, of a keyword. What redact/ decides on.
struct NamedPart {
  std::size_t begin = 0, end = 0;      ///< bytes of the text, [begin, end)
  PyText name;
  std::string type;                    ///< type(value).__name__
  std::optional<std::int64_t> length;  ///< len(value) of a str, bytes or builtin container
};

/// str() or repr() of something in the target.
struct ValueText {
  PyText text;
  bool exact = true;  ///< false: the target's own code would have to run, or something could not be read
  std::vector<NamedPart> parts{};  ///< ascending by begin; parts may lie inside earlier ones
  bool masked = false;  ///< set by redact/: a secret in it is masked
};

/// A local variable (with --locals).
struct Value {
  PyText name;
  std::string type;                       ///< type(value).__name__; empty if it could not be read
  std::optional<std::int64_t> length{};   ///< len(value) of a str, bytes or builtin container
  ValueText repr;
  bool redacted = false;  ///< set by redact/: the whole value or a part of it is masked
};

/// What linecache holds in the target for a file: entries without a file (REPL, doctest, python -c)
/// exist nowhere else.
struct LinecacheEntry {
  bool lazy = false;               ///< a 1-tuple: lines come from the loader on demand
  bool mtime_none = false;         ///< never checked against the disk
  std::int64_t size = 0;
  double mtime = 0;
  PyText fullname;
  std::int64_t line_count = 0;
  std::map<std::int64_t, PyText> lines;  ///< 1-based; only those this report needs
};

/// How `__loader__.get_source(__name__)` of a module would find its text.
struct LoaderFacts {
  enum class Kind : std::uint8_t { none, source_file, sourceless, zip, frozen, builtin, python_code };
  Kind kind = Kind::none;
  PyText module_name;  ///< globals()['__name__']
  PyText spec_name;    ///< globals()['__spec__'].name, "" if there is no spec
  PyText loader_name;  ///< source_file: the loader's own name, the only one it answers to; "" if unknown
  PyText path;         ///< source_file: the loader's path; zip: the archive
  PyText prefix;       ///< zip: the path prefix inside the archive
};

/// One distinct (co_filename, f_globals) of the frames in this report.
struct SourceFile {
  PyText file;
  std::optional<LinecacheEntry> cached;
  LoaderFacts loader;
};

/// One entry of a traceback or of a stack. Positions as code.co_positions() gives them: lines 1-based,
/// columns 0-based UTF-8 byte offsets into the source line; absent where Python has None.
struct Frame {
  PyText file;
  PyText function;  ///< co_name
  PyText qualname;  ///< co_qualname (3.11+), else empty
  std::optional<std::int64_t> line;
  std::optional<std::int64_t> end_line;
  std::optional<std::int64_t> column;
  std::optional<std::int64_t> end_column;
  std::int64_t lasti = -1;              ///< bytes; -1 if unknown
  std::uint32_t source_file = 0;        ///< index into Report::source_files
  /// linecache.getline() of `line`, `line`+1, … up to `end_line` (at least one, at most
  /// max_source_lines), newline included, "" where linecache has none. Filled by source/.
  std::vector<PyText> source;
  std::optional<std::vector<Value>> locals;  ///< as f_locals lists them; unset: not asked for
  /// False where f_locals would run code of the target, or names of it could not be read.
  bool locals_exact = true;
  std::optional<std::string> unreadable;  ///< why this entry could not be read; the rest is then partial

  static constexpr std::size_t max_source_lines = 2'000;
};

/// An attribute as traceback.py looks at it: None, an int, a str, or something else.
struct AttributeFact {
  enum class Kind : std::uint8_t { none, integer, text, other };
  Kind kind = Kind::none;
  std::int64_t integer = 0;  ///< kind integer (also bool); clamped to the int64 range
  ValueText str;             ///< str() of it, for every kind but none
};

struct SyntaxErrorFacts {
  AttributeFact msg, filename, lineno, end_lineno, offset, end_offset, text, print_file_and_line;
  /// exc._metadata, where it is a tuple (line, offset, source) as the compiler sets it: the line that the
  /// statement begins in, and the text that was compiled.
  bool has_metadata = false;
  std::int64_t metadata_line = 0;
  std::optional<PyText> metadata_source;
  /// Where has_metadata is set and the source is None: what open(filename).read() gives. Filled by
  /// source/: file_looked_at once it was tried, file_text if it could be read.
  bool file_looked_at = false;
  std::optional<PyText> file_text;
};

/// What the "Did you mean" search of traceback.py would work on.
struct SuggestionFacts {
  enum class Kind : std::uint8_t { name_error, attribute_error, import_error, module_not_found };
  Kind kind = Kind::name_error;
  PyText wrong_name;
  /// False where the real candidates depend on code of the target (__dir__, __getattr__, properties)
  /// or could not be read: then nothing is guessed and the exception is marked inexact.
  bool candidates_exact = true;
  /// In the order that version of Python looks at them, duplicates included.
  std::vector<PyText> candidates;
  bool no_frame = false;           ///< name_error: there is no traceback to look into
  bool object_missing = false;     ///< attribute_error: `obj` was never set; Python's dir() then sees None
  bool self_has_name = false;      ///< name_error: the frame's `self` has an attribute of that name
  bool is_frame_self = false;      ///< attribute_error: obj is the `self` of the innermost frame
  bool in_stdlib_names = false;    ///< wrong_name is in sys.stdlib_module_names
  std::vector<PyText> stdlib_names;     ///< filled only where that version searches among them
  /// attribute_error: the builtin type that type(obj) is or inherits, of list, str, dict, tuple, set,
  /// frozenset, frozendict and float; "" if none of them.
  PyText builtin_base;
  /// attribute_error, where that version looks one level deeper: those of the first 20 candidates without
  /// a leading '_' that are no descriptors of type(obj) and have an attribute wrong_name, in order.
  std::vector<PyText> nested_attributes;
  bool no_site = false;            ///< module_not_found: sys.flags.no_site
};

struct Notes {
  enum class Kind : std::uint8_t { none, sequence, text, other };
  Kind kind = Kind::none;
  std::vector<ValueText> items;  ///< sequence: str() of each; text: the str itself, one item
  ValueText repr;                ///< repr(__notes__), for text and other
};

struct Exception {
  std::uint64_t address = 0;  ///< of the exception object; unique within a report
  /// type(exc).__module__: a str, missing, or something that is not a str.
  enum class Module : std::uint8_t { text, not_text };
  Module module_kind = Module::text;
  PyText module;
  PyText qualname;
  PyText name;  ///< type(exc).__name__
  ValueText message;                  ///< str(exc)
  bool str_failed = false;            ///< str(exc) raises: traceback prints a placeholder
  /// What the line shows instead if the message is not exact: "__str__ is Python code; args=('a', 1)".
  std::string inexact_reason;
  std::vector<NamedPart> inexact_reason_parts;
  Notes notes;
  bool has_traceback = false;  ///< __traceback__ (or the triple's) is not None
  std::vector<Frame> frames;   ///< outermost first
  std::size_t frames_left_out = 0;
  std::optional<ExceptionId> cause;
  std::optional<ExceptionId> context;
  bool suppress_context = false;
  bool chain_cut = false;      ///< cause, context or members exist beyond a limit or could not be read
  std::optional<std::vector<ExceptionId>> members;  ///< of an exception group
  std::int64_t members_left_out = 0;
  bool is_base_exception = true;  ///< an instance of BaseException
  bool has_truth = false;  ///< its type defines __bool__ or __len__: `if exc` may be false
  std::optional<SyntaxErrorFacts> syntax_error;
  std::optional<SuggestionFacts> suggestion;
  std::optional<std::string> unreadable;
  bool masked = false;  ///< set by redact/: a secret in what it is formatted from is masked
  PyText formatted;  ///< filled by traceback/
  bool formatted_exact = true;
  bool formatted_left_out = false;  ///< formatted is empty: it would repeat too much of others' text
};

/// What several looks at the same thread or task say together (--times).
struct Movement {
  std::int64_t looks = 0;    ///< in how many it was there
  std::int64_t over_ms = 0;  ///< from the first to the last of these
  std::int64_t places = 0;   ///< different stacks or exceptions seen, 1: it did not move
  std::optional<std::int64_t> cpu_ms;  ///< that it used meanwhile; no task has it

  [[nodiscard]] bool moved() const noexcept { return places > 1; }
};

using LockId = std::uint32_t;  ///< index into Report::locks

/// Something that a thread waits for: a lock, or what is made of locks.
struct Lock {
  std::uint64_t address = 0;
  std::int64_t interpreter = 0;
  std::string kind;  ///< closed list: lock, condition, event, semaphore, barrier, queue, future, thread, import, file
  std::string type;  ///< "threading.Lock", "queue.Queue"
  PyText name;       ///< how the innermost frames reach it: "self._lock", "bank.LOCK"; of an import the module
  PyText of;         ///< the type of the object whose attribute it is
  std::optional<std::int64_t> holder;  ///< tid of the thread that has it, or that is waited for
  bool holder_gone = false;            ///< the thread that holds it has ended
  std::vector<std::int64_t> waiters;   ///< tids
};

/// Threads that wait for each other in a circle: each for what the next one holds.
struct Deadlock {
  struct Link {
    std::int64_t tid = 0;
    LockId waits_for = 0;
  };
  std::vector<Link> threads;
  std::optional<std::int64_t> timeout_ms;  ///< until the first of them gives up; unset: none of them will
};

struct Thread {
  std::int64_t tid = 0;                 ///< as the tool's pid namespace sees it, 0 if unknown
  std::optional<std::int64_t> ns_tid;   ///< as the target sees it, if different
  std::optional<std::uint64_t> ident;   ///< threading.get_ident()
  std::optional<PyText> name;
  bool main = false;
  bool stopped = false;
  bool got_signal = false;              ///< Target::signal
  std::optional<std::string> gil;
  std::optional<std::string> state;     ///< closed list: running, sleeping, disk-sleep, stopped, …
  std::optional<Wait> waiting;          ///< just before it was stopped
  std::optional<LockId> waits_for;
  std::optional<std::int64_t> cpu_ms, age_ms;
  std::optional<Movement> movement;
  std::vector<ExceptionId> handling;    ///< [0] is what sys.exc_info() returns there
  std::optional<ExceptionId> raising;
  std::vector<Frame> stack;             ///< most recent call last
  std::size_t stack_left_out = 0;       ///< outermost frames not read
  std::optional<std::string> stack_unreadable;
  std::vector<EvalRun> eval_runs;       ///< of `stack`; no renderer prints them
  std::optional<std::vector<NativeFrame>> native_stack;  ///< most recent call last; unset: not asked for, or not known
  /// Those of `stack` stand in native_stack, too. False: which frame runs which of `stack` is not known.
  bool native_merged = false;
  PyText formatted_stack;               ///< filled by traceback/: entries as format_stack() prints them
};

using TaskId = std::uint32_t;  ///< index into Report::tasks

/// A task of asyncio.
struct Task {
  std::uint64_t address = 0;
  std::int64_t interpreter = 0;
  PyText name;
  std::string state;                ///< closed list: pending, finished, cancelled
  bool running = false;             ///< its coroutine is on the stack of a thread
  std::optional<std::int64_t> tid;  ///< of the thread that runs its loop
  std::uint64_t loop = 0;           ///< address of its loop
  PyText coroutine;                 ///< __qualname__ of its coroutine, empty if it has none any more
  std::vector<Frame> stack;         ///< from the task's own coroutine to the innermost awaited one
  bool stack_cut = false;           ///< the chain of coroutines goes on beyond what was read
  /// What the innermost coroutine waits for, if that is no task: "<Future pending>"; empty if it waits for nothing.
  PyText awaiting;
  PyText waits_at;                  ///< the lock, event or queue of asyncio that it waits at; empty if none
  std::vector<TaskId> waits_for;    ///< tasks that it waits for, those inside gather(), a TaskGroup, wait() and such included
  std::vector<TaskId> awaited_by;
  std::vector<ExceptionId> handling;  ///< while suspended; of the innermost coroutine first
  std::optional<ExceptionId> exception;  ///< that it ended with and that nobody has fetched yet
  std::optional<std::string> unreadable;
  std::optional<Movement> movement;
  PyText formatted_stack;           ///< filled by traceback/
};

/// A generator, coroutine or async generator of no task that is suspended inside an `except` or a `finally`.
struct Suspended {
  std::uint64_t address = 0;
  std::string kind;                ///< closed list: generator, coroutine, async_generator
  PyText qualname;
  std::int64_t interpreter = 0;
  PyText found_in;                 ///< how it was reached: "variable g of f in thread 12"
  std::vector<Frame> stack;        ///< from itself to the innermost one that it delegates to
  bool stack_cut = false;
  std::vector<ExceptionId> handling;  ///< of the innermost one first; never empty
  PyText formatted_stack;          ///< filled by traceback/
};

/// An exception that is kept somewhere without being handled.
struct Stored {
  std::string kind;   ///< last_exc, future, asyncio_future, task_group
  PyText where;       ///< "sys.last_exc", "variable futures[0] of f in thread 12"
  std::int64_t interpreter = 0;
  ExceptionId exception = 0;
};

struct Interpreter {
  std::int64_t id = 0;
  std::optional<bool> gc_collecting;  ///< the garbage collector is at work (up to 3.8: in the process)
  std::optional<bool> finalizing;     ///< it is shutting down
  std::vector<Thread> threads;
};

/// A process below the one that was asked for (--children).
struct Child {
  std::int64_t pid = 0;
  std::int64_t parent = 0;
  std::vector<std::string> command_line;  ///< its name, if it has none
  bool python = false;                    ///< there is a report on it
  std::string why_not;                    ///< otherwise: "not a CPython process"
};

/// What ended the process of a core.
struct Signal {
  std::int64_t number = 0;
  std::string name;  ///< "SIGSEGV"
  std::int64_t code = 0;  ///< si_code
  std::optional<std::uint64_t> address;     ///< that could not be accessed
  std::optional<std::int64_t> sender_pid;
  std::int64_t tid = 0;  ///< of the thread that got it
};

struct Target {
  std::string kind;  ///< live, core, recording
  std::int64_t pid = 0;
  std::string executable;
  std::vector<std::string> command_line;
  std::vector<std::int64_t> python_children;  ///< direct children that run a Python, a master's workers
  std::optional<std::vector<Child>> children; ///< unset: not looked at
  std::optional<Signal> signal;               ///< of a core
};

struct Python {
  std::string version;             ///< "3.13.0", "3.15.0b4"
  std::vector<std::string> build;  ///< free-threaded, debug
  std::string layout;              ///< debug-offsets, table, dwarf
};

struct FreezeFacts {
  std::string mode;  ///< ptrace, none
  std::int64_t duration_us = 0;
  std::int64_t threads = 0;
  std::int64_t rounds = 0;
};

struct Report {
  std::int64_t captured_at_us = 0;  ///< microseconds since the epoch, UTC
  Target target;
  Python python;
  FreezeFacts freeze;
  bool complete = true;
  std::int64_t masked = 0;
  std::vector<Problem> problems;
  std::vector<Exception> exceptions;
  std::vector<Interpreter> interpreters;
  std::optional<std::vector<Task>> tasks;           ///< unset: not looked at
  std::optional<std::vector<Suspended>> suspended;  ///< unset: not looked at
  std::optional<std::vector<Stored>> stored;        ///< unset: not looked at
  bool search_cut = false;  ///< the search for what is suspended ended at a limit
  std::optional<std::vector<Lock>> locks;           ///< that are waited for; unset: not looked at
  std::optional<std::vector<Deadlock>> deadlocks;   ///< unset: not looked at
  std::optional<std::vector<NativeThread>> native_threads;  ///< those that Python does not know; unset: not looked at

  // Facts for completing the report; no renderer prints them.
  bool with_locals = false;  ///< --locals
  TextRules text_rules;
  std::vector<SourceFile> source_files;
  std::vector<PyText> search_path;              ///< sys.path, str items only
  std::optional<AttributeFact> traceback_limit; ///< sys.tracebacklimit, if set
};

}  // namespace pyexc
