#pragma once
// How Python quotes text: single quotes unless the text has those and no double ones.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "text/unicode.hpp"

namespace pyexc::cpython {

/// repr() of a str; escapes what that version's Unicode database does not call printable. Building
/// ends soon after `max` bytes; the closing quote is then missing.
[[nodiscard]] std::string quote_str(std::string_view utf8, text::Database database,
                                    std::size_t max);

/// repr() of a bytes object, without the 'b'. Up to 3.14 a bytearray escapes every single quote.
enum class SingleQuotes : std::uint8_t { as_needed, escaped };
[[nodiscard]] std::string quote_bytes(std::string_view bytes, std::size_t max,
                                      SingleQuotes single = SingleQuotes::as_needed);

}  // namespace pyexc::cpython
