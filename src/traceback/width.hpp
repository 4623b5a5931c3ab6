#pragma once
// How many columns text takes, by the rules of one version.

#include <string_view>

#include "report/text_rules.hpp"

namespace pyexc::traceback {

[[nodiscard]] std::size_t display_width(std::u32string_view text, const TextRules& rules);

/// Of its first `characters`; more than there are count one each where all of it is ASCII and that
/// version does not look further.
[[nodiscard]] std::size_t display_width(std::u32string_view text, std::size_t characters, const TextRules& rules);

}  // namespace pyexc::traceback
