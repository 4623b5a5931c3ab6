#pragma once
// The rules of one run: the built-in ones and those of the user, --redact and --keep. Both kinds of
// the user's are searched in names and in texts; --keep wins over everything else.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "redact/finding.hpp"
#include "redact/names.hpp"

namespace pyexc::redact {

struct Patterns {
  std::vector<std::string> redact, keep;  ///< RE2 syntax
};

class Rules {
 public:
  /// Errc::usage for a pattern that is none.
  [[nodiscard]] static Result<Rules> make(const Patterns& patterns);
  Rules();
  ~Rules();
  Rules(Rules&&) noexcept;
  Rules& operator=(Rules&&) noexcept;

  [[nodiscard]] NameKind kind_of(std::string_view name) const;
  /// A whole value under that name; unlike the built-in rules the user's are not asked what it is.
  [[nodiscard]] bool masks_value(std::string_view name, const ValueFacts& value) const;
  /// All secrets in a text, ascending, none inside another.
  [[nodiscard]] Findings find(std::string_view text, Language language) const;

 private:
  struct User;
  void find_users(std::string_view text, Findings& to) const;
  std::unique_ptr<User> user_;
};

}  // namespace pyexc::redact
