#pragma once
// Frames of C in the JSON format.

#include <optional>
#include <string_view>
#include <vector>

#include "render/json_writer.hpp"
#include "report/native.hpp"

namespace pyexc::render {

/// A member: the frames, or null.
void write_native_stack(JsonWriter& json, std::string_view name, const std::optional<std::vector<NativeFrame>>& frames);

}  // namespace pyexc::render
