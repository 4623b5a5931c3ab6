#pragma once
// How one version's traceback module words things, as data. layout/ fills it per version; traceback/
// obeys it and never asks for the version.

#include <cstdint>

#include "report/source_rules.hpp"

namespace pyexc {

struct TextRules {
  /// An entry shows every line of its range, not only the first (3.13+).
  bool multi_line_source = true;
  SourceRules source;  ///< how linecache finds the lines

  // The members are added by the rules traceback/ needs; see src/cpython/layout/text_rules.cpp.
};

}  // namespace pyexc
