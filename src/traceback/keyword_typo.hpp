#pragma once
// "invalid syntax. Did you mean 'import'?": the search for a misspelt keyword that some versions make
// when they format a SyntaxError. It compiles what the statement would be with each likely keyword.

#include <cstdint>
#include <optional>
#include <string>

#include "report/report.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// What the exception then says instead.
struct KeywordTypo {
  PyText text;
  std::int64_t offset = 0;
  std::int64_t end_offset = 0;
  PyText message;
};

/// Sets `exact` to false where it cannot be known.
[[nodiscard]] std::optional<KeywordTypo> find_keyword_typo(const SyntaxErrorFacts& facts, const TextRules& rules,
                                                           const syntax::Grammar& grammar, bool& exact);

}  // namespace pyexc::traceback
