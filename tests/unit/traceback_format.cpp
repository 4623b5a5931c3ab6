#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "traceback/format.hpp"

using namespace pyexc;

namespace {

Frame frame(std::string function, std::int64_t line, std::string source) {
  Frame made;
  made.file = "a.py";
  made.function = std::move(function);
  made.line = line;
  made.source = {std::move(source)};
  return made;
}

Exception error(std::string message) {
  Exception made;
  made.module = "builtins";
  made.qualname = made.name = "ValueError";
  made.message.text = std::move(message);
  made.frames = {frame("f", 1, "    f()\n")};
  return made;
}

void handle(Report& report, std::vector<ExceptionId> ids) {
  if (report.interpreters.empty()) report.interpreters.emplace_back();
  report.interpreters[0].threads.emplace_back().handling = std::move(ids);
}

constexpr const char* during = "\nDuring handling of the above exception, another exception occurred:\n\n";

}  // namespace

TEST_CASE("a report without exceptions is left as it is") {
  Report report;
  traceback::format_report(report);
  CHECK(report.exceptions.empty());
}

TEST_CASE("what was not read is said, and is not exact") {
  Report report;
  report.exceptions.push_back(error("x"));
  Exception& exception = report.exceptions[0];
  exception.frames_left_out = 3;
  exception.chain_cut = true;
  Frame broken;
  broken.unreadable = "unmapped";
  exception.frames.push_back(broken);
  Frame partly = frame("g", 7, "g()\n");
  partly.unreadable = "invalid line table";
  exception.frames.push_back(partly);
  exception.message = {"", false};
  exception.inexact_reason = "__str__ is Python code; args=('a', 1)";
  handle(report, {0});
  traceback::format_report(report);
  CHECK(exception.formatted ==
        "[... earlier exceptions not read]\n"
        "Traceback (most recent call last):\n"
        "  File \"a.py\", line 1, in f\n    f()\n"
        "  [entry not readable: unmapped]\n"
        "  File \"a.py\", line 7, in g\n    [not readable: invalid line table]\n"
        "  [... 3 entries not read]\n"
        "ValueError: <__str__ is Python code; args=('a', 1)>\n");
  CHECK_FALSE(exception.formatted_exact);
}

TEST_CASE("an exception that could not be read is one line") {
  Report report;
  report.exceptions.emplace_back();
  report.exceptions[0].unreadable = "unmapped";
  handle(report, {0});
  traceback::format_report(report);
  CHECK(report.exceptions[0].formatted == "[exception not readable: unmapped]\n");
  CHECK_FALSE(report.exceptions[0].formatted_exact);
}

TEST_CASE("sys.tracebacklimit keeps the first entries of a traceback and the innermost of a stack") {
  Report report;
  report.exceptions.push_back(error("x"));
  report.exceptions[0].frames.push_back(frame("g", 2, "g()\n"));
  AttributeFact limit;
  limit.kind = AttributeFact::Kind::integer;
  limit.integer = 1;
  report.traceback_limit = limit;
  handle(report, {0});
  report.interpreters[0].threads[0].stack = {frame("outer", 1, "x\n"), frame("inner", 2, "y\n")};
  traceback::format_report(report);
  CHECK(report.exceptions[0].formatted ==
        "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    f()\nValueError: x\n");
  CHECK(report.interpreters[0].threads[0].formatted_stack == "  File \"a.py\", line 2, in inner\n    y\n");
}

TEST_CASE("ids that lead nowhere are no chain") {
  Report report;
  report.exceptions.push_back(error("x"));
  report.exceptions[0].cause = 77;
  report.exceptions[0].members = std::vector<ExceptionId>{99};
  handle(report, {0, 55});
  traceback::format_report(report);
  CHECK(report.exceptions[0].formatted.find("[exception not read]") != std::string::npos);
}

