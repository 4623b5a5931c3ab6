#pragma once
// Lines the two ways linecache makes them: a file is read with universal newlines (only \n, \r and \r\n
// end a line), a loader's text is cut by str.splitlines() (form feed, U+2028 and others end one too).

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "report/pystr.hpp"

namespace pyexc {

using WantedLines = std::vector<std::int64_t>;  ///< sorted, without duplicates, all >= 1
using Lines = std::map<std::int64_t, PyText>;   ///< only lines that exist, each with its "\n"

struct LineLimits {
  std::size_t max_line = 0;   ///< a longer line is left out
  bool* left_out = nullptr;   ///< set if one was
};

/// open().readlines() of decoded text, the last line completed with "\n". `lone_line` is what an empty
/// file has: Python of some versions gives it one empty line.
void file_lines(PyTextView text, const WantedLines& wanted, bool lone_line, LineLimits limits, Lines& out);

/// [line + "\n" for line in text.splitlines()]
void split_lines(PyTextView text, const WantedLines& wanted, LineLimits limits, Lines& out);

}  // namespace pyexc
