#pragma once
// Strict UTF-8, as Python's utf-8 codec: no surrogates, no overlong forms, nothing beyond U+10FFFF.

#include <string>
#include <string_view>

namespace pyexc {

[[nodiscard]] bool valid_utf8(std::string_view bytes) noexcept;

}  // namespace pyexc
