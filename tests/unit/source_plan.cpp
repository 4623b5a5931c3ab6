// Which lines a report asks for and gets, with numbers that a damaged target could hold.

#include <doctest/doctest.h>

#include <cstdint>

#include "source/plan.hpp"
#include "source/resolve.hpp"

using namespace pyexc;

namespace {

Frame frame(std::uint32_t file, std::optional<std::int64_t> line, std::optional<std::int64_t> end = {}) {
  Frame made;
  made.source_file = file;
  made.line = line;
  made.end_line = end;
  return made;
}

/// One file that lives in the target's linecache, with lines 1 to 3.
Report report_of(std::vector<Frame> frames) {
  Report report;
  SourceFile file;
  file.file = "<memory>";
  file.cached.emplace();
  file.cached->mtime_none = true;
  file.cached->line_count = 3;
  file.cached->lines = {{1, "one\n"}, {2, "two\n"}, {3, "three\n"}};
  report.source_files.push_back(std::move(file));
  report.exceptions.emplace_back().frames = std::move(frames);
  return report;
}

using Text = std::vector<PyText>;

}  // namespace

TEST_CASE("a frame gets its lines from memory, without a context to read files from") {
  Report report = report_of({frame(0, 2), frame(0, 2, 3), frame(0, 3, 1), frame(0, 9), frame(0, std::nullopt),
                             frame(7, 1), frame(0, 0), frame(0, -5, 2)});
  resolve_sources(report, SourceContext{});
  const auto& frames = report.exceptions[0].frames;
  CHECK(frames[0].source == Text{"two\n"});
  CHECK(frames[1].source == Text{"two\n", "three\n"});
  CHECK(frames[2].source == Text{"three\n"});
  CHECK(frames[3].source == Text{""});
  CHECK(frames[4].source.empty());
  CHECK(frames[5].source.empty());
  CHECK(frames[6].source == Text{""});
  CHECK(frames[7].source == Text{""});
  CHECK(report.complete);
  CHECK(report.problems.empty());
}

TEST_CASE("only the first line where the version shows no more") {
  Report report = report_of({frame(0, 2, 3)});
  report.text_rules.carets = TextRules::Carets::first_line;
  resolve_sources(report, SourceContext{});
  CHECK(report.exceptions[0].frames[0].source == Text{"two\n"});
}

TEST_CASE("line numbers without end are bounded") {
  constexpr std::int64_t huge = INT64_MAX;
  Report report = report_of({frame(0, 1, huge), frame(0, huge, huge), frame(0, huge - 1, huge),
                             frame(0, INT64_MIN, huge), frame(0, huge, INT64_MIN)});
  resolve_sources(report, SourceContext{});
  const auto& frames = report.exceptions[0].frames;
  CHECK(frames[0].source.size() == Frame::max_source_lines);
  CHECK(frames[0].source[2] == "three\n");
  CHECK(frames[0].source[3].empty());
  CHECK(frames[1].source == Text{""});
  CHECK(frames[2].source == Text{"", ""});
  CHECK(frames[3].source == Text{""});
}

TEST_CASE("what a whole report may hold is bounded, and a cut is told") {
  SourceContext context;
  context.limits.max_report_lines = 4;
  Report report = report_of({frame(0, 1, 3), frame(0, 1, 3), frame(0, 2)});
  resolve_sources(report, context);
  CHECK(report.exceptions[0].frames[0].source.size() == 3);
  CHECK(report.exceptions[0].frames[1].source == Text{"one\n"});
  CHECK(report.exceptions[0].frames[2].source == Text{"two\n"});
  CHECK_FALSE(report.complete);

  context = SourceContext{};
  context.limits.max_report_bytes = 9;
  report = report_of({frame(0, 1), frame(0, 3), frame(0, 2)});
  resolve_sources(report, context);
  CHECK(report.exceptions[0].frames[0].source == Text{"one\n"});
  CHECK(report.exceptions[0].frames[1].source == Text{""});
  CHECK(report.exceptions[0].frames[2].source == Text{"two\n"});
  CHECK_FALSE(report.complete);
}

TEST_CASE("without the target's directories no file is read, and the report says so") {
  Report report = report_of({frame(0, 1)});
  report.source_files[0] = SourceFile{};
  report.source_files[0].file = "/etc/hostname";
  resolve_sources(report, SourceContext{});
  CHECK(report.exceptions[0].frames[0].source == Text{""});
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].code == "source-unreadable");
  CHECK_FALSE(report.complete);
}

TEST_CASE("recorded lines come back, and missing ones are told") {
  Report report = report_of({frame(0, 1), frame(1, 4, 5)});
  report.source_files.emplace_back().file = "/some/file.py";
  report.source_files[1].loader.kind = LoaderFacts::Kind::source_file;
  report.exceptions[0].frames[1].source = {"four\n", ""};
  const auto recorded = resolved(report);
  REQUIRE(recorded.size() == 1);
  CHECK(recorded[0].file == "/some/file.py");
  CHECK(recorded[0].lines == std::map<std::int64_t, PyText>{{4, "four\n"}, {5, ""}});

  Report replayed = report;
  for (auto& each : replayed.exceptions[0].frames) each.source.clear();
  apply_resolved(replayed, recorded);
  CHECK(replayed.exceptions[0].frames[0].source == Text{"one\n"});
  CHECK(replayed.exceptions[0].frames[1].source == Text{"four\n", ""});
  CHECK(replayed.complete);

  // Another frame than those recorded, and a file that was not recorded at all.
  for (const std::uint32_t file : {1U, 2U}) {
    Report other = report;
    other.source_files.emplace_back().file = "/other.py";
    other.exceptions[0].frames.push_back(frame(file, 6));
    apply_resolved(other, recorded);
    CHECK(other.exceptions[0].frames[1].source == Text{"four\n", ""});
    CHECK(other.exceptions[0].frames[2].source == Text{""});
    REQUIRE(other.problems.size() == 1);
    CHECK(other.problems[0].code == "not-recorded");
    CHECK_FALSE(other.complete);
  }
}
