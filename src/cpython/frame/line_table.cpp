// Objects/lnotab_notes.txt (2.7 to 3.10) and InternalDocs/code_objects.md (3.11+, Objects/locations.md
// in 3.11) describe the formats.

#include "cpython/frame/line_table.hpp"

#include <cstddef>

namespace pyexc::cpython {

namespace {

std::uint8_t byte_at(std::string_view table, std::size_t i) { return static_cast<std::uint8_t>(table[i]); }
std::int8_t signed_at(std::string_view table, std::size_t i) { return static_cast<std::int8_t>(table[i]); }

std::int64_t lnotab_line(std::string_view table, std::int64_t line, std::int64_t lasti, bool unsigned_lines) {
  std::int64_t address = 0;
  for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
    address += byte_at(table, i);
    if (address > lasti) break;
    line += unsigned_lines ? byte_at(table, i + 1) : signed_at(table, i + 1);
  }
  return line;
}

std::optional<std::int64_t> linetable_310_line(std::string_view table, std::int64_t line, std::int64_t lasti) {
  constexpr int no_line = -128;
  std::int64_t end = 0;
  for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
    end += byte_at(table, i);
    const int delta = signed_at(table, i + 1);
    if (delta != no_line) line += delta;
    if (end > lasti) return delta == no_line ? std::nullopt : std::optional(line);
  }
  return std::nullopt;
}

// One entry of the 3.11+ format covers a run of code units.
class LocationReader {
 public:
  LocationReader(std::string_view table, std::int64_t first_line) : table_(table), line_(first_line) {}

  /// Moves to the next entry; false at the end or at a damaged entry.
  bool next() {
    if (at_ >= table_.size()) return false;
    const std::uint8_t head = byte_at(table_, at_++);
    if ((head & 0x80U) == 0) return false;
    const unsigned code = (head >> 3) & 15U;
    units = (head & 7U) + 1;
    position = {};
    switch (code) {
      case 15: return true;  // no location
      case 14: {             // long form
        line_ += svarint();
        position.line = line_;
        position.end_line = line_ + static_cast<std::int64_t>(varint());
        position.column = column(varint());
        position.end_column = column(varint());
        break;
      }
      case 13:  // no columns
        line_ += svarint();
        position.line = position.end_line = line_;
        break;
      case 12:
      case 11:
      case 10: {  // one line form, delta 0 to 2
        line_ += static_cast<std::int64_t>(code) - 10;
        position.line = position.end_line = line_;
        position.column = raw();
        position.end_column = raw();
        break;
      }
      default: {  // short form
        const unsigned second = raw();
        position.line = position.end_line = line_;
        const std::int64_t start = static_cast<std::int64_t>(code) * 8 + (second >> 4);
        position.column = start;
        position.end_column = start + (second & 15U);
        break;
      }
    }
    return !damaged_;
  }

  unsigned units = 0;
  Position position;

 private:
  static std::optional<std::int64_t> column(std::uint64_t encoded) {
    if (encoded == 0) return std::nullopt;
    return static_cast<std::int64_t>(encoded) - 1;
  }
  unsigned raw() {
    if (at_ >= table_.size()) {
      damaged_ = true;
      return 0;
    }
    return byte_at(table_, at_++);
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 32; shift += 6) {
      const unsigned byte = raw();
      value |= static_cast<std::uint64_t>(byte & 63U) << shift;
      if ((byte & 64U) == 0) return value;
    }
    damaged_ = true;
    return 0;
  }
  std::int64_t svarint() {
    const std::uint64_t value = varint();
    const auto magnitude = static_cast<std::int64_t>(value >> 1);
    return (value & 1U) != 0 ? -magnitude : magnitude;
  }

  std::string_view table_;
  std::size_t at_ = 0;
  std::int64_t line_;
  bool damaged_ = false;
};

constexpr std::int64_t code_unit = 2;  // sizeof(_Py_CODEUNIT)

}  // namespace

Position position_of(layout::LineTable format, std::string_view table, std::int64_t first_line, std::int64_t lasti) {
  if (format != layout::LineTable::locations || lasti < 0) return {};
  const std::int64_t wanted = lasti / code_unit;
  LocationReader reader(table, first_line);
  std::int64_t end = 0;
  while (reader.next()) {
    end += reader.units;
    if (end > wanted) return reader.position;
  }
  return {};
}

std::optional<std::int64_t> line_of(layout::LineTable format, std::string_view table, std::int64_t first_line,
                                    std::int64_t lasti) {
  if (lasti < 0) return first_line;
  switch (format) {
    case layout::LineTable::lnotab_unsigned: return lnotab_line(table, first_line, lasti, true);
    case layout::LineTable::lnotab: return lnotab_line(table, first_line, lasti, false);
    case layout::LineTable::linetable_310: return linetable_310_line(table, first_line, lasti);
    case layout::LineTable::locations: return position_of(format, table, first_line, lasti).line;
  }
  return std::nullopt;
}

}  // namespace pyexc::cpython
