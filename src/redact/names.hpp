#pragma once
// Which names say that what stands behind them is a secret. A name is taken apart into its words,
// however they were joined (apiKey, API_KEY, x-api-key, db.password), and decided by whole words:
// `tokenize`, `author`, `secretary` and `monkey` hold a secret word only for those who look at
// letters.

#include <cstdint>
#include <optional>
#include <string_view>

namespace pyexc::redact {

enum class NameKind : std::uint8_t {
  none,
  plain_only,  ///< session, auth: text and containers are secrets; an object may be anything, a
               ///< number is none
  no_numbers,  ///< cookie, tokens, max_token…: whatever is not a number
  any,
};

[[nodiscard]] NameKind secret_name(std::string_view name) noexcept;

/// What a value is, as far as it is known: of one in a text only its first characters are.
struct ValueFacts {
  std::string_view type;               ///< type(value).__name__, "" if unknown
  std::optional<std::int64_t> length;  ///< of a str, bytes or builtin container
};

/// None, booleans, functions, classes and modules hold no secret under any name, nor does what is
/// empty.
[[nodiscard]] bool secret_value(NameKind kind, const ValueFacts& value) noexcept;

/// Names of which even a word of plain prose behind a colon is taken for the secret.
[[nodiscard]] bool names_password(std::string_view name) noexcept;
/// Authorization and the cookies: their value goes on to the end of the line.
[[nodiscard]] bool names_header(std::string_view name) noexcept;

}  // namespace pyexc::redact
