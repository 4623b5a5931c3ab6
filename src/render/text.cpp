// The text format: for people, but every part stands on lines of its own and an exception's text is
// unindented, so that it can be grepped and pasted.

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "render/escape.hpp"
#include "render/group.hpp"
#include "render/lock_text.hpp"
#include "render/names.hpp"
#include "render/render.hpp"
#include "render/signal_text.hpp"
#include "render/task_text.hpp"
#include "render/time.hpp"
#include "render/wait_text.hpp"

namespace pyexc::render {

namespace {

// A command line is there to recognise the process by; `python -c` can make it a whole program.
constexpr std::size_t max_command_bytes = 1'000;
constexpr std::size_t max_child_command_bytes = 120;

enum class Style { title, thread, label, problem };

class TextReport {
 public:
  TextReport(const Report& report, const TextOptions& options)
      : report_(report), options_(options) {}

  std::string render() {
    header();
    deadlocks();
    const auto groups = group_threads(report_, !options_.exceptions_only);
    const bool any =
        std::ranges::any_of(groups, [](const ThreadGroup& group) { return busy(group); }) ||
        (report_.tasks && std::ranges::any_of(*report_.tasks, [](const Task& task) { return render::busy(task); })) ||
        (report_.suspended && !report_.suspended->empty());
    if (!any) nothing_handled();
    std::size_t silent = 0;
    for (const ThreadGroup& group : groups) {
      if (options_.exceptions_only && !busy(group)) silent += group.threads.size();
      else thread_group(group);
    }
    if (any && silent > 0)
      out_ += fmt::format("\n{} other thread{} nothing.\n", silent,
                          silent == 1 ? " handles" : "s handle");
    native_threads();
    tasks();
    suspended();
    stored();
    children();
    problems();
    return std::move(out_);
  }

 private:
  static bool busy(const ThreadGroup& group) {
    return !group.threads.front()->handling.empty() || group.threads.front()->raising;
  }

  void line(Style style, std::string_view text) {
    if (!options_.color) {
      out_ += text;
    } else {
      constexpr std::string_view codes[] = {"\x1b[1m", "\x1b[1;36m", "\x1b[33m", "\x1b[1;31m"};
      out_ += codes[static_cast<std::size_t>(style)];
      out_ += text;
      out_ += "\x1b[0m";
    }
    out_ += '\n';
  }

  static std::string command(const std::vector<std::string>& words, std::size_t max_bytes) {
    std::string joined;
    for (const std::string& word : words) {
      if (!joined.empty()) joined += ' ';
      const bool quote = word.empty() || word.find_first_of(" \t\n\"'\\$`;&|<>*?()#~") != word.npos;
      if (!quote) {
        joined += word;
        continue;
      }
      joined += '\'';
      for (const char c : word) joined += c == '\'' ? std::string("'\\''") : std::string(1, c);
      joined += '\'';
    }
    const std::size_t left_out =
        joined.size() > max_bytes ? joined.size() - max_bytes : 0;
    if (left_out == 0) return one_line(joined);
    joined.resize(max_bytes);
    return fmt::format("{} [{} more bytes]", one_line(joined), left_out);
  }

