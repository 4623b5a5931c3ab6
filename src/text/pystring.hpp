#pragma once
// The str methods and the textwrap functions that the traceback module lays its text out with, on code
// points and with Python's own idea of white space and of line ends.

#include <string>
#include <string_view>
#include <vector>

namespace pyexc::text {

[[nodiscard]] bool is_space(char32_t c) noexcept;       ///< str.isspace
[[nodiscard]] bool is_line_break(char32_t c) noexcept;  ///< what str.splitlines splits at

[[nodiscard]] std::u32string_view strip(std::u32string_view s) noexcept;
[[nodiscard]] std::u32string_view lstrip(std::u32string_view s) noexcept;
[[nodiscard]] std::u32string_view rstrip(std::u32string_view s) noexcept;
[[nodiscard]] std::u32string_view lstrip(std::u32string_view s, std::u32string_view characters) noexcept;
[[nodiscard]] std::u32string_view rstrip(std::u32string_view s, std::u32string_view characters) noexcept;

/// str.splitlines(); the views are into `s`.
[[nodiscard]] std::vector<std::u32string_view> splitlines(std::u32string_view s, bool keepends = false);

/// textwrap.dedent, in its two behaviours: the newer one empties every line of white space only, the
/// older one only those of spaces and tabs.
enum class Dedent : std::uint8_t { space_and_tab, any_space };
[[nodiscard]] std::u32string dedent(std::u32string_view s, Dedent behaviour);

/// textwrap.indent(utf8, prefix, lambda line: True), appended to `to`.
void indent_every_line(std::string& to, std::string_view utf8, std::string_view prefix);

}  // namespace pyexc::text
