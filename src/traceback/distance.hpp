#pragma once
// The edit distance that suggestions are chosen by: 2 for an edit, 1 where only the case differs.

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

namespace pyexc::traceback {

inline constexpr std::size_t move_cost = 2;
inline constexpr std::size_t case_cost = 1;
inline constexpr std::size_t max_compared = 40;

/// `max_cost` + 1 if it is more than `max_cost`. `same_but_case` is asked of different characters.
template <class Char, class SameButCase>
std::size_t edit_distance(std::basic_string_view<Char> a, std::basic_string_view<Char> b, std::size_t max_cost,
                          SameButCase same_but_case) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) {
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  if (a.empty() || b.empty()) return move_cost * (a.size() + b.size());
  if (a.size() > max_compared || b.size() > max_compared) return max_cost + 1;
  if (b.size() < a.size()) std::swap(a, b);
  if ((b.size() - a.size()) * move_cost > max_cost) return max_cost + 1;

  std::array<std::size_t, max_compared> row{};
  for (std::size_t i = 0; i < a.size(); ++i) row[i] = move_cost * (i + 1);
  std::size_t result = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    std::size_t distance = result = j * move_cost;
    std::size_t minimum = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::size_t cost = a[i] == b[j] ? 0 : same_but_case(a[i], b[j]) ? case_cost : move_cost;
      const std::size_t substitute = distance + cost;
      distance = row[i];
      result = std::min(std::min(result, distance) + move_cost, substitute);
      row[i] = result;
      minimum = std::min(minimum, result);
    }
    if (minimum > max_cost) return max_cost + 1;
  }
  return result;
}

}  // namespace pyexc::traceback
