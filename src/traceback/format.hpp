#pragma once
// From a Report to the text that its Python's traceback module would print.

#include <cstddef>

#include "report/report.hpp"

namespace pyexc::traceback {

struct FormatLimits {
  /// The text of one exception with its chain; the rest is cut, visibly.
  std::size_t max_text = 16U << 20;
  /// All texts of exceptions that no thread is handling or raising, together. A chain's members repeat
  /// each other's text, so that its total grows with the square of its length: the exceptions that do
  /// not fit have no text, and Exception::formatted_left_out is set.
  std::size_t max_further_text = 4U << 20;
};

/// Fills Exception::formatted with what traceback.format_exception gives for each exception, and
/// Thread::formatted_stack with the entries of traceback.format_list(traceback.extract_stack()).
void format_report(Report& report, const FormatLimits& limits = {});

}  // namespace pyexc::traceback
