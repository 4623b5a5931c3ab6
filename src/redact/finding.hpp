#pragma once
// What the rules find in a text, and where the text is Python source.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace pyexc::redact {

/// Bytes [begin, end) are the secret; [from, to) is all that the rule looked at, a URL for the
/// password in it, which is what --keep is compared with.
struct Finding {
  std::size_t begin = 0, end = 0;
  std::size_t from = 0, to = 0;
  bool by_name = false;  ///< found as the value of a name, not by its shape
};

using Findings = std::vector<Finding>;

/// A string literal's inside, or a comment.
struct Region {
  std::size_t begin = 0, end = 0;
};

/// Those of Python source, or of a repr, in order. Anything but a tokenizer: lines may begin in the
/// middle of a statement, a repr holds what is no Python.
[[nodiscard]] std::vector<Region> string_regions(std::string_view source);

enum class Language {
  text,    ///< prose, logs, command lines
  repr,    ///< text, but a number outside of quotes is a number
  python,  ///< source: outside of strings and comments a name's value is a secret only if it is a
           ///< literal
};

}  // namespace pyexc::redact