TEST_CASE("a chain of 5,000 contexts is formatted once in full; texts that repeat it are left out") {
  for (const auto walk : {TextRules::ChainWalk::worklist, TextRules::ChainWalk::recursive}) {
    Report report;
    report.text_rules.chain_walk = walk;
    for (ExceptionId id = 0; id < 5'000; ++id) {
      report.exceptions.push_back(error("number " + std::to_string(id)));
      if (id + 1 < 5'000) report.exceptions.back().context = id + 1;
    }
    handle(report, {0});
    traceback::format_report(report);
    const std::string& all = report.exceptions[0].formatted;
    CHECK(all.starts_with("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    f()\nValueError: number 4999\n"));
    CHECK(all.ends_with("ValueError: number 0\n"));
    std::size_t sentences = 0;
    for (auto at = all.find(during); at != std::string::npos; at = all.find(during, at + 1)) ++sentences;
    CHECK(sentences == 4'999);
    CHECK(report.exceptions[4'999].formatted.ends_with("ValueError: number 4999\n"));
    CHECK_FALSE(report.exceptions[4'999].formatted_left_out);
    CHECK(report.exceptions[1].formatted_left_out);
    CHECK(report.exceptions[1].formatted.empty());
    std::size_t total = 0;
    for (const Exception& exception : report.exceptions) total += exception.formatted.size();
    CHECK(total < all.size() + (5U << 20));
  }
}

TEST_CASE("a group that contains itself ends") {
  Report report;
  report.exceptions.push_back(error("x"));
  report.exceptions[0].members = std::vector<ExceptionId>(15, 0);
  handle(report, {0});
  traceback::FormatLimits limits;
  limits.max_text = 100'000;
  traceback::format_report(report, limits);
  CHECK(report.exceptions[0].formatted.size() <= 100'100);
  CHECK(report.exceptions[0].formatted.ends_with("[... text cut here]\n"));
  CHECK_FALSE(report.exceptions[0].formatted_exact);
}

TEST_CASE("cycles of causes and contexts end where they began") {
  Report report;
  for (int i = 0; i < 3; ++i) report.exceptions.push_back(error(std::to_string(i)));
  report.exceptions[0].cause = 1;
  report.exceptions[1].context = 2;
  report.exceptions[2].cause = 0;
  handle(report, {0});
  traceback::format_report(report);
  const std::string& all = report.exceptions[0].formatted;
  CHECK(all.find("ValueError: 2") < all.find("ValueError: 1"));
  CHECK(all.ends_with("ValueError: 0\n"));
}

TEST_CASE("positions of a hostile line table do no harm") {
  Report report;
  const auto big = INT64_MAX;
  for (const std::int64_t end_line : {std::int64_t{1}, std::int64_t{2}, big, std::int64_t{0}, -big}) {
    for (const std::int64_t column : {std::int64_t{0}, std::int64_t{5}, big, -big}) {
      for (const auto carets : {TextRules::Carets::none, TextRules::Carets::first_line, TextRules::Carets::all_lines}) {
        Report one;
        one.text_rules.carets = carets;
        one.exceptions.push_back(error("x"));
        Frame& only = one.exceptions[0].frames[0];
        only.source = {"x = f(a +\n"};
        only.end_line = end_line;
        only.column = column;
        only.end_column = -column;
        handle(one, {0});
        traceback::format_report(one);
        CHECK(one.exceptions[0].formatted.ends_with("ValueError: x\n"));
        CHECK(one.exceptions[0].formatted.size() < 100'000);
      }
    }
  }
}

TEST_CASE("offsets of a hostile SyntaxError do no harm") {
  for (const auto style : {TextRules::SyntaxError::stripped, TextRules::SyntaxError::one_caret,
                           TextRules::SyntaxError::range, TextRules::SyntaxError::clamped}) {
    for (const std::int64_t offset : {INT64_MAX, INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{4}}) {
      for (const std::int64_t end_offset : {INT64_MAX, INT64_MIN, std::int64_t{0}, std::int64_t{2}}) {
        Report report;
        report.text_rules.syntax_error = style;
        report.exceptions.push_back(error("x"));
        SyntaxErrorFacts facts;
        facts.text.kind = AttributeFact::Kind::text;
        facts.text.str.text = "abc def\n";
        facts.offset.kind = facts.end_offset.kind = AttributeFact::Kind::integer;
        facts.offset.integer = offset;
        facts.end_offset.integer = end_offset;
        report.exceptions[0].syntax_error = facts;
        handle(report, {0});
        traceback::format_report(report);
        CHECK(report.exceptions[0].formatted.ends_with("ValueError: <no detail available>\n"));
        CHECK(report.exceptions[0].formatted.size() < (4U << 20));
      }
    }
  }
}

TEST_CASE("locals are sorted by name, of each entry its own, and count where they are folded away") {
  Report report;
  report.with_locals = true;
  report.exceptions.push_back(error("x"));
  Exception& exception = report.exceptions[0];
  exception.frames.clear();
  const auto value = [](std::string name, std::string text) {
    Value made;
    made.name = std::move(name);
    made.repr.text = std::move(text);
    return made;
  };
  for (int i = 0; i < 5; ++i) {
    exception.frames.push_back(frame("f", 1, "f()\n"));
    exception.frames.back().locals.emplace();
    if (i != 1) exception.frames.back().locals = {value("n", std::to_string(i)), value("B", "one\ntwo")};
  }
  handle(report, {0});
  traceback::format_report(report);
  CHECK(exception.formatted ==
        "Traceback (most recent call last):\n"
        "  File \"a.py\", line 1, in f\n    f()\n    B = one\ntwo\n    n = 0\n"
        "  File \"a.py\", line 1, in f\n    f()\n"
        "  File \"a.py\", line 1, in f\n    f()\n    B = one\ntwo\n    n = 2\n"
        "  [Previous line repeated 2 more times]\n"
        "ValueError: x\n");
  CHECK(exception.formatted_exact);
  exception.frames[4].locals->at(0).repr.exact = false;  // not printed
  traceback::format_report(report);
  CHECK(exception.formatted_exact);
  exception.frames[4].locals_exact = false;  // listing them may raise an exception
  traceback::format_report(report);
  CHECK_FALSE(exception.formatted_exact);
}
