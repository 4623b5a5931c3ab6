// Formats reports that a test describes: one JSON object a line in, one JSON array a line out. Strings
// carry bytes (generalised UTF-8), one code point below 256 for each, because JSON has no surrogates.

#include <cstdint>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include "cpython/layout/text_rules.hpp"
#include "text/codepoints.hpp"
#include "traceback/format.hpp"

namespace {

using nlohmann::json;
using namespace pyexc;

std::string bytes_of(const json& value) {
  std::string bytes;
  for (const char32_t c : text::decode(value.get_ref<const std::string&>())) bytes.push_back(static_cast<char>(c));
  return bytes;
}

std::string expanded(const std::string& bytes) {
  std::string utf8;
  for (const char c : bytes) text::append(utf8, static_cast<char32_t>(static_cast<unsigned char>(c)));
  return utf8;
}

std::string text_at(const json& object, const char* key) {
  return object.contains(key) && !object[key].is_null() ? bytes_of(object[key]) : std::string();
}

bool flag_at(const json& object, const char* key, bool otherwise = false) { return object.value(key, otherwise); }

std::optional<std::int64_t> number_at(const json& object, const char* key) {
  if (!object.contains(key) || object[key].is_null()) return std::nullopt;
  return object[key].get<std::int64_t>();
}

std::vector<PyText> texts_at(const json& object, const char* key) {
  std::vector<PyText> texts;
  if (object.contains(key)) {
    for (const json& item : object[key]) texts.push_back(bytes_of(item));
  }
  return texts;
}

Frame frame_of(const json& object) {
  Frame frame;
  frame.file = text_at(object, "file");
  frame.function = text_at(object, "function");
  frame.line = number_at(object, "line");
  frame.end_line = number_at(object, "end_line");
  frame.column = number_at(object, "column");
  frame.end_column = number_at(object, "end_column");
  frame.source = texts_at(object, "source");
  return frame;
}

std::vector<Frame> frames_at(const json& object, const char* key) {
  std::vector<Frame> frames;
  if (object.contains(key)) {
    for (const json& item : object[key]) frames.push_back(frame_of(item));
  }
  return frames;
}

AttributeFact attribute_of(const json& value) {
  AttributeFact fact;
  if (value.is_null()) return fact;
  fact.kind = value["kind"] == "int"   ? AttributeFact::Kind::integer
              : value["kind"] == "str" ? AttributeFact::Kind::text
                                       : AttributeFact::Kind::other;
  fact.integer = value.value("int", std::int64_t{0});
  fact.str.text = text_at(value, "str");
  return fact;
}

SyntaxErrorFacts syntax_error_of(const json& object) {
  SyntaxErrorFacts facts;
  facts.msg = attribute_of(object["msg"]);
  facts.filename = attribute_of(object["filename"]);
  facts.lineno = attribute_of(object["lineno"]);
  facts.end_lineno = attribute_of(object["end_lineno"]);
  facts.offset = attribute_of(object["offset"]);
  facts.end_offset = attribute_of(object["end_offset"]);
  facts.text = attribute_of(object["text"]);
  if (object.contains("metadata")) {
    const json& metadata = object["metadata"];
    facts.has_metadata = true;
    facts.metadata_line = metadata["line"];
    if (!metadata["source"].is_null()) facts.metadata_source = bytes_of(metadata["source"]);
    facts.file_looked_at = true;
    if (metadata.contains("file")) facts.file_text = bytes_of(metadata["file"]);
  }
  return facts;
}

SuggestionFacts suggestion_of(const json& object) {
  SuggestionFacts facts;
  const std::string kind = object["kind"];
  facts.kind = kind == "name_error"        ? SuggestionFacts::Kind::name_error
               : kind == "attribute_error" ? SuggestionFacts::Kind::attribute_error
               : kind == "import_error"    ? SuggestionFacts::Kind::import_error
                                           : SuggestionFacts::Kind::module_not_found;
  facts.wrong_name = text_at(object, "wrong_name");
  facts.candidates_exact = flag_at(object, "candidates_exact", true);
  facts.candidates = texts_at(object, "candidates");
  facts.no_frame = flag_at(object, "no_frame");
  facts.self_has_name = flag_at(object, "self_has_name");
  facts.is_frame_self = flag_at(object, "is_frame_self");
  facts.in_stdlib_names = flag_at(object, "in_stdlib_names");
  facts.builtin_base = text_at(object, "builtin_base");
  facts.nested_attributes = texts_at(object, "nested_attributes");
  facts.no_site = flag_at(object, "no_site");
  return facts;
}

Notes notes_of(const json& object) {
  Notes notes;
  const std::string kind = object["kind"];
  notes.kind = kind == "sequence" ? Notes::Kind::sequence : kind == "text" ? Notes::Kind::text : Notes::Kind::other;
  for (PyText& text : texts_at(object, "items")) notes.items.push_back({std::move(text), true});
  notes.repr.text = text_at(object, "repr");
  return notes;
}

Exception exception_of(const json& object) {
  Exception exception;
  exception.module_kind =
      flag_at(object, "module_not_text") ? Exception::Module::not_text : Exception::Module::text;
  exception.module = text_at(object, "module");
  exception.qualname = text_at(object, "qualname");
  exception.name = text_at(object, "name");
  exception.message.text = text_at(object, "message");
  exception.str_failed = flag_at(object, "str_failed");
  if (object.contains("notes")) exception.notes = notes_of(object["notes"]);
  exception.frames = frames_at(object, "frames");
  exception.has_traceback = !exception.frames.empty();
  if (const auto id = number_at(object, "cause")) exception.cause = static_cast<ExceptionId>(*id);
  if (const auto id = number_at(object, "context")) exception.context = static_cast<ExceptionId>(*id);
  exception.suppress_context = flag_at(object, "suppress_context");
  if (object.contains("members") && !object["members"].is_null()) {
    exception.members = object["members"].get<std::vector<ExceptionId>>();
  }
  if (object.contains("syntax_error")) exception.syntax_error = syntax_error_of(object["syntax_error"]);
  if (object.contains("suggestion")) exception.suggestion = suggestion_of(object["suggestion"]);
  return exception;
}

/// The first `roots` exceptions are what threads handle; "stack" is the stack of the first thread.
Report report_of(const json& object) {
  Report report;
  report.text_rules = layout::text_rules_for(object["version"][1], object["version"][2]);
  for (const json& item : object["exceptions"]) report.exceptions.push_back(exception_of(item));
  if (object.contains("traceback_limit")) report.traceback_limit = attribute_of(object["traceback_limit"]);
  Thread thread;
  const auto roots = object.value("roots", report.exceptions.size());
  for (ExceptionId id = 0; id < roots; ++id) thread.handling.push_back(id);
  thread.stack = frames_at(object, "stack");
  report.interpreters.emplace_back().threads.push_back(std::move(thread));
  return report;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    Report report = report_of(json::parse(line));
    traceback::format_report(report);
    json result = json::array();
    for (const Exception& exception : report.exceptions) {
      result.push_back({{"formatted", expanded(exception.formatted)},
                        {"exact", exception.formatted_exact},
                        {"left_out", exception.formatted_left_out}});
    }
    std::cout << json({{"exceptions", result},
                       {"stack", expanded(report.interpreters[0].threads[0].formatted_stack)}})
              << "\n";
  }
  return 0;
}
