#pragma once
// The text of --help.

#include <string_view>

namespace pyexc::app {

[[nodiscard]] std::string_view help_text() noexcept;

}  // namespace pyexc::app
