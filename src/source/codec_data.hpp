#pragma once
// The generated codec tables; codec_tables.py says what they hold.

#include <cstddef>
#include <cstdint>

namespace pyexc::codec_data {

struct Node {
  std::uint8_t low, high;  ///< byte values covered
  std::uint32_t first;     ///< cell of `low`
};
struct Wide {
  std::uint32_t first, second;  ///< second 0: one code point
};
struct Table {
  const char* name;  ///< module of Python's encodings package
  std::uint32_t nodes;  ///< its first node; children are counted from here
  std::uint32_t root;
  std::uint32_t wide;
};
struct Run {
  std::uint32_t linear, code_point, count;
};

inline constexpr std::uint16_t invalid = 0xffff;
inline constexpr std::uint16_t child = 0xd800;
inline constexpr std::uint16_t wide_cell = 0xd900;
inline constexpr std::uint16_t wide_end = 0xe000;

extern const std::uint16_t cells[];
extern const Node nodes[];
extern const Wide wide[];
extern const Table tables[];  ///< sorted by name
extern const std::size_t table_count;
extern const Run gb18030[];  ///< the four-byte area of the BMP, sorted
extern const std::size_t gb18030_count;
// Index of a jamo byte in a composed syllable, 255 where it cannot stand.
extern const std::uint8_t hangul_initial[];
extern const std::uint8_t hangul_medial[];
extern const std::uint8_t hangul_final[];

}  // namespace pyexc::codec_data
