// Asks src/source/ what a test asks the Python of a target. Reads one JSON object from standard input, writes
// one to standard output. Text is hexadecimal in both, so that lone surrogates and broken bytes pass.
//
//   {"decode": [[codec, [bytes, ...]], ...], "minor": 11}        -> [[text or null, ...], ...]
//   {"minor": 11, "micro": 2, "pid": 4711, "cases": [case, ...]} -> {"lines": [...], "problems": [...], ...}
//
// A case is {"file", "lines", "cached", "loader"}, see fill().

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cpython/layout/text_rules.hpp"
#include "source/codec.hpp"
#include "source/resolve.hpp"

namespace {

using namespace pyexc;
using Json = nlohmann::json;

std::string from_hex(const Json& value) {
  const auto text = value.get<std::string>();
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return out;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(digits[static_cast<unsigned char>(c) & 15U]);
  }
  return out;
}

Json decode_all(const Json& question, const SourceRules& rules) {
  Json out = Json::array();
  for (const auto& codec : question) {
    const Codec found = find_codec(codec[0].get<std::string>(), rules);
    Json results = Json::array();
    for (const auto& bytes : codec[1]) {
      PyText text;
      if (decode(found, from_hex(bytes), text)) {
        results.push_back(to_hex(text));
      } else {
        results.push_back(nullptr);
      }
    }
    out.push_back(std::move(results));
  }
  return out;
}

LoaderFacts loader_facts(const Json& given) {
  using Kind = LoaderFacts::Kind;
  LoaderFacts facts;
  const std::map<std::string, Kind> kinds = {
      {"none", Kind::none},       {"source_file", Kind::source_file}, {"sourceless", Kind::sourceless},
      {"zip", Kind::zip},         {"frozen", Kind::frozen},           {"builtin", Kind::builtin},
      {"python_code", Kind::python_code}};
  facts.kind = kinds.at(given.at("kind"));
  facts.module_name = from_hex(given.value("module_name", Json("")));
  facts.spec_name = from_hex(given.value("spec_name", Json("")));
  facts.loader_name = from_hex(given.value("loader_name", Json("")));
  facts.path = from_hex(given.value("path", Json("")));
  facts.prefix = from_hex(given.value("prefix", Json("")));
  return facts;
}

/// One frame for each line that is asked for, in a report as capture makes it.
void fill(Report& report, const Json& given) {
  SourceFile file;
  file.file = from_hex(given.at("file"));
  if (given.contains("loader")) file.loader = loader_facts(given["loader"]);
  if (given.contains("cached")) {
    const Json& entry = given["cached"];
    file.cached.emplace();
    file.cached->lazy = entry.value("lazy", false);
    file.cached->mtime_none = entry.value("mtime_none", false);
    file.cached->size = entry.value("size", std::int64_t{0});
    file.cached->mtime = entry.value("mtime", 0.0);
    file.cached->fullname = from_hex(entry.value("fullname", Json("")));
    for (const auto& line : entry.value("lines", Json::array()))
      file.cached->lines[++file.cached->line_count] = from_hex(line);
  }
  const auto index = static_cast<std::uint32_t>(report.source_files.size());
  report.source_files.push_back(std::move(file));
  auto& frames = report.exceptions.emplace_back().frames;
  for (const auto& line : given.at("lines")) {
    Frame frame;
    frame.file = report.source_files[index].file;
    frame.source_file = index;
    frame.line = line.get<std::int64_t>();
    frames.push_back(std::move(frame));
  }
}

Json lines_of(const Report& report) {
  Json out = Json::array();
  for (const auto& exception : report.exceptions) {
    Json lines = Json::array();
    for (const auto& frame : exception.frames)
      lines.push_back(frame.source.size() == 1 ? Json(to_hex(frame.source[0])) : Json(nullptr));
    out.push_back(std::move(lines));
  }
  return out;
}

Json resolve(const Json& question, const TextRules& rules) {
  Json out;
  const std::int64_t pid = question.value("pid", std::int64_t{::getpid()});
  auto credentials = file_credentials(pid);
  if (!credentials) return {{"error", credentials.error().message()}};
  if (question.contains("uid")) credentials->uid = question["uid"].get<uid_t>();
  if (question.contains("gid")) credentials->gid = question["gid"].get<gid_t>();
  if (question.contains("groups")) credentials->groups = question["groups"].get<std::vector<gid_t>>();
  auto context = open_context(pid, credentials->uid, credentials->gid, credentials->groups);
  if (!context) return {{"error", context.error().message()}};
  if (question.contains("wall_ms"))
    context->limits.wall = std::chrono::milliseconds(question["wall_ms"].get<int>());
  Report report;
  report.text_rules = rules;
  for (const auto& directory : question.value("search_path", Json::array()))
    report.search_path.push_back(from_hex(directory));
  for (const auto& given : question.at("cases")) {
    fill(report, given);
  }
  const auto started = std::chrono::steady_clock::now();
  resolve_sources(report, *context);
  out["microseconds"] = std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::steady_clock::now() - started).count();
  out["lines"] = lines_of(report);
  // The same from what a recording would keep.
  Report replayed = report;
  for (auto& exception : replayed.exceptions)
    for (auto& frame : exception.frames) frame.source.clear();
  replayed.problems.clear();
  apply_resolved(replayed, resolved(report));
  out["replayed"] = lines_of(replayed);
  out["replay_problems"] = replayed.problems.size();
  out["complete"] = report.complete;
  // A tool that was started with more rights still has them: they were dropped in one thread only.
  out["uid_after"] = ::geteuid();
  out["problems"] = Json::array();
  for (const auto& problem : report.problems)
    out["problems"].push_back({{"code", problem.code}, {"where", to_hex(problem.where)}, {"what", problem.what}});
  return out;
}

}  // namespace

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const Json question = Json::parse(text);
  const TextRules rules = layout::text_rules_for(question.at("minor"), question.value("micro", 0));
  if (question.contains("decode")) {
    std::cout << decode_all(question["decode"], rules.source).dump() << '\n';
    return 0;
  }
  if (!question.value("separately", false)) {
    std::cout << resolve(question, rules).dump() << '\n';
    return 0;
  }
  // One report per case: cases that name the same file must not share a loader.
  Json all = Json::array();
  for (const auto& given : question.at("cases")) {
    Json one = question;
    one["separately"] = false;
    one["cases"] = Json::array({given});
    all.push_back(resolve(one, rules));
  }
  std::cout << all.dump() << '\n';
}
