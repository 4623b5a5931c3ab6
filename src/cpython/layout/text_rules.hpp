#pragma once
// What Lib/traceback.py of a release does, as data for traceback/.

#include "report/text_rules.hpp"

namespace pyexc::layout {

/// The rules of Python 3.`minor`.`micro`; of the nearest release known where it is not.
[[nodiscard]] TextRules text_rules_for(int minor, int micro);

}  // namespace pyexc::layout
