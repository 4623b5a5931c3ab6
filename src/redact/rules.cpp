// RE2, because what the user's patterns are searched in is chosen by somebody else: its time is
// linear in the text, its stack does not grow with it.

#include "redact/rules.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "redact/scanner.hpp"

namespace pyexc::redact {

namespace {

/// A search for all matches is only linear if each one looks at no more than so much: a match may
/// be as long as one window less the overlap.
constexpr std::size_t window = 8'192;
constexpr std::size_t overlap = 2'048;

using Expressions = std::vector<std::unique_ptr<RE2>>;

bool any_matches(const Expressions& expressions, std::string_view text) {
  return std::any_of(expressions.begin(), expressions.end(), [&](const auto& expression) {
    return expression->Match(text, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
  });
}

Result<Expressions> compile(const std::vector<std::string>& patterns, std::string_view option) {
  Expressions compiled;
  RE2::Options options;
  options.set_log_errors(false);
  for (const std::string& pattern : patterns) {
    auto expression = std::make_unique<RE2>(pattern, options);
    if (!expression->ok())
      return fail(Errc::usage, std::string(option) + ": '" + pattern +
                                   "' is no regular expression: " + expression->error());
    compiled.push_back(std::move(expression));
  }
  return compiled;
}

/// Ascending; of those that overlap the union is left.
void merge(Findings& findings) {
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::size_t kept = 0;
  for (const Finding& finding : findings) {
    if (finding.begin >= finding.end) continue;
    if (kept > 0 && finding.begin < findings[kept - 1].end) {
      Finding& last = findings[kept - 1];
      last.by_name = last.by_name && finding.by_name;
      last.end = std::max(last.end, finding.end);
    } else {
      findings[kept++] = finding;
    }
  }
  findings.resize(kept);
}

}  // namespace

struct Rules::User {
  Expressions redact, keep;
};

Rules::Rules() = default;
Rules::~Rules() = default;
Rules::Rules(Rules&&) noexcept = default;
Rules& Rules::operator=(Rules&&) noexcept = default;

Result<Rules> Rules::make(const Patterns& patterns) {
  Rules rules;
  if (patterns.redact.empty() && patterns.keep.empty()) return rules;
  rules.user_ = std::make_unique<User>();
  PYEXC_TRY(rules.user_->redact, compile(patterns.redact, "--redact"));
  PYEXC_TRY(rules.user_->keep, compile(patterns.keep, "--keep"));
  return rules;
}

NameKind Rules::kind_of(std::string_view name) const {
  if (!user_) return secret_name(name);
  if (any_matches(user_->keep, name)) return NameKind::none;
  return any_matches(user_->redact, name) ? NameKind::any : secret_name(name);
}

bool Rules::masks_value(std::string_view name, const ValueFacts& value) const {
  if (user_ && any_matches(user_->keep, name)) return false;
  if (user_ && any_matches(user_->redact, name)) return true;
  return secret_value(secret_name(name), value);
}

void Rules::find_users(std::string_view text, Findings& to) const {
  for (const auto& expression : user_->redact) {
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.size(), at + window);
      re2::StringPiece match;
      const bool found = expression->Match(text, at, end, RE2::UNANCHORED, &match, 1);
      if (!found) {
        if (end == text.size()) break;
        at = end - overlap;
        continue;
      }
      const auto begin = static_cast<std::size_t>(match.data() - text.data());
      to.push_back({begin, begin + match.size(), begin, begin + match.size()});
      at = std::max(begin + match.size(), at + 1);
      if (match.empty()) at = std::max(at, begin + 1);
    }
  }
}

Findings Rules::find(std::string_view text, Language language) const {
  Findings findings = Scanner(text, language, *this).run();
  if (user_) {
    find_users(text, findings);
    std::erase_if(findings, [&](const Finding& finding) {
      return any_matches(user_->keep, text.substr(finding.from, finding.to - finding.from));
    });
  }
  merge(findings);
  return findings;
}

}  // namespace pyexc::redact
