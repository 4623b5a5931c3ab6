#include "source/codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "source/utf8.hpp"
#include "text/codepoints.hpp"

namespace pyexc {
namespace {

struct Alias {
  std::string_view name;
  std::string_view module;
  bool is_new;  ///< see SourceRules::new_codec_names
};
constexpr Alias aliases[] = {
#include "source/codec_aliases.inc"
};

/// encodings.normalize_encoding(), lower case: runs of anything but letters, digits and '.' become '_'.
std::string normal_name(std::string_view name) {
  std::string out;
  bool gap = false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || c == '.') {
      if (gap && !out.empty()) out.push_back('_');
      gap = false;
      out.push_back(letter && c < 'a' ? static_cast<char>(c + 32) : c);
    } else {
      gap = true;
    }
  }
  return out;
}

std::string_view module_of(const std::string& name, const SourceRules& rules) {
  const auto find = [&](std::string_view wanted) -> std::string_view {
    const auto* const end = std::end(aliases);
    const auto* at = std::lower_bound(std::begin(aliases), end, wanted,
                                      [](const Alias& a, std::string_view w) { return a.name < w; });
    if (at == end || at->name != wanted) return {};
    // The old meaning comes before the new one.
    if (rules.new_codec_names && at + 1 != end && at[1].name == wanted) ++at;
    return at->is_new && !rules.new_codec_names ? std::string_view{} : at->module;
  };
  if (const auto found = find(name); !found.empty()) return found;
  std::string undotted = name;
  std::replace(undotted.begin(), undotted.end(), '.', '_');
  return find(undotted);
}

std::optional<Codec> by_module(std::string_view module) {
  using Kind = Codec::Kind;
  struct Fixed {
    std::string_view module;
    Kind kind;
    bool big_endian;
  };
  // utf_16 and utf_32 insist on a byte order mark, and behind one there is no cookie.
  static constexpr std::array fixed = {
      Fixed{"utf_8", Kind::utf_8, false},       Fixed{"utf_8_sig", Kind::utf_8, false},
      Fixed{"utf_16", Kind::not_text, false},   Fixed{"utf_16_le", Kind::utf_16, false},
      Fixed{"utf_16_be", Kind::utf_16, true},   Fixed{"utf_32", Kind::not_text, false},
      Fixed{"utf_32_le", Kind::utf_32, false},  Fixed{"utf_32_be", Kind::utf_32, true},
      Fixed{"base64_codec", Kind::not_text, false}, Fixed{"bz2_codec", Kind::not_text, false},
      Fixed{"hex_codec", Kind::not_text, false},    Fixed{"quopri_codec", Kind::not_text, false},
      Fixed{"rot_13", Kind::not_text, false},       Fixed{"uu_codec", Kind::not_text, false},
      Fixed{"zlib_codec", Kind::not_text, false},   Fixed{"undefined", Kind::not_text, false},
      Fixed{"mbcs", Kind::not_text, false},         Fixed{"oem", Kind::not_text, false}};
  for (const auto& entry : fixed)
    if (entry.module == module) return Codec{entry.kind, nullptr, entry.big_endian};
  const auto* const end = codec_data::tables + codec_data::table_count;
  const auto* at = std::lower_bound(codec_data::tables, end, module,
                                    [](const auto& t, std::string_view m) { return t.name < m; });
  if (at == end || at->name != module) return std::nullopt;
  Kind kind = Kind::table;
  if (module == "gb18030") kind = Kind::gb18030;
  if (module == "euc_kr") kind = Kind::euc_kr;
  return Codec{kind, at, false};
}

using Bytes = std::string_view;

