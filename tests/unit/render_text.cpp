#include <doctest/doctest.h>

#include "render/render.hpp"
#include "render_sample.hpp"

using namespace pyexc;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("the whole of a small report") {
  CHECK(render::text(sample::report()) ==
        "Process 100: python3 -c 'import shop; shop.run()'\n"
        "Python 3.11.2 debug, 3 threads, stopped for 0.84 ms, 2026-03-01T09:30:00.000125Z\n"
        "\n"
        "2 threads alike: 101 \"worker-1\", 102 \"worker-2\": sleeping, handling shop.OrderError\n"
        "\n"
        "Handling:\n"
        "Traceback (most recent call last):\n"
        "  File \"/srv/shop.py\", line 7, in handler\n"
        "    work()\n"
        "OrderError: no stock\n"
        "\n"
        "Also handling, further out:\n"
        "Traceback (most recent call last):\n"
        "  File \"/srv/shop.py\", line 7, in handler\n"
        "    work()\n"
        "ValueError: bad\n"
        "\n"
        "Stack (most recent call last):\n"
        "  File \"/srv/shop.py\", line 20, in serve\n"
        "    loop()\n"
        "\n"
        "Thread 100 \"MainThread\" (main): sleeping\n"
        "\n"
        "Stack (most recent call last):\n"
        "  File \"/srv/shop.py\", line 20, in serve\n"
        "    loop()\n");
}

TEST_CASE("any difference keeps threads apart") {
  const auto apart = [](auto change) {
    Report report = sample::report();
    change(report, report.interpreters[0].threads[2]);
    return !has(render::text(report), "alike");
  };
  CHECK(apart([](Report& r, Thread&) { r.exceptions[2].formatted += "note\n"; }));
  CHECK(apart([](Report&, Thread& t) { t.state = "running"; }));
  CHECK(apart([](Report&, Thread& t) { t.gil = "holding"; }));
  CHECK(apart([](Report&, Thread& t) { t.stopped = false; }));
  CHECK(apart([](Report&, Thread& t) { t.formatted_stack += "    more\n"; }));
  CHECK(apart([](Report&, Thread& t) { t.handling.pop_back(); }));
  CHECK(apart([](Report&, Thread& t) { t.raising = 0; }));
  CHECK_FALSE(apart([](Report&, Thread& t) { t.name = "other"; }));
  Report two = sample::report();
  Interpreter other;
  other.id = 1;
  other.threads = {two.interpreters[0].threads[2]};
  two.interpreters.push_back(other);
  two.interpreters[0].threads.pop_back();
  CHECK_FALSE(has(render::text(two), "alike"));
  CHECK(has(render::text(two), ", interpreter 1: sleeping"));
}

TEST_CASE("with --exceptions-only there are no stacks and no idle threads") {
  const std::string text =
      render::text(sample::report(), {.color = false, .exceptions_only = true});
  CHECK_FALSE(has(text, "Stack"));
  CHECK_FALSE(has(text, "MainThread"));
  CHECK(has(text, "\n1 other thread handles nothing.\n"));
  CHECK(count(text, "Handling:\n") == 1);
}

TEST_CASE("a process that handles nothing says so and where to look next") {
  Report report = sample::report();
  for (Thread& thread : report.interpreters[0].threads) thread.handling.clear();
  CHECK(has(render::text(report), "\nNo thread is handling an exception. Suspended tasks"));
  report.target.python_children = {4711, 4712};
  CHECK(has(render::text(report),
            "\nNo thread is handling an exception. Its Python children may be: pyexc-attach 4711 "
            "4712\n"));
}

TEST_CASE("an exception being raised has a section of its own") {
  Report report = sample::report();
  report.interpreters[0].threads[0].raising = 0;
  const std::string text = render::text(report);
  CHECK(has(text, "\nThread 100 \"MainThread\" (main): sleeping, raising ValueError\n"));
  CHECK(has(text, "\nRaising:\nTraceback (most recent call last):\n"));
}

TEST_CASE("what is missing is visible") {
  Report report = sample::report();
  report.complete = false;
  report.masked = 2;
  report.problems = {{"unmapped", "thread 101", "reading its stack"}};
  report.freeze.rounds = 2;
  Thread& main = report.interpreters[0].threads[0];
  main.stopped = false;
  main.state = std::nullopt;
  main.stack_left_out = 40;
  main.stack_unreadable = "a frame is damaged";
  report.exceptions[1].formatted.clear();
  report.exceptions[1].unreadable = "its type is gone";
  const std::string text = render::text(report);
  CHECK(has(text, "in 2 rounds"));
  CHECK(has(text, "This report is incomplete"));
  CHECK(has(text, "2 secrets are masked"));
  CHECK(has(text, "  [40 outer frames left out]\n"));
  CHECK(has(text, "  [the rest is unreadable: a frame is damaged]\n"));
  CHECK(has(text, "\"MainThread\" (main): did not stop\n"));
  CHECK(has(text, "shop.OrderError: <unreadable>\n[unreadable: its type is gone]\n"));
  CHECK(has(text, "\nProblems:\n  thread 101: reading its stack (unmapped)\n"));
}

TEST_CASE("an id beyond the list of exceptions is no crash") {
  Report report = sample::report();
  report.interpreters[0].threads[0].handling = {77};
  report.interpreters[0].threads[0].raising = 78;
  CHECK(count(render::text(report), "<not in this report>") == 2);
}

TEST_CASE("nothing of the target moves the cursor, wherever it stands") {
  const std::string evil = "\x1b[31m\r\xc2\x9b\xe2\x80\xae";
  Report report = sample::report();
  report.target.command_line = {"python3\n", evil};
  report.python.version = evil;
  report.exceptions[1].formatted += evil;
  report.exceptions[1].qualname = evil;
  report.problems = {{"invalid", "thread\n1", evil}};
  Thread& thread = report.interpreters[0].threads[1];
  thread.name = "a\nThread 1 " + evil;
  thread.state = evil;
  thread.formatted_stack += evil;
  const std::string text = render::text(report);
  for (const char* bad : {"\x1b", "\r", "\xc2\x9b", "\xe2\x80\xae"}) CHECK_FALSE(has(text, bad));
  CHECK(has(text, "a\\nThread 1 \\x1b[31m"));
  CHECK(has(text, "  thread\\n1: "));
}

TEST_CASE("colour only when asked for, and none inside an exception's text") {
  CHECK_FALSE(has(render::text(sample::report()), "\x1b"));
  const std::string text =
      render::text(sample::report(), {.color = true, .exceptions_only = false});
  CHECK(has(text, "\x1b[33mHandling:\x1b[0m\nTraceback (most recent call last):\n"));
  CHECK(has(text, "\nOrderError: no stock\n"));
  CHECK(count(text, "\x1b[") == 2 * count(text, "\x1b[0m"));
}

TEST_CASE("a command line that is a program is cut, visibly") {
  Report report = sample::report();
  report.target.command_line = {"python3", "-c", std::string(5'000, 'x')};
  const std::string text = render::text(report);
  CHECK(text.find('\n') < 1'200);
  CHECK(has(text, " more bytes]\n"));
}

TEST_CASE("two thousand equal threads are one group") {
  Report report = sample::report();
  auto& threads = report.interpreters[0].threads;
  for (std::int64_t tid = 1'000; tid < 3'000; ++tid) threads.push_back(sample::thread(tid, "idle"));
  const std::string text = render::text(report);
  CHECK(has(text, "\n2001 threads alike: 100 \"MainThread\" (main), 1000 \"idle\", "));
  CHECK(count(text, "Stack (most recent call last):") == 2);
}
