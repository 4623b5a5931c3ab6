#include "traceback/keyword_typo.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "text/codepoints.hpp"
#include "text/pystring.hpp"
#include "traceback/close_matches.hpp"
#include "traceback/suggestion.hpp"
#include "traceback/syntax/statements.hpp"

namespace pyexc::traceback {

namespace {

using Lines = std::vector<std::u32string_view>;

constexpr std::size_t max_code = 1024;
constexpr std::size_t max_names = 10;
constexpr std::size_t max_matches = 3;
constexpr double cutoff = 0.5;
constexpr std::size_t longest_word = 200;  // from here on difflib would look for junk

/// codeop.compile_command() does not raise a SyntaxError.
bool compiles(std::u32string_view code, const syntax::Grammar& grammar) {
  const std::string source = syntax::prepare(text::encode(code) + "\n");
  const syntax::Module module = syntax::parse_module(source, grammar);
  return module.valid ? !module.uncompilable : module.ran_out;
}

/// The keywords to try for a name, the likeliest first.
std::vector<std::string> likely_keywords(std::string_view name, const TextRules& rules) {
  std::vector<PyText> keywords;
  for (const std::string_view keyword : syntax::keywords()) keywords.emplace_back(keyword);
  std::vector<std::string> found;
  TextRules by_bytes = rules;
  by_bytes.distance = TextRules::Distance::bytes;
  if (auto nearest = nearest_name(name, keywords, by_bytes)) found.push_back(std::move(*nearest));

  const std::u32string word = text::decode(name);
  if (word.size() >= longest_word) return found;
  struct Scored {
    double score;
    std::string_view keyword;
  };
  std::vector<Scored> close;
  for (const std::string_view keyword : syntax::keywords()) {
    const double score = similarity(text::decode(keyword), word);
    if (score >= cutoff) close.push_back({score, keyword});
  }
  std::sort(close.begin(), close.end(), [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.keyword > b.keyword;
  });
  if (close.size() > max_matches) close.resize(max_matches);
  for (const Scored& scored : close) found.emplace_back(scored.keyword);
  if (found.size() > max_matches) found.resize(max_matches);
  return found;
}

/// The statement that is looked at, and where it came from.
struct Code {
  std::u32string text;
  std::int64_t first_line = 0;
  std::int64_t last_line = 0;
  bool from_file = false;
};

std::size_t slice_bound(std::int64_t bound, std::size_t size) {
  const auto signed_size = static_cast<std::int64_t>(size);
  if (bound < 0) bound = std::max<std::int64_t>(0, signed_size + bound);
  return static_cast<std::size_t>(std::min(bound, signed_size));
}

std::optional<Code> statement_of(const SyntaxErrorFacts& facts, const TextRules& rules, bool& exact) {
  Code code;
  code.first_line = facts.metadata_line;
  if (facts.lineno.kind == AttributeFact::Kind::integer) {
    code.last_line = facts.lineno.integer;
  } else if (facts.lineno.kind != AttributeFact::Kind::none) {
    exact = false;
    return std::nullopt;
  }
  std::string_view source = facts.text.str.text;
  if (facts.metadata_source) {
    source = *facts.metadata_source;
  } else if (facts.filename.kind != AttributeFact::Kind::none && !facts.filename.str.text.empty()) {
    if (!facts.file_looked_at) {
      exact = false;
      return std::nullopt;
    }
    if (facts.file_text) {
      source = *facts.file_text;
      code.from_file = true;
    } else {
      code.first_line = 0;
      code.last_line = 1;
    }
  }
  const std::u32string decoded = text::decode(source);
  const Lines lines = text::splitlines(decoded);
  const std::size_t from = slice_bound(code.first_line > 0 ? code.first_line - 1 : 0, lines.size());
  const std::size_t to = slice_bound(code.last_line, lines.size());
  std::u32string joined;
  for (std::size_t i = from; i < to && joined.size() <= (1U << 20); ++i) {
    if (i != from) joined.push_back(U'\n');
    joined.append(lines[i]);
  }
  code.text = text::dedent(joined, rules.dedent_empties_any_space ? text::Dedent::any_space
                                                                  : text::Dedent::space_and_tab);
  if (code.text.size() > max_code) return std::nullopt;
  return code;
}

/// A name of the statement, with characters for columns.
struct Name {
  std::string_view text;
  std::size_t line = 0;  ///< from 0
  std::size_t start = 0;
  std::size_t end = 0;
};

std::vector<Name> names_of(const syntax::Lexed& lexed, std::string_view source) {
  const std::u32string decoded = text::decode(source);
  std::vector<Name> names;
  Lines lines;
  for (std::u32string_view rest = decoded;;) {
    const auto end = rest.find(U'\n');
    lines.push_back(rest.substr(0, end));
    if (end == std::u32string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  for (const syntax::Token& token : lexed.tokens) {
    if (token.kind != syntax::Kind::name || token.start.line > lines.size()) continue;
    const auto line = lines[token.start.line - 1];
    names.push_back({token.text, token.start.line - 1, text::byte_to_character_offset(line, token.start.column),
                     text::byte_to_character_offset(line, token.end.column)});
  }
  return names;
}

std::u32string replaced(const Lines& lines, const Name& name, std::string_view keyword) {
  std::u32string code;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != 0) code.push_back(U'\n');
    if (i != name.line) {
      code.append(lines[i]);
      continue;
    }
    code.append(lines[i].substr(0, name.start)).append(text::decode(keyword));
    code.append(lines[i].substr(std::min(name.end, lines[i].size())));
  }
  return code;
}

}  // namespace

std::optional<KeywordTypo> find_keyword_typo(const SyntaxErrorFacts& facts, const TextRules& rules,
                                             const syntax::Grammar& grammar, bool& exact) {
  if (!facts.has_metadata || facts.msg.kind != AttributeFact::Kind::text) return std::nullopt;
  const std::string_view message = facts.msg.str.text;
  if (message != "invalid syntax" && message.find("Perhaps you forgot a comma") == std::string_view::npos) {
    return std::nullopt;
  }
  const auto code = statement_of(facts, rules, exact);
  if (!code) return std::nullopt;
  if (rules.syntax_error_keywords_must_fail && compiles(code->text, grammar)) return std::nullopt;
  const Lines lines = text::splitlines(code->text);
  const std::string source = syntax::prepare(text::encode(code->text));
  const syntax::Lexed lexed = syntax::lex_leniently(source, grammar);
  const std::int64_t end = code->first_line == 0 ? code->last_line : code->last_line + 1;
  std::size_t looked_at = 0;
  for (const Name& name : names_of(lexed, source)) {
    if (code->from_file && static_cast<std::int64_t>(name.line) + 1 + code->first_line != end) continue;
    if (syntax::is_keyword(name.text)) continue;
    if (++looked_at > max_names) break;
    for (const std::string& keyword : likely_keywords(name.text, rules)) {
      if (name.line >= lines.size() || name.start > lines[name.line].size()) return std::nullopt;
      if (!compiles(replaced(lines, name, keyword), grammar)) continue;
      KeywordTypo typo;
      typo.text = text::encode(lines[name.line]);
      typo.offset = static_cast<std::int64_t>(name.start) + 1;
      typo.end_offset = static_cast<std::int64_t>(name.end) + 1;
      typo.message = "invalid syntax. Did you mean '" + keyword + "'?";
      return typo;
    }
  }
  return std::nullopt;
}

}  // namespace pyexc::traceback
