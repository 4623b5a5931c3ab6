#pragma once
// PEP 263 as tokenize.detect_encoding() decides it, and decoding with Python's codecs. The tables behind
// the codecs are made from Python's own by codec_tables.py, so that every byte agrees; iconv does not.

#include <string>
#include <string_view>

#include "report/pystr.hpp"
#include "report/text_rules.hpp"

namespace pyexc {

struct DecodedSource {
  enum class State : std::uint8_t {
    text,
    invalid,      ///< Python raises: no cookie it accepts, or bytes the encoding does not have
    unsupported,  ///< an encoding that we do not have and the target may; `encoding` names it
  };
  State state = State::invalid;
  PyText text;  ///< newlines as they are in the file
  std::string encoding;
};

/// Takes the bytes over, because the usual file is returned as it is.
[[nodiscard]] DecodedSource decode_source(std::string bytes, const SourceRules& rules);

}  // namespace pyexc
