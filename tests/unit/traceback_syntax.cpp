#include <doctest/doctest.h>

#include <string>

#include "traceback/close_matches.hpp"
#include "traceback/syntax/statements.hpp"

using namespace pyexc::traceback;

namespace {

syntax::Module parsed(std::string_view source, const syntax::Grammar& grammar = {}) {
  return syntax::parse_module(syntax::prepare(source), grammar);
}

}  // namespace

TEST_CASE("the outermost node of an expression and the ends of its parts") {
  const std::string source = syntax::prepare("(a.b) + c[1]");
  const auto module = syntax::parse_module(source, {});
  REQUIRE(module.valid);
  CHECK(module.statements == 1);
  CHECK(module.first == syntax::Module::First::expression);
  CHECK(module.value.kind == syntax::NodeKind::binary);
  CHECK(module.value.start == syntax::Position{1, 0});
  CHECK(module.left.end == syntax::Position{1, 4});  // without the parenthesis
  CHECK(module.right.start == syntax::Position{1, 8});
}

TEST_CASE("statements are counted, and the first one is known") {
  CHECK(parsed("a; b\nc").statements == 3);
  CHECK(parsed("").statements == 0);
  CHECK(parsed("return f(x)").first == syntax::Module::First::return_value);
  CHECK(parsed("x = f(x)").one_name);
  CHECK_FALSE(parsed("x = y = f(x)").one_name);
  CHECK_FALSE(parsed("x.y = f(x)").one_name);
  CHECK(parsed("if a:\n  x = f()\n").first == syntax::Module::First::other);
}

TEST_CASE("a text that ends too early is told from a wrong one") {
  CHECK(parsed("if x:").ran_out);
  CHECK(parsed("f(").ran_out);
  CHECK(parsed("'''").ran_out);
  CHECK(parsed("try:\n  x\n").ran_out);
  CHECK_FALSE(parsed("a b").ran_out);
  CHECK_FALSE(parsed("'").ran_out);
  CHECK_FALSE(parsed("x = )").ran_out);
}

TEST_CASE("what the compiler refuses after the grammar has accepted it") {
  CHECK(parsed("return x").uncompilable);
  CHECK_FALSE(parsed("def f(): return x").uncompilable);
  CHECK(parsed("break").uncompilable);
  CHECK_FALSE(parsed("while x: break").uncompilable);
  CHECK(parsed("while x:\n  def f(): break").uncompilable);
  CHECK_FALSE(parsed("lambda: (yield)").uncompilable);
  CHECK(parsed("def f(): await x").uncompilable);
}

TEST_CASE("versions accept different things") {
  syntax::Grammar old;
  old.fstring_tokens = old.template_strings = old.unpack_in_comprehension = false;
  CHECK(parsed("f'{a['k']}'").valid);
  CHECK_FALSE(parsed("f'{a['k']}'", old).valid);
  CHECK(parsed("f'{a[\"k\"]}'", old).valid);
  CHECK_FALSE(parsed("f'{a\\n}'", old).valid);
  CHECK(parsed("t'{a}'").valid);
  CHECK_FALSE(parsed("t'{a}'", old).valid);
  CHECK(parsed("[*a for a in b]").valid);
  CHECK_FALSE(parsed("[*a for a in b]", old).valid);
}

TEST_CASE("nesting without an end is refused, not followed") {
  for (const std::string_view open : {"(", "[", "{", "f(", "lambda: (", "-(", "a if b else (", "not (", "f'{", "x[", "if x:\n ",
                                      "2 ** ", "lambda: ", "*(", "await (", "a if b else ", "- ", "not ", "match x:\n case (",
                                      "match x:\n case [", "yield (", "(yield "}) {
    std::string source;
    for (int i = 0; i < 100'000; ++i) source += open;
    CHECK_FALSE(parsed(source).valid);
    CHECK_FALSE(parsed(source + "x").valid);
  }
}

TEST_CASE("random bytes are refused or accepted, never followed out of the text") {
  std::uint32_t state = 12345;
  const auto next = [&state] {
    state = state * 1664525 + 1013904223;
    return state >> 16;
  };
  constexpr std::string_view alphabet = "ab1 .,:;=()[]{}'\"\\\n#fbrt+-*/%@!<>\t\f_\xc3\xa9\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string source;
    const auto length = next() % 40;
    for (std::uint32_t i = 0; i < length; ++i) source.push_back(alphabet[next() % alphabet.size()]);
    syntax::Grammar grammar;
    grammar.fstring_tokens = round % 2 == 0;
    static_cast<void>(parsed(source, grammar));
    static_cast<void>(syntax::lex_leniently(syntax::prepare(source), grammar));
  }
}

TEST_CASE("similarity is that of difflib") {
  CHECK(similarity(U"import", U"impotr") == doctest::Approx(10.0 / 12));
  CHECK(similarity(U"while", U"whille") == doctest::Approx(10.0 / 11));
  CHECK(similarity(U"", U"") == 1.0);
  CHECK(similarity(U"abc", U"") == 0.0);
}
