#pragma once
// A Report built by hand, with one of everything that a renderer shows.

#include "report/report.hpp"

namespace pyexc::sample {

inline Frame frame(std::string file, std::int64_t line, std::string function, std::string source) {
  Frame frame;
  frame.file = std::move(file);
  frame.line = line;
  frame.end_line = line;
  frame.column = 4;
  frame.end_column = 9;
  frame.function = std::move(function);
  frame.source = {std::move(source)};
  return frame;
}

inline Exception exception(std::string module, std::string qualname, std::string message) {
  Exception exception;
  exception.address = 0x7f0000001000;
  exception.module = std::move(module);
  exception.qualname = std::move(qualname);
  exception.message.text = std::move(message);
  exception.has_traceback = true;
  exception.frames = {frame("/srv/shop.py", 7, "handler", "    work()\n")};
  exception.formatted =
      "Traceback (most recent call last):\n  File \"/srv/shop.py\", line 7, in handler\n    "
      "work()\n" +
      exception.qualname + ": " + exception.message.text + "\n";
  return exception;
}

inline Thread thread(std::int64_t tid, std::string name) {
  Thread thread;
  thread.tid = tid;
  thread.ident = 0x7fffffffff000000;
  thread.name = std::move(name);
  thread.stopped = true;
  thread.state = "sleeping";
  thread.stack = {frame("/srv/shop.py", 20, "serve", "    loop()\n")};
  thread.formatted_stack = "  File \"/srv/shop.py\", line 20, in serve\n    loop()\n";
  return thread;
}

/// Three threads: 100 idle, 101 and 102 handling the same thing at the same place.
inline Report report() {
  Report report;
  report.captured_at_us = 1'772'357'400'000'125;  // 2026-03-01T09:30:00.000125Z
  report.target = {
      "live", 100, "/usr/bin/python3.11", {"python3", "-c", "import shop; shop.run()"}, {}, {}, {}};
  report.python = {"3.11.2", {"debug"}, "table"};
  report.freeze = {"ptrace", 840, 3, 1};
  report.exceptions = {exception("builtins", "ValueError", "bad"),
                       exception("shop", "OrderError", "no stock"),
                       exception("shop", "OrderError", "no stock")};
  report.exceptions[1].context = 0;
  report.exceptions[2].context = 0;
  Thread main = thread(100, "MainThread");
  main.main = true;
  Thread first = thread(101, "worker-1");
  first.handling = {1, 0};
  Thread second = thread(102, "worker-2");
  second.handling = {2, 0};
  Interpreter interpreter;
  interpreter.threads = {main, first, second};
  report.interpreters = {interpreter};
  return report;
}

}  // namespace pyexc::sample
