#pragma once
// difflib.get_close_matches, for words short enough that it treats no character as junk.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pyexc::traceback {

/// SequenceMatcher(None, a, b).ratio()
[[nodiscard]] double similarity(std::u32string_view a, std::u32string_view b);

}  // namespace pyexc::traceback