  void header() {
    const Target& target = report_.target;
    const std::string kind =
        target.kind == "live" ? "" : fmt::format(" ({})", one_line(target.kind));
    const std::string words = target.command_line.empty() ? one_line(target.executable) : command(target.command_line, max_command_bytes);
    line(Style::title, fmt::format("Process {}{}: {}", target.pid, kind, words));
    out_ += "Python " + one_line(report_.python.version);
    for (const std::string& build : report_.python.build) out_ += ' ' + one_line(build);
    std::size_t threads = 0;
    for (const Interpreter& interpreter : report_.interpreters)
      threads += interpreter.threads.size();
    out_ += fmt::format(", {} thread{}", threads, threads == 1 ? "" : "s");
    if (report_.interpreters.size() > 1)
      out_ += fmt::format(" in {} interpreters", report_.interpreters.size());
    if (target.kind == "core") {
      out_ += ", as it was";
    } else if (report_.freeze.mode == "none") {
      out_ += ", read without stopping it";
    } else {
      out_ += fmt::format(", stopped for {}", milliseconds(report_.freeze.duration_us));
      if (report_.freeze.rounds > 1) out_ += fmt::format(" in {} rounds", report_.freeze.rounds);
    }
    out_ += fmt::format(", {}\n", rfc3339(report_.captured_at_us));
    if (target.signal) line(Style::problem, signal_text(*target.signal, target.pid));
    if (!report_.complete)
      line(Style::problem, "This report is incomplete: see the problems at its end.");
    if (report_.masked > 0)
      out_ += fmt::format("{} secret{} masked; --no-redact shows them.\n", report_.masked,
                          report_.masked == 1 ? " is" : "s are");
  }

  /// A circle of threads is why the process does not answer: that comes first.
  void deadlocks() {
    if (!report_.deadlocks) return;
    for (const Deadlock& deadlock : *report_.deadlocks) {
      const std::size_t count = deadlock.threads.size();
      std::string title = count == 1 ? "Deadlock: a thread waits for itself"
                                     : fmt::format("Deadlock: {} threads wait for each other", count);
      if (deadlock.timeout_ms)
        title += fmt::format(", until one gives up in {:.1f} s",
                             static_cast<double>(*deadlock.timeout_ms) / 1e3);
      out_ += '\n';
      line(Style::problem, title);
      out_ += deadlock_text(report_, deadlock);
    }
  }

  void nothing_handled() {
    out_ += "\nNo thread is handling an exception.";
    const auto& children = report_.target.python_children;
    if (report_.target.children) {
      if (std::ranges::any_of(*report_.target.children, &Child::python))
        out_ += " The Python processes below it have reports of their own.";
    } else if (!children.empty()) {
      out_ += " Its Python children may be: pyexc-attach";
      for (const std::int64_t pid : children) out_ += fmt::format(" {}", pid);
    } else if (!report_.tasks) {
      out_ += " Suspended tasks can hold one too; they were not looked at.";
    } else if (!report_.tasks->empty()) {
      out_ += fmt::format(" Nor is any of {} task{} of asyncio.", report_.tasks->size(),
                          report_.tasks->size() == 1 ? "" : "s");
    }
    out_ += '\n';
  }

  static std::string identity(const Thread& thread) {
    std::string text = thread.tid != 0 ? std::to_string(thread.tid) : "?";
    if (thread.ns_tid && *thread.ns_tid != thread.tid)
      text += fmt::format(" (in its namespace {})", *thread.ns_tid);
    if (thread.tid == 0 && thread.ident) text += fmt::format(" (ident {:#x})", *thread.ident);
    if (thread.name) text += fmt::format(" \"{}\"", one_line(*thread.name));
    if (thread.main) text += " (main)";
    return text;
  }

  std::string doing(const ThreadGroup& group) const {
    const Thread& thread = *group.threads.front();
    std::string text;
    const auto add = [&](std::string_view part) {
      if (!text.empty()) text += ", ";
      text += part;
    };
    const std::string waiting = waiting_text(group.threads);
    if (thread.state) add(one_line(*thread.state) + waiting);
    else if (!waiting.empty()) add("waiting" + waiting);
    if (thread.got_signal && report_.target.signal) add("got " + one_line(report_.target.signal->name));
    if (thread.gil == "holding") add("holds the GIL");
    if (thread.gil == "waiting") add("waits for the GIL");
    if (const std::string lock = lock_text(report_, thread.waits_for); !lock.empty())
      add("waits for " + lock);
    if (!thread.handling.empty()) add("handling " + name_of(thread.handling.front()));
    if (thread.raising) add("raising " + name_of(*thread.raising));
    if (!thread.stopped && report_.freeze.mode != "none") add("did not stop");
    if (text.empty() && report_.target.kind != "core") text = "state unknown";
    const std::string times = times_text(group.threads);
    if (!times.empty()) text += "; " + times;
    const std::string movement = movement_text(group.threads);
    if (!movement.empty()) text += "; " + movement;
    return text;
  }

