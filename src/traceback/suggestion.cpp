#include "traceback/suggestion.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "text/codepoints.hpp"
#include "text/unicode.hpp"
#include "traceback/distance.hpp"

namespace pyexc::traceback {

namespace {

constexpr std::size_t max_candidates = 750;

text::Database database_of(const TextRules& rules) {
  return text::database_for(rules.unicode_major, rules.unicode_minor);
}

/// As _suggestions counts: bytes, and the case of ASCII letters.
std::optional<std::string> nearest_by_bytes(std::string_view wrong_name, std::span<const PyText> candidates) {
  if (candidates.size() >= max_candidates) return std::nullopt;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto same_but_case = [lower](char a, char b) { return lower(a) == lower(b); };
  std::optional<std::string> best;
  std::int64_t best_distance = INT64_MAX;
  for (const PyText& candidate : candidates) {
    if (candidate == wrong_name) continue;
    const auto third = static_cast<std::int64_t>((wrong_name.size() + candidate.size() + 3) * move_cost / 6);
    const std::int64_t most = std::min(third, best_distance - 1);
    if (most < 0) continue;
    const auto distance = static_cast<std::int64_t>(edit_distance<char>(
        wrong_name, candidate, static_cast<std::size_t>(most), same_but_case));
    if (distance > most) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

/// As traceback.py counts: characters, and str.lower().
std::optional<std::string> nearest_by_characters(std::string_view wrong_utf8, std::span<const PyText> candidates,
                                                 text::Database database) {
  const std::u32string wrong_name = text::decode(wrong_utf8);
  if (candidates.size() > max_candidates || wrong_name.size() > max_compared) return std::nullopt;
  const auto same_but_case = [database](char32_t a, char32_t b) {
    return text::lower(a, database) == text::lower(b, database);
  };
  std::optional<std::string> best;
  auto best_distance = static_cast<std::int64_t>(wrong_name.size());
  for (const PyText& candidate : candidates) {
    if (candidate == wrong_utf8) continue;
    const std::u32string name = text::decode(candidate);
    const auto third = static_cast<std::int64_t>((name.size() + wrong_name.size() + 3) * move_cost / 6);
    const std::int64_t most = std::min(third, best_distance - 1);
    if (most < 0) continue;
    const auto distance = static_cast<std::int64_t>(edit_distance<char32_t>(
        wrong_name, name, static_cast<std::size_t>(most), same_but_case));
    if (distance > most) continue;
    // An empty name is never kept: the next one takes its place whatever its distance.
    best = candidate;
    best_distance = distance;
  }
  return best;
}

/// ascii(name)
std::string ascii_repr(std::string_view name) {
  std::string repr = "'";
  for (const char32_t c : text::decode(name)) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (c >= 0x20 && c < 0x7f) {
      if (c == U'\\' || c == U'\'') repr.push_back('\\');
      repr.push_back(static_cast<char>(c));
      continue;
    }
    const int width = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    repr.append(width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U");
    for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) repr.push_back(digits[(c >> static_cast<unsigned>(shift)) & 0xfU]);
  }
  return repr + "'";
}

/// 'name', and its escaped form where it is not ASCII and the version shows it.
std::string in_parentheses(std::string_view name, const TextRules& rules) {
  if (!rules.suggestion_shows_ascii || text::is_ascii(name)) return {};
  return " (" + ascii_repr(name) + ")";
}

struct Hint {
  std::string_view wrong_name;
  std::string_view type;
  std::string_view text;
};

constexpr std::string_view use_list = "Did you mean to use a 'list' object?";
constexpr std::string_view use_set = "Did you mean to use a 'set' object?";
constexpr std::string_view use_dict = "Did you mean to use a 'dict' object?";
constexpr std::string_view use_int =
    "Did you mean to use an 'int' object? Bitwise operators are not supported by 'float'.";

/// Methods of other languages' types, and of the mutable relative of an immutable type.
constexpr std::array<Hint, 28> hints = {{
    {"push", "list", "Did you mean '.append'?"},
    {"concat", "list", "Did you mean '.extend'?"},
    {"addAll", "list", "Did you mean '.extend'?"},
    {"contains", "list", "Use 'x in list'."},
    {"add", "list", use_set},
    {"add", "frozenset", use_set},
    {"toUpperCase", "str", "Did you mean '.upper'?"},
    {"toLowerCase", "str", "Did you mean '.lower'?"},
    {"trimStart", "str", "Did you mean '.lstrip'?"},
    {"trimEnd", "str", "Did you mean '.rstrip'?"},
    {"keySet", "dict", "Did you mean '.keys'?"},
    {"entrySet", "dict", "Did you mean '.items'?"},
    {"entries", "dict", "Did you mean '.items'?"},
    {"putAll", "dict", "Did you mean '.update'?"},
    {"put", "dict", "Use d[k] = v."},
    {"append", "tuple", use_list},
    {"extend", "tuple", use_list},
    {"insert", "tuple", use_list},
    {"remove", "tuple", use_list},
    {"remove", "frozenset", use_set},
    {"discard", "frozenset", use_set},
    {"update", "frozenset", use_set},
    {"update", "frozendict", use_dict},
    {"__or__", "float", use_int},
    {"__and__", "float", use_int},
    {"__xor__", "float", use_int},
    {"__lshift__", "float", use_int},
    {"__rshift__", "float", use_int},
}};

std::optional<std::string_view> cross_language_hint(const SuggestionFacts& facts) {
  for (const Hint& hint : hints) {
    if (hint.wrong_name == facts.wrong_name && hint.type == facts.builtin_base) {
      return hint.text;
    }
  }
  return std::nullopt;
}

/// True if NFKC leaves the name as it is. Names that it might change are rare enough to be marked.
bool is_normalized(std::string_view name, const TextRules& rules) {
  if (text::is_ascii(name)) return true;
  const std::u32string code_points = text::decode(name);
  return std::none_of(code_points.begin(), code_points.end(),
                      [&](char32_t c) { return text::may_normalize(c, database_of(rules)); });
}

class Search {
 public:
  Search(const SuggestionFacts& facts, const TextRules& rules) : facts_(facts), rules_(rules) {}

  std::optional<std::string> find() {
    using Kind = SuggestionFacts::Kind;
    if (facts_.kind == Kind::name_error) {
      if (facts_.no_frame) return std::nullopt;
      if (facts_.self_has_name) return "self." + facts_.wrong_name;
      return nearest_name(facts_.wrong_name, facts_.candidates, rules_);
    }
    const std::vector<PyText> shown = visible();
    auto found = nearest_name(facts_.wrong_name, shown, rules_);
    if (found || facts_.kind != Kind::attribute_error || !rules_.nested_suggestions) return found;
    const bool searched = shown.size() <= max_candidates && text::decode(facts_.wrong_name).size() <= max_compared;
    if (!searched || facts_.nested_attributes.empty()) return std::nullopt;
    return facts_.nested_attributes.front() + "." + facts_.wrong_name;
  }

 private:
  [[nodiscard]] std::vector<PyText> visible() const {
    const bool attribute = facts_.kind == SuggestionFacts::Kind::attribute_error;
    const bool hide = rules_.suggestions_hide_underscored && !facts_.wrong_name.starts_with('_') &&
                      !(attribute && facts_.is_frame_self) &&
                      facts_.kind != SuggestionFacts::Kind::module_not_found;
    std::vector<PyText> names;
    for (const PyText& name : facts_.candidates) {
      if (!hide || !name.starts_with('_')) names.push_back(name);
    }
    return names;
  }

  const SuggestionFacts& facts_;
  const TextRules& rules_;
};

std::string did_you_mean(const std::string& name, const SuggestionFacts& facts, const TextRules& rules) {
  if (rules.suggestion_instead_of && facts.kind == SuggestionFacts::Kind::attribute_error) {
    // Both names are escaped, or neither.
    const std::string escaped = in_parentheses(name, rules);
    const std::string wrong = escaped.empty() ? std::string() : " (" + ascii_repr(facts.wrong_name) + ")";
    return ". Did you mean '." + name + "'" + escaped + " instead of '." + facts.wrong_name + "'" + wrong + "?";
  }
  const bool plain = facts.kind == SuggestionFacts::Kind::module_not_found;
  return ". Did you mean: '" + name + "'" + (plain ? std::string() : in_parentheses(name, rules)) + "?";
}

/// ModuleNotFoundError, where it has hints of its own.
bool append_module_hint(std::string& message, const SuggestionFacts& facts, const TextRules& rules) {
  if (!rules.module_hints) return true;
  if (facts.in_stdlib_names) {
    message = "Standard library module '" + facts.wrong_name + "' was not found";
    return facts.candidates_exact;  // a distribution may have put another text in its place
  }
  if (facts.no_site) {
    message +=
        ". Site initialization is disabled, did you forget to add the site-packages directory to sys.path "
        "or to enable your virtual environment?";
    return true;
  }
  if (!facts.candidates_exact) return false;
  if (const auto name = Search(facts, rules).find()) message += did_you_mean(*name, facts, rules);
  return true;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view wrong_name, std::span<const PyText> candidates,
                                        const TextRules& rules) {
  if (rules.distance != TextRules::Distance::characters) {
    auto name = nearest_by_bytes(wrong_name, candidates);
    const bool found = name && !name->empty();
    if (found || rules.distance == TextRules::Distance::bytes) return found ? name : std::nullopt;
  }
  auto name = nearest_by_characters(wrong_name, candidates, database_of(rules));
  return name && !name->empty() ? name : std::nullopt;
}

bool append_suggestion(std::string& message, const SuggestionFacts& facts, const TextRules& rules) {
  using Kind = SuggestionFacts::Kind;
  if (facts.kind == Kind::module_not_found) return append_module_hint(message, facts, rules);
  if (facts.kind == Kind::attribute_error && rules.cross_language_hints) {
    if (const auto hint = cross_language_hint(facts)) {
      message.append(". ").append(*hint);
      return true;
    }
  }
  if (!facts.candidates_exact) return false;
  if (rules.suggestion_normalizes && !is_normalized(facts.wrong_name, rules)) return false;
  const auto name = Search(facts, rules).find();
  if (name) message += did_you_mean(*name, facts, rules);
  if (facts.kind == Kind::name_error && facts.in_stdlib_names) {
    message += name ? " Or did you forget to import '" : ". Did you forget to import '";
    message += facts.wrong_name;
    message += rules.forget_import_has_question_mark ? "'?" : "'";
  }
  return true;
}

}  // namespace pyexc::traceback
