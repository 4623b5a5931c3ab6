// What becomes of a report: which parts are masked, marked and counted, and that nothing else
// changes.

#include <doctest/doctest.h>

#include "redact/redact.hpp"

using namespace pyexc;

namespace {

ValueText dict_with(std::string name, std::string value, std::string type,
                    std::optional<std::int64_t> length) {
  ValueText text;
  text.text = "{'" + name + "': ";
  const std::size_t begin = text.text.size();
  text.text += value;
  text.parts.push_back({begin, text.text.size(), std::move(name), std::move(type), length});
  text.text += "}";
  return text;
}

Report report_of(Exception exception) {
  Report report;
  report.exceptions.push_back(std::move(exception));
  return report;
}

Report redacted(Report report, const redact::Patterns& patterns = {}) {
  const auto rules = redact::Rules::make(patterns);
  REQUIRE(rules);
  return redact::redact(std::move(report), *rules);
}

}  // namespace

TEST_CASE("named parts and shapes of a message") {
  Exception exception;
  exception.message = dict_with("password", "'hunter2'", "str", 7);
  exception.message.text += " Bearer abcdef0123456789";
  const Report report = redacted(report_of(exception));
  CHECK(report.exceptions[0].message.text == "{'password': <redacted str of 7>} Bearer <redacted>");
  CHECK(report.exceptions[0].message.masked);
  CHECK(report.exceptions[0].masked);
  CHECK(report.masked == 2);
}

TEST_CASE("a part knows better than the text around it") {
  Exception exception;
  exception.message = dict_with("session", "<Session a=1>", "Session", {});
  Report report = redacted(report_of(exception));
  CHECK(report.masked == 0);
  exception.message = dict_with("password", "Password(value='x')", "Password", {});
  report = redacted(report_of(exception));
  CHECK(report.exceptions[0].message.text == "{'password': <redacted Password>}");
  CHECK(report.masked == 1);
}

TEST_CASE("nested parts are covered by the outer one, and counted once") {
  Exception exception;
  exception.message.text = "{'secrets': {'token': 'abc'}, 'user': 'ada'}";
  exception.message.parts = {
      {12, 28, "secrets", "dict", 1}, {22, 27, "token", "str", 3}, {38, 43, "user", "str", 3}};
  const Report report = redacted(report_of(exception));
  CHECK(report.exceptions[0].message.text == "{'secrets': <redacted dict of 1>, 'user': 'ada'}");
  CHECK(report.masked == 1);
}

TEST_CASE("locals") {
  Frame frame;
  frame.locals = {{"password", "str", 7, {"'hunter2'"}},  {"password", "NoneType", {}, {"None"}},
                  {"max_tokens", "int", {}, {"5"}},       {"api_key", "Key", {}, {"Key(1)"}},
                  {"n", "int", {}, {"4111111111111111"}}, {"s", "str", 16, {"'4111111111111111'"}}};
  Exception exception;
  exception.frames = {frame};
  const Report report = redacted(report_of(exception));
  const auto& locals = *report.exceptions[0].frames[0].locals;
  CHECK(locals[0].repr.text == "<redacted str of 7>");
  CHECK(locals[0].redacted);
  CHECK(locals[1].repr.text == "None");
  CHECK_FALSE(locals[1].redacted);
  CHECK(locals[2].repr.text == "5");
  CHECK(locals[3].repr.text == "<redacted Key>");
  CHECK(locals[4].repr.text == "4111111111111111");
  CHECK(locals[5].repr.text == "'<redacted>'");
  CHECK(locals[5].redacted);
  CHECK(report.masked == 3);
}

TEST_CASE("source over several lines, the text of a SyntaxError, notes, threads, command lines") {
  Exception exception;
  Frame frame;
  frame.source = {"connect(password=(\n", "    'hunter2'))\n"};
  exception.frames = {frame};
  exception.notes.kind = Notes::Kind::sequence;
  exception.notes.items = {{"see https://u:p@h/"}};
  exception.syntax_error.emplace();
  exception.syntax_error->text.kind = AttributeFact::Kind::text;
  exception.syntax_error->text.str.text = "password = 'hunter2' +\n";
  Report report = report_of(exception);
  report.interpreters.resize(1);
  report.interpreters[0].threads.resize(1);
  report.interpreters[0].threads[0].name = "poll token=abc123";
  report.target.command_line = {"app", "--password", "hunter2", "--api-key=abc",
                                "-u",  "ada:pw",     "--token", "--verbose"};
  report = redacted(std::move(report));
  CHECK(report.exceptions[0].frames[0].source ==
        std::vector<PyText>{"connect(password=(\n", "    '*******'))\n"});
  CHECK(report.exceptions[0].notes.items[0].text == "see https://u:<redacted>@h/");
  CHECK(report.exceptions[0].syntax_error->text.str.text == "password = '*******' +\n");
  CHECK(report.interpreters[0].threads[0].name == "poll token=<redacted>");
  CHECK(report.target.command_line ==
        std::vector<std::string>{"app", "--password", "<redacted>", "--api-key=<redacted>", "-u",
                                 "ada:<redacted>", "--token", "--verbose"});
  CHECK(report.masked == 7);
}

TEST_CASE("the user's names, and those kept") {
  Frame frame;
  frame.locals = {{"nickname", "str", 3, {"'ada'"}}, {"password", "str", 1, {"'x'"}}};
  Exception exception;
  exception.frames = {frame};
  const Report report = redacted(report_of(exception), {{"nick"}, {"^password$"}});
  const auto& locals = *report.exceptions[0].frames[0].locals;
  CHECK(locals[0].repr.text == "<redacted str of 3>");
  CHECK(locals[1].repr.text == "'x'");
}

TEST_CASE("tasks, and what is suspended outside of them") {
  Frame frame;
  frame.source = {"connect(password='hunter2')\n"};
  Report report;
  report.tasks.emplace(1);
  report.tasks->front().name = "poll token=abc123";
  report.tasks->front().awaiting = "<Future https://u:p@h/>";
  report.tasks->front().stack = {frame};
  report.suspended.emplace(1);
  report.suspended->front().stack = {frame};
  report = redacted(std::move(report));
  CHECK(report.tasks->front().name == "poll token=<redacted>");
  CHECK(report.tasks->front().awaiting == "<Future https://u:<redacted>@h/>");
  CHECK(report.tasks->front().stack[0].source[0] == "connect(password='*******')\n");
  CHECK(report.suspended->front().stack[0].source[0] == "connect(password='*******')\n");
  CHECK(report.masked == 4);
}