  std::string name_of(ExceptionId id) const {
    return id < report_.exceptions.size() ? one_line(type_name(report_.exceptions[id])) : "?";
  }

  void thread_group(const ThreadGroup& group) {
    const Thread& first = *group.threads.front();
    std::string title = group.threads.size() == 1
                            ? "Thread "
                            : fmt::format("{} threads alike: ", group.threads.size());
    for (std::size_t i = 0; i < group.threads.size(); ++i) {
      if (i > 0) title += ", ";
      title += identity(*group.threads[i]);
    }
    if (report_.interpreters.size() > 1)
      title += fmt::format(", interpreter {}", group.interpreter);
    out_ += '\n';
    const std::string what = doing(group);
    line(Style::thread, what.empty() ? title : fmt::format("{}: {}", title, what));

    for (std::size_t i = 0; i < first.handling.size(); ++i)
      exception(i == 0 ? "Handling:" : "Also handling, further out:", first.handling[i]);
    if (first.raising) exception("Raising:", *first.raising);
    if (!options_.exceptions_only) stack(first);
  }

  void section(std::string_view label) {
    out_ += '\n';
    line(Style::label, label);
  }

  void block(std::string_view text) {
    append_for_terminal(out_, text, Lines::keep);
    if (!text.empty() && text.back() != '\n') out_ += '\n';
  }

  void exception(std::string_view label, ExceptionId id) {
    section(label);
    if (id >= report_.exceptions.size()) {
      out_ += "<not in this report>\n";
      return;
    }
    const Exception& exception = report_.exceptions[id];
    block(exception.formatted);
    if (exception.formatted.empty())
      out_ += fmt::format("{}: <unreadable>\n", one_line(type_name(exception)));
    if (exception.unreadable)
      out_ += fmt::format("[unreadable: {}]\n", one_line(*exception.unreadable));
  }

  void stack(const Thread& thread) {
    if (thread.stack.empty() && thread.formatted_stack.empty()) {
      section(thread.stack_unreadable ? "Stack: unreadable: " + one_line(*thread.stack_unreadable)
                                      : "Stack: no Python frame");
      return;
    }
    section("Stack (most recent call last):");
    if (thread.stack_left_out > 0)
      out_ += fmt::format("  [{} outer frames left out]\n", thread.stack_left_out);
    block(thread.formatted_stack);
    if (thread.stack_unreadable)
      out_ += fmt::format("  [the rest is unreadable: {}]\n", one_line(*thread.stack_unreadable));
  }

  /// Alike but for their numbers: the workers of a library are many and wait in one place.
  void native_threads() {
    if (!report_.native_threads || options_.exceptions_only) return;
    std::vector<std::vector<const NativeThread*>> groups;
    std::unordered_map<std::string, std::size_t> known;
    for (const NativeThread& thread : *report_.native_threads) {
      const auto [at, fresh] =
          known.try_emplace(thread.name + '\0' + thread.state.value_or("") + '\0' + thread.formatted_stack, groups.size());
      if (fresh) groups.emplace_back();
      groups[at->second].push_back(&thread);
    }
    for (const auto& group : groups) native_group(group);
  }

  void native_group(const std::vector<const NativeThread*>& group) {
    const NativeThread& first = *group.front();
    std::vector<Thread> waits(group.size());
    std::vector<const Thread*> pointers;
    std::string title = group.size() == 1 ? "Thread " : fmt::format("{} threads alike: ", group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
      title += fmt::format("{}{}", i == 0 ? "" : ", ", group[i]->tid);
      waits[i].waiting = group[i]->waiting;
      waits[i].cpu_ms = group[i]->cpu_ms;
      waits[i].age_ms = group[i]->age_ms;
      pointers.push_back(&waits[i]);
    }
    title += fmt::format(" \"{}\", unknown to Python: {}{}", one_line(first.name), one_line(first.state.value_or("unknown")),
                         waiting_text(pointers));
    if (const std::string times = times_text(pointers); !times.empty()) title += "; " + times;
    out_ += '\n';
    line(Style::thread, title);
    if (first.formatted_stack.empty()) return;
    section("Stack (most recent call last):");
    block(first.formatted_stack);
  }

