#pragma once
// How a secret is covered. In a text something stands for it; in source every character has one
// that is as long in bytes and as wide on a terminal, because the positions of carets are bytes and
// columns.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redact/finding.hpp"
#include "report/report.hpp"

namespace pyexc::redact {

/// Bytes [begin, end) of a text and what is written for them.
struct Mask {
  std::size_t begin = 0, end = 0;
  std::string instead;
};

/// `<redacted str of 24>`
[[nodiscard]] std::string placeholder(std::string_view type, std::optional<std::int64_t> length);

/// Masks may overlap, and the outer of two that are nested is written. Returns how many were.
std::size_t apply(std::string& text, std::vector<Mask> masks);

/// Covers the findings in lines of source, joined. White space stays, and so do the quotes around
/// several literals.
void cover(std::string& source, const Findings& findings, const TextRules& rules);

}  // namespace pyexc::redact
