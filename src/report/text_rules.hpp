#pragma once
// How one version's traceback module words things, as data. layout/ fills it per version; traceback/
// obeys it and never asks for the version.

#include <cstdint>

namespace pyexc {

struct TextRules {
  // The members are added by the rules traceback/ needs; see src/cpython/layout/text_rules.cpp.
};

}  // namespace pyexc
