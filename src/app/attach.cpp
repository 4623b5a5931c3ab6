// pyexc-attach PID...

#include <algorithm>
#include <map>
#include <thread>

#include "app/commands.hpp"
#include "app/explain.hpp"
#include "app/output.hpp"
#include "session/exit_status.hpp"
#include "session/movement.hpp"
#include "session/process_tree.hpp"
#include "session/session.hpp"

namespace pyexc::app {

namespace {

struct Process {
  std::int64_t pid = 0;
  bool asked_for = true;  ///< not found below one that was
  Looks looks;
  std::optional<Report> report;  ///< of the last look that succeeded
  std::optional<Error> error;    ///< why there was no other
};

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {}

  /// False if it was interrupted.
  [[nodiscard]] bool look() {
    find();
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t time = 0; time < options_.times; ++time) {
      std::this_thread::sleep_until(begin + time * options_.every);
      for (Process& process : processes_) {
        look(process);
        if (interrupted()) return false;
      }
    }
    return true;
  }

  void deliver(Output& output) {
    for (Process& process : processes_) {
      if (process.report) {
        if (options_.times > 1) process.looks.tell(*process.report);
        if (const auto below = below_.find(process.pid); below != below_.end()) {
          for (Child& child : below->second) complete(child);
          process.report->target.children = below->second;
        }
        output.add(*process.report);
      }
      if (process.error) failed(process, output);
    }
  }

 private:
  void find() {
    for (const std::int64_t pid : options_.pids) {
      if (find_process(pid) == nullptr) add(pid, true);
      if (!options_.children) continue;
      auto below = processes_below(pid, options_.session);
      if (!below) continue;  // nothing but patterns, which were checked with the command line
      for (const Child& child : *below)
        if (find_process(child.pid) == nullptr) add(child.pid, false);
      below_.emplace(pid, *std::move(below));
    }
  }

  void add(std::int64_t pid, bool asked_for) {
    Process& process = processes_.emplace_back();
    process.pid = pid;
    process.asked_for = asked_for;
  }

  void look(Process& process) {
    if (process.error) return;
    AttachOptions session = options_.session;
    // What did not move is known by its stack; whether that is shown is another question.
    if (options_.times > 1) session.exceptions_only = false;
    auto report = attach(process.pid, session);
    if (!report) {
      process.error = std::move(report).error();
      return;
    }
    process.report = *std::move(report);
    process.looks.add(*process.report);
  }

  void complete(Child& child) const {
    const Process* process = find_process(child.pid);
    child.python = process != nullptr && process->report.has_value();
    if (!child.python) child.why_not = process == nullptr ? "" : why_not(*process->error);
  }

  static std::string why_not(const Error& error) {
    switch (error.code) {
      case Errc::not_python: return "not a CPython process";
      case Errc::no_such_process:
      case Errc::process_ended: return "it has ended";
      default: return error.message();
    }
  }

  /// A process that nobody named may be anything, and may end; it has its line in the report of the one above it.
  void failed(const Process& process, Output& output) const {
    const Errc code = process.error->code;
    const bool expected = code == Errc::not_python || code == Errc::no_such_process || code == Errc::process_ended;
    if (!process.asked_for && expected && !process.report) return;
    const bool others = options_.children && std::ranges::any_of(processes_, [](const Process& p) { return p.report.has_value(); });
    complain(*process.error, {.pid = process.pid, .path = {}});
    // Above Python workers may be a shell, or a server in C.
    if (process.asked_for && code == Errc::not_python && others) return;
    output.add_failure(exit_status(*process.error));
  }

  [[nodiscard]] const Process* find_process(std::int64_t pid) const {
    const auto found = std::ranges::find(processes_, pid, &Process::pid);
    return found == processes_.end() ? nullptr : &*found;
  }

  const Options& options_;
  std::vector<Process> processes_;
  std::map<std::int64_t, std::vector<Child>> below_;  ///< of those that were asked for
};

}  // namespace

ExitStatus attach_command(const Options& options, Watchdog& watchdog) {
  Output output(options);
  if (const auto possible = files_possible(options, output); !possible) {
    complain(possible.error(), {});
    return exit_status(possible.error());
  }
  Run run(options);
  if (!run.look()) return ExitStatus::interrupted;  // the watchdog says so and ends the program
  run.deliver(output);
  return output.deliver(watchdog);
}

}  // namespace pyexc::app
