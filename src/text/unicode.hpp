#pragma once
// What one version of the Unicode database says of a code point, exactly as the Python that ships it
// does: the tables are generated from those Pythons (generate.py), because a newer database gives other
// widths, another repr and other identifiers.

#include <cstdint>

namespace pyexc::text {

/// In the order of generate.py: the value is the bit in the tables.
enum class Database : std::uint8_t { u9_0, u11_0, u12_1, u13_0, u14_0, u15_0, u15_1, u16_0, u17_0 };

/// The database of that version, or the nearest older one, or the oldest there is.
[[nodiscard]] Database database_for(int major, int minor) noexcept;

[[nodiscard]] bool is_printable(char32_t c, Database database) noexcept;   ///< str.isprintable
[[nodiscard]] bool is_wide(char32_t c, Database database) noexcept;        ///< East_Asian_Width W or F
[[nodiscard]] bool is_combining(char32_t c, Database database) noexcept;   ///< combining class is not 0
[[nodiscard]] bool is_format(char32_t c, Database database) noexcept;      ///< category Cf
[[nodiscard]] bool is_identifier_start(char32_t c, Database database) noexcept;
[[nodiscard]] bool is_identifier_continue(char32_t c, Database database) noexcept;
/// True if NFKC could change it, alone or beside another; a string without any is normalised already.
[[nodiscard]] bool may_normalize(char32_t c, Database database) noexcept;
/// str.lower() where that is one code point, else the code point itself.
[[nodiscard]] char32_t lower(char32_t c, Database database) noexcept;

}  // namespace pyexc::text
