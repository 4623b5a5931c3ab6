#pragma once
// Line tables: from an instruction's byte offset to a line and, since 3.11, a range of columns. Three
// formats; which one a code object has is a trait of its layout. Tables are the target's bytes: every
// read is bounded by the table, every sum saturates.

#include <cstdint>
#include <optional>
#include <string_view>

#include "cpython/layout/layout.hpp"

namespace pyexc::cpython {

/// As code.co_positions() gives it: lines 1-based, columns 0-based in UTF-8 bytes.
struct Position {
  std::optional<std::int64_t> line, end_line, column, end_column;
};

/// PyCode_Addr2Line(): the line of the instruction at byte offset `lasti`; `first_line` for a frame that
/// has not started (lasti < 0); empty where the table says "no line".
[[nodiscard]] std::optional<std::int64_t> line_of(layout::LineTable format, std::string_view table,
                                                  std::int64_t first_line, std::int64_t lasti);

/// The entry of co_positions() for the instruction at `lasti`; all empty for lasti < 0 or beyond the
/// table. Formats before 3.11 have no positions: all empty too.
[[nodiscard]] Position position_of(layout::LineTable format, std::string_view table,
                                   std::int64_t first_line, std::int64_t lasti);

}  // namespace pyexc::cpython
