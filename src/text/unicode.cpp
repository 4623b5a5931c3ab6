#include "text/unicode.hpp"

#include <algorithm>
#include <array>

namespace pyexc::text {

namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
  std::uint16_t databases;
};

struct LowerRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint8_t step;
  std::int32_t delta;
  std::uint16_t databases;
};

#include "text/unicode_tables.inc"

struct Known {
  int major;
  int minor;
};
constexpr std::array<Known, 9> known = {{{9, 0}, {11, 0}, {12, 1}, {13, 0}, {14, 0}, {15, 0}, {15, 1}, {16, 0}, {17, 0}}};

bool in(std::uint16_t databases, Database database) {
  return ((databases >> static_cast<unsigned>(database)) & 1U) != 0;
}

template <class Table>
bool has(const Table& table, char32_t c, Database database) {
  const auto range = std::lower_bound(table.begin(), table.end(), c,
                                      [](const Range& r, char32_t value) { return r.last < value; });
  return range != table.end() && range->first <= c && in(range->databases, database);
}

}  // namespace

Database database_for(int major, int minor) noexcept {
  std::size_t best = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].major < major || (known[i].major == major && known[i].minor <= minor)) best = i;
  }
  return static_cast<Database>(best);
}

bool is_printable(char32_t c, Database database) noexcept {
  if (c < 0x7f) return c >= 0x20;
  return has(table_printable, c, database);
}

bool is_wide(char32_t c, Database database) noexcept { return c >= 0x1100 && has(table_wide, c, database); }

bool is_combining(char32_t c, Database database) noexcept {
  return c >= 0x300 && has(table_combining, c, database);
}

bool is_format(char32_t c, Database database) noexcept { return c >= 0x80 && has(table_format, c, database); }

bool is_identifier_start(char32_t c, Database database) noexcept {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return has(table_id_start, c, database);
}

bool is_identifier_continue(char32_t c, Database database) noexcept {
  if (c < 0x80) return is_identifier_start(c, database) || (c >= '0' && c <= '9');
  return has(table_id_continue, c, database);
}

bool may_normalize(char32_t c, Database database) noexcept {
  return c >= 0x80 && has(table_nfkc_unstable, c, database);
}

char32_t lower(char32_t c, Database database) noexcept {
  // More than one row can cover a code point: alternating pairs, and rows of different databases.
  const auto after = std::upper_bound(table_lower.begin(), table_lower.end(), c,
                                      [](char32_t value, const LowerRange& r) { return value < r.first; });
  for (auto row = after; row != table_lower.begin() && after - row < 8;) {
    --row;
    if (row->last >= c && (c - row->first) % row->step == 0 && in(row->databases, database)) {
      return static_cast<char32_t>(static_cast<std::int64_t>(c) + row->delta);
    }
  }
  return c;
}

}  // namespace pyexc::text
