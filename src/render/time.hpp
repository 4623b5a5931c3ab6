#pragma once
// Times as reports show them.

#include <cstdint>
#include <string>

namespace pyexc::render {

/// "2026-03-01T09:30:00.000125Z"
[[nodiscard]] std::string rfc3339(std::int64_t microseconds_since_epoch);

/// "0.84 ms"
[[nodiscard]] std::string milliseconds(std::int64_t microseconds);

}  // namespace pyexc::render
