#pragma once
// "Did you mean": what traceback.py appends to the message of a NameError, AttributeError or
// ImportError.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/report.hpp"

namespace pyexc::traceback {

/// Appends to the message, or replaces it. False if Python might say something else.
bool append_suggestion(std::string& message, const SuggestionFacts& facts, const TextRules& rules);

/// The candidate nearest to `wrong_name`, if one is near enough.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view wrong_name,
                                                      std::span<const PyText> candidates,
                                                      const TextRules& rules);

}  // namespace pyexc::traceback
