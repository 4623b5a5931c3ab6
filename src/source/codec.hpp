#pragma once
// Python's text codecs by the names that codecs.lookup() accepts, strict errors only.

#include <cstdint>
#include <string>
#include <string_view>

#include "report/pystr.hpp"
#include "report/text_rules.hpp"
#include "source/codec_data.hpp"

namespace pyexc {

struct Codec {
  enum class Kind : std::uint8_t {
    utf_8,
    table,
    gb18030,
    euc_kr,
    utf_16,  ///< `unit` says the byte order
    utf_32,
    not_text,     ///< Python has it and refuses to decode a file with it
    unsupported,  ///< not here: a rare one of Python, or one the target may have registered
  };
  Kind kind = Kind::unsupported;
  const codec_data::Table* table = nullptr;
  bool big_endian = false;
};

[[nodiscard]] Codec find_codec(std::string_view name, const SourceRules& rules);

/// Appends the text; false if Python would raise UnicodeDecodeError.
[[nodiscard]] bool decode(const Codec& codec, std::string_view bytes, PyText& text);

}  // namespace pyexc