  void task(TaskId id) {
    const Task& task = (*report_.tasks)[id];
    out_ += '\n';
    line(Style::thread, task_line(report_, id));
    for (std::size_t i = 0; i < task.handling.size(); ++i)
      exception(i == 0 ? "Handling:" : "Also handling, further out:", task.handling[i]);
    if (task.exception) exception("Ended with:", *task.exception);
    if (task.unreadable) out_ += fmt::format("[unreadable: {}]\n", one_line(*task.unreadable));
    if (options_.exceptions_only || task.stack.empty()) return;
    section("Stack (most recent call last):");
    block(task.formatted_stack);
    if (task.stack_cut) out_ += "  [what it waits for goes on beyond what was read]\n";
  }

  void tasks() {
    if (!report_.tasks || report_.tasks->empty()) return;
    std::size_t silent = 0;
    for (TaskId id = 0; id < report_.tasks->size(); ++id) {
      const bool shown = render::busy((*report_.tasks)[id]) ||
                         (options_.tasks != TaskView::busy && !options_.exceptions_only);
      if (shown) task(id);
      else ++silent;
    }
    if (silent > 0)
      out_ += fmt::format("\n{} {}of asyncio handle{} nothing.\n", silent,
                          silent == 1 ? "task " : "tasks ", silent == 1 ? "s" : "");
    if (options_.tasks != TaskView::tree) return;
    section("Who waits for whom:");
    out_ += task_tree(report_);
  }

  void suspended() {
    if (!report_.suspended) return;
    for (const Suspended& one : *report_.suspended) {
      out_ += '\n';
      line(Style::thread, suspended_line(report_, one));
      for (std::size_t i = 0; i < one.handling.size(); ++i)
        exception(i == 0 ? "Handling:" : "Also handling, further out:", one.handling[i]);
      if (options_.exceptions_only || one.stack.empty()) continue;
      section("Stack (most recent call last):");
      block(one.formatted_stack);
      if (one.stack_cut) out_ += "  [what it delegates to goes on beyond what was read]\n";
    }
  }

  void stored() {
    if (report_.stored)
      for (const Stored& one : *report_.stored) {
        out_ += '\n';
        line(Style::thread, fmt::format("Stored: {}: {}", one_line(one.where), name_of(one.exception)));
        exception("Exception:", one.exception);
      }
    if (report_.search_cut)
      out_ += "\nThe search for suspended generators and stored exceptions ended at a limit: there may be more.\n";
  }

  void children() {
    if (!report_.target.children || report_.target.children->empty()) return;
    section("Processes below it:");
    for (const Child& child : *report_.target.children) {
      out_ += fmt::format("  {}", child.pid);
      if (child.parent != report_.target.pid) out_ += fmt::format(" (below {})", child.parent);
      out_ += fmt::format(": {}: {}\n", command(child.command_line, max_child_command_bytes), child.python ? "see its report" : one_line(child.why_not));
    }
  }

  void problems() {
    if (report_.problems.empty() && report_.complete) return;
    out_ += '\n';
    line(Style::problem, "Problems:");
    for (const Problem& problem : report_.problems)
      out_ += fmt::format("  {}: {} ({})\n", one_line(problem.where), one_line(problem.what),
                          one_line(problem.code));
    if (report_.problems.empty()) out_ += "  some of it could not be read\n";
  }

  const Report& report_;
  const TextOptions& options_;
  std::string out_;
};

}  // namespace

std::string text(const Report& report, const TextOptions& options) {
  return TextReport(report, options).render();
}

}  // namespace pyexc::render
