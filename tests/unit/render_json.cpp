#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "render/render.hpp"
#include "render_sample.hpp"

using namespace pyexc;
using nlohmann::json;

namespace {

json parse(const Report& report) {
  const std::string text = render::json(report);
  REQUIRE(text.ends_with("}\n"));
  REQUIRE(text.find('\n') == text.size() - 1);
  return json::parse(text);  // throws on anything that is no JSON or no UTF-8
}

}  // namespace

TEST_CASE("every field of the contract is there") {
  const json report = parse(sample::report());
  CHECK(report["schema"] == "pyexc.report/1");
  CHECK(report["tool"]["name"] == "pyexc-attach");
  CHECK(report["captured_at"] == "2026-03-01T09:30:00.000125Z");
  CHECK(report["target"]["pid"] == 100);
  CHECK(report["target"]["command_line"] == json({"python3", "-c", "import shop; shop.run()"}));
  CHECK(report["python"] == json({{"implementation", "cpython"},
                                  {"version", "3.11.2"},
                                  {"build", {"debug"}},
                                  {"layout", "table"}}));
  CHECK(report["freeze"] ==
        json({{"mode", "ptrace"}, {"duration_us", 840}, {"threads", 3}, {"rounds", 1}}));
  CHECK(report["complete"] == true);
  CHECK(report["masked"] == 0);
  CHECK(report["problems"] == json::array());
  for (const char* later : {"tasks", "suspended", "locks", "deadlocks"}) {
    REQUIRE(report.contains(later));
    CHECK(report[later].is_null());
  }

  const json& exception = report["exceptions"][1];
  CHECK(exception["id"] == 1);
  CHECK(exception["type"] == "shop.OrderError");
  CHECK(exception["module"] == "shop");
  CHECK(exception["qualname"] == "OrderError");
  CHECK(exception["message"] == "no stock");
  CHECK(exception["message_exact"] == true);
  CHECK(exception["notes"] == json::array());
  CHECK(exception["cause"].is_null());
  CHECK(exception["context"] == 0);
  CHECK(exception["suppress_context"] == false);
  CHECK(exception["members"].is_null());
  CHECK(report["exceptions"][0]["type"] == "ValueError");

  const json& frame = exception["frames"][0];
  CHECK(frame["file"] == "/srv/shop.py");
  CHECK(frame["line"] == 7);
  CHECK(frame["end_line"] == 7);
  CHECK(frame["column"] == 4);
  CHECK(frame["end_column"] == 9);
  CHECK(frame["function"] == "handler");
  CHECK(frame["qualname"].is_null());
  CHECK(frame["source"] == "    work()");
  CHECK(frame["locals"].is_null());

  const json& thread = report["interpreters"][0]["threads"][1];
  CHECK(thread["tid"] == 101);
  CHECK(thread["ns_tid"].is_null());
  CHECK(thread["ident"] == 0x7fffffffff000000U);
  CHECK(thread["name"] == "worker-1");
  CHECK(thread["main"] == false);
  CHECK(thread["stopped"] == true);
  CHECK(thread["gil"].is_null());
  CHECK(thread["state"] == "sleeping");
  CHECK(thread["handling"] == json({1, 0}));
  CHECK(thread["raising"].is_null());
  CHECK(thread["stack"][0]["function"] == "serve");
  CHECK(thread["native_stack"].is_null());
}

TEST_CASE("text comes out exact, and as valid UTF-8 where it is none") {
  Report report = sample::report();
  const std::string hostile = "\x01\x1b[2J\"\\\n\t\r\xc2\x9b\xe2\x80\xae日";
  report.exceptions[0].formatted = hostile;
  report.exceptions[0].message.text = "\xed\xb2\x80";
  report.target.executable = "/tmp/\xff";
  const std::string text = render::json(report);
  for (const char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK(text.find("\xe2\x80\xae") == std::string::npos);
  const json parsed = json::parse(text);
  CHECK(parsed["exceptions"][0]["formatted"] == hostile);
  CHECK(parsed["exceptions"][0]["message"] == "\\udc80");
  CHECK(parsed["target"]["executable"] == "/tmp/\\xff");
}

TEST_CASE("what is unknown is null, never a number that looks known") {
  Report report = sample::report();
  Frame& frame = report.exceptions[0].frames[0];
  frame.line = frame.end_line = frame.column = frame.end_column = std::nullopt;
  frame.source = {""};
  report.exceptions[0].module_kind = Exception::Module::not_text;
  report.interpreters[0].threads[0].name = std::nullopt;
  report.interpreters[0].threads[0].state = std::nullopt;
  const json parsed = parse(report);
  for (const char* key : {"line", "end_line", "column", "end_column", "source"})
    CHECK(parsed["exceptions"][0]["frames"][0][key].is_null());
  CHECK(parsed["exceptions"][0]["module"].is_null());
  CHECK(parsed["exceptions"][0]["type"] == "<unknown>.ValueError");
  CHECK(parsed["interpreters"][0]["threads"][0]["name"].is_null());
  CHECK(parsed["interpreters"][0]["threads"][0]["state"].is_null());
}

TEST_CASE("notes, members and a source of several lines") {
  Report report = sample::report();
  report.exceptions[0].notes.kind = Notes::Kind::sequence;
  report.exceptions[0].notes.items = {{"one", true}, {"two\nlines", true}};
  report.exceptions[0].members = std::vector<ExceptionId>{1, 2};
  report.exceptions[0].frames[0].source = {"  call(\n", "    1)\n"};
  const json parsed = parse(report);
  CHECK(parsed["exceptions"][0]["notes"] == json({"one", "two\nlines"}));
  CHECK(parsed["exceptions"][0]["members"] == json({1, 2}));
  CHECK(parsed["exceptions"][0]["frames"][0]["source"] == "  call(\n    1)");
}

TEST_CASE("a chain of 20,000 exceptions needs no recursion") {
  Report report = sample::report();
  const Exception link = report.exceptions[0];
  report.exceptions.assign(20'000, link);
  for (ExceptionId id = 1; id < report.exceptions.size(); ++id)
    report.exceptions[id].context = id - 1;
  const json parsed = parse(report);
  CHECK(parsed["exceptions"].size() == 20'000);
  CHECK(parsed["exceptions"][19'999]["context"] == 19'998);
}
