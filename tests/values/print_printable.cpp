// print_printable MAJOR MINOR: the code points that repr() leaves as they are by that version of the Unicode
// database, as runs "first-last", for the test that asks a Python the same.

#include <fmt/format.h>

#include <cstdlib>

#include "text/unicode.hpp"

using namespace pyexc::text;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const Database database = database_for(std::atoi(argv[1]), std::atoi(argv[2]));
  constexpr char32_t end = 0x110000;
  for (char32_t c = 0; c < end; ++c) {
    if (!is_printable(c, database)) continue;
    const char32_t first = c;
    while (c + 1 < end && is_printable(c + 1, database)) ++c;
    fmt::print("{:x}-{:x}\n", static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(c));
  }
  return 0;
}
