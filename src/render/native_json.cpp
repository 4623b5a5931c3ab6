#include "render/native_json.hpp"

namespace pyexc::render {

namespace {

void text_or_null(JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name);
  if (text.empty()) json.null();
  else json.string(text);
}

}  // namespace

void write_native_stack(JsonWriter& json, std::string_view name, const std::optional<std::vector<NativeFrame>>& frames) {
  json.key(name);
  if (!frames) return json.null();
  json.begin_array();
  for (const NativeFrame& frame : *frames) {
    json.begin_object();
    json.member("address", frame.python ? std::nullopt : std::optional(frame.address));
    text_or_null(json, "symbol", frame.symbol);
    json.member("offset", frame.offset);
    text_or_null(json, "object", frame.object);
    text_or_null(json, "build_id", frame.build_id);
    text_or_null(json, "file", frame.file);
    json.member("line", frame.line);
    json.member("python", frame.python);
    json.end_object();
  }
  json.end_array();
}

}  // namespace pyexc::render