unsigned byte_at(Bytes bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

/// The cell that the sequence at `i` ends in; `i` moves behind it.
std::uint16_t walk(const codec_data::Table& table, Bytes bytes, std::size_t& i) {
  std::uint32_t node = table.root;
  while (i < bytes.size()) {
    const auto& range = codec_data::nodes[node];
    const unsigned byte = byte_at(bytes, i);
    if (byte < range.low || byte > range.high) return codec_data::invalid;
    const std::uint16_t cell = codec_data::cells[range.first + byte - range.low];
    ++i;
    if (cell < codec_data::child || cell >= codec_data::wide_cell) return cell;
    node = table.nodes + cell - codec_data::child;
  }
  return codec_data::invalid;
}

/// The four-byte form of GB 18030; 0 if there is none here.
char32_t four_bytes(Bytes bytes, std::size_t i) {
  if (bytes.size() - i < 4) return 0;
  const unsigned a = byte_at(bytes, i);
  const unsigned b = byte_at(bytes, i + 1);
  const unsigned c = byte_at(bytes, i + 2);
  const unsigned d = byte_at(bytes, i + 3);
  if (a < 0x81 || a > 0xfe || b < 0x30 || b > 0x39 || c < 0x81 || c > 0xfe || d < 0x30 || d > 0x39)
    return 0;
  const std::uint32_t linear = ((a - 0x81) * 10 + (b - 0x30)) * 1260 + (c - 0x81) * 10 + (d - 0x30);
  constexpr std::uint32_t supplementary = 15 * 12600;
  if (linear >= supplementary) {
    const std::uint32_t point = 0x10000 + linear - supplementary;
    return point <= 0x10ffff ? point : 0;
  }
  const auto* const begin = codec_data::gb18030;
  const auto* run = std::upper_bound(begin, begin + codec_data::gb18030_count, linear,
                                     [](std::uint32_t l, const auto& r) { return l < r.linear; });
  if (run == begin) return 0;
  --run;
  return linear - run->linear < run->count ? run->code_point + (linear - run->linear) : 0;
}

/// A syllable of EUC-KR composed of four two-byte jamo, a filler first; 0 if there is none here.
char32_t composed(Bytes bytes, std::size_t i) {
  if (bytes.size() - i < 8) return 0;
  for (std::size_t k = 0; k < 8; k += 2)
    if (byte_at(bytes, i + k) != 0xa4) return 0;
  if (byte_at(bytes, i + 1) != 0xd4) return 0;
  const unsigned initial = codec_data::hangul_initial[byte_at(bytes, i + 3)];
  const unsigned medial = codec_data::hangul_medial[byte_at(bytes, i + 5)];
  const unsigned last = codec_data::hangul_final[byte_at(bytes, i + 7)];
  if (initial == 255 || medial == 255 || last == 255) return 0;
  return 0xac00 + (initial * 21 + medial) * 28 + last;
}

bool decode_table(const Codec& codec, Bytes bytes, PyText& text) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::size_t start = i;
    const std::uint16_t cell = walk(*codec.table, bytes, i);
    if (cell == codec_data::invalid) {
      char32_t point = 0;
      std::size_t length = 0;
      if (codec.kind == Codec::Kind::gb18030) {
        point = four_bytes(bytes, start);
        length = 4;
      } else if (codec.kind == Codec::Kind::euc_kr) {
        point = composed(bytes, start);
        length = 8;
      }
      if (point == 0) return false;
      text::append(text, point);
      i = start + length;
    } else if (cell >= codec_data::wide_cell && cell < codec_data::wide_end) {
      const auto& points = codec_data::wide[codec.table->wide + cell - codec_data::wide_cell];
      text::append(text, points.first);
      if (points.second != 0) text::append(text, points.second);
    } else {
      text::append(text, cell);
    }
  }
  return true;
}

bool decode_utf_16(bool big_endian, Bytes bytes, PyText& text) {
  if (bytes.size() % 2 != 0) return false;
  const auto unit = [&](std::size_t i) -> char32_t {
    const unsigned a = byte_at(bytes, i);
    const unsigned b = byte_at(bytes, i + 1);
    return big_endian ? a << 8 | b : b << 8 | a;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xd800 && c < 0xe000) {
      if (c >= 0xdc00 || i + 2 == bytes.size()) return false;
      const char32_t low = unit(i + 2);
      if (low < 0xdc00 || low >= 0xe000) return false;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      i += 2;
    }
    text::append(text, c);
  }
  return true;
}

bool decode_utf_32(bool big_endian, Bytes bytes, PyText& text) {
  if (bytes.size() % 4 != 0) return false;
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    char32_t c = 0;
    for (std::size_t k = 0; k < 4; ++k)
      c |= static_cast<char32_t>(byte_at(bytes, i + (big_endian ? 3 - k : k))) << (8 * k);
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return false;
    text::append(text, c);
  }
  return true;
}

}  // namespace

Codec find_codec(std::string_view name, const SourceRules& rules) {
  const std::string normal = normal_name(name);
  if (const auto module = module_of(normal, rules); !module.empty())
    if (const auto codec = by_module(module)) return *codec;
  return by_module(normal).value_or(Codec{});
}

bool decode(const Codec& codec, std::string_view bytes, PyText& text) {
  switch (codec.kind) {
    case Codec::Kind::utf_8:
      if (!valid_utf8(bytes)) return false;
      text += bytes;
      return true;
    case Codec::Kind::table:
    case Codec::Kind::gb18030:
    case Codec::Kind::euc_kr: return decode_table(codec, bytes, text);
    case Codec::Kind::utf_16: return decode_utf_16(codec.big_endian, bytes, text);
    case Codec::Kind::utf_32: return decode_utf_32(codec.big_endian, bytes, text);
    case Codec::Kind::not_text:
    case Codec::Kind::unsupported: break;
  }
  return false;
}

}  // namespace pyexc
