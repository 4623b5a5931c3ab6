// Secrets in texts of all kinds, whole and cut, and what must stay as it is.

#include <doctest/doctest.h>

#include <string>

#include "redact/mask.hpp"
#include "redact/rules.hpp"

using namespace pyexc;
using namespace pyexc::redact;

namespace {

std::string masked(std::string text, Language language = Language::text,
                   const Patterns& patterns = {}) {
  const auto rules = Rules::make(patterns);
  REQUIRE(rules);
  std::vector<Mask> masks;
  for (const Finding& finding : rules->find(text, language))
    masks.push_back({finding.begin, finding.end, "#"});
  apply(text, masks);
  return text;
}

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

const std::string alnum40 = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3dE5f";

}  // namespace

TEST_CASE("passwords in addresses") {
  CHECK(masked("postgres://ada:s3cr3t@db:5432/shop") == "postgres://ada:#@db:5432/shop");
  CHECK(masked("redis://:pa/ss@host/0") == "redis://:#@host/0");
  CHECK(masked("amqp://u:p@ss@host") == "amqp://u:#@host");
  CHECK(masked("cannot open 'mysql+pymysql://u:p@h/d'") == "cannot open 'mysql+pymysql://u:#@h/d'");
  CHECK(masked("postgres://ada:s3cr3") == "postgres://ada:#");
  CHECK(masked("'postgres://ada:123'...<17 more>") == "'postgres://ada:#'...<17 more>");
  CHECK(masked("https://0123456789abcdef0123456789@host/1") == "https://#@host/1");
  for (const char* plain : {"http://localhost:8080/a@b", "https://example.org", "http://[::1]:80/",
                            "ssh://git@host/x", "a://b://c", "http://host:80/?q=a:b@c",
                            "postgres://{user}:{password}@{host}/x", "https://user@host:443/"})
    CHECK(masked(plain) == plain);
}

TEST_CASE("credentials of headers, web tokens") {
  CHECK(masked("sent Bearer abcdef0123456789 to it") == "sent Bearer # to it");
  CHECK(masked("Basic YWRhOmh1bnRlcjI=") == "Basic #");
  CHECK(masked("Authorization: Digest username=\"a\"") == "Authorization: #\"a\"");
  CHECK(masked("{'Authorization': 'Token 1234'}") == "{'Authorization': '#'}");
  CHECK(masked("Cookie: a=1; b=2\nnext") == "Cookie: #\nnext");
  const std::string jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123";
  CHECK(masked("got " + jwt + ".") == "got #.");
  CHECK(masked("'" + jwt.substr(0, 30) + "'...<9 more>") == "'#'...<9 more>");
  CHECK(masked("x\\n" + jwt) == "x\\n#");
  for (const char* plain :
       {"Bearer authentication failed", "Basic Authentication required", "basic training",
        "bearer of news", "Basic realm=x", "eyJ", "eyJoe.", "the basic assumption"})
    CHECK(masked(plain) == plain);
}

TEST_CASE("private keys, whole, escaped and cut") {
  CHECK(masked("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n+/a=\n-----END RSA PRIVATE KEY-----\nx") ==
        "-----BEGIN RSA PRIVATE KEY-----#-----END RSA PRIVATE KEY-----\nx");
  CHECK(masked("'-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n'") ==
        "'-----BEGIN PRIVATE KEY-----#-----END PRIVATE KEY-----\\n'");
  CHECK(masked("'-----BEGIN PRIVATE KEY-----\\nMIIE'...<900 more>, 'b'") ==
        "'-----BEGIN PRIVATE KEY-----#'...<900 more>, 'b'");
  CHECK(masked("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl") ==
        "-----BEGIN OPENSSH PRIVATE KEY-----#");
  const std::string open = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----";
  CHECK(masked(open) == open);
}

TEST_CASE("keys that say whose they are") {
  const std::string body = alnum40;
  for (const std::string& key : {std::string("AKIAIOSFODNN7EXAMPLE"),
                                 std::string("ASIAIOSFODNN7EXAMPLE"),
                                 "AIza" + body.substr(0, 35),
                                 "ghp_" + body.substr(0, 36),
                                 "gho_" + body.substr(0, 36),
                                 "github_pat_" + body,
                                 "glpat-" + body.substr(0, 20),
                                 std::string("xoxb-123456789012-abcdef"),
                                 "sk_live_" + body.substr(0, 24),
                                 "sk-" + body,
                                 "sk-proj-" + body,
                                 "sk-ant-api03-" + body,
                                 "SG." + body.substr(0, 22) + "." + body,
                                 "npm_" + body.substr(0, 36),
                                 "pypi-AgEIcHlwaS5vcmc" + body,
                                 std::string("SK0123456789abcdef0123456789abcdef"),
                                 "hf_" + body,
                                 "hvs." + body,
                                 "dckr_pat_" + body,
                                 std::string("key-0123456789abcdef0123456789abcdef"),
                                 "ya29." + body,
                                 std::string("shpat_0123456789abcdef0123456789abcdef")}) {
    CAPTURE(key);
    CHECK(masked("with " + key + " it") == "with # it");
    CHECK(masked("['" + key + "']") == "['#']");
  }
  CHECK(masked("'ghp_aB3dE'...<31 more>") == "'#'...<31 more>");
  for (const char* plain : {"sk-loading-spinner-container-2", "npm_test", "ghp_", "secret_sauce",
                            "SKIPPED", "key-value", "AKIA", "hf_hub", "sk_learn", "pypi-server",
                            "monkey-0123456789abcdef0123456789abcdef"})
    CHECK(masked(plain) == plain);
}

TEST_CASE("name and value") {
  CHECK(masked("password=hunter2") == "password=#");
  CHECK(masked("login failed, password: hunter2, user: ada") ==
        "login failed, password: #, user: ada");
  CHECK(masked("?user=ada&access_token=abc123&x=1") == "?user=ada&access_token=#&x=1");
  CHECK(masked("{'user': 'a', 'password': 'hun,ter'}") == "{'user': 'a', 'password': '#'}");
  CHECK(masked("{\"apiKey\": \"x\\\"y\", \"b\": 1}") == "{\"apiKey\": \"#\", \"b\": 1}");
  CHECK(masked("'{\\'password\\': \\'a b\\', \\'c\\': 1}'") ==
        "'{\\'password\\': \\'#\\', \\'c\\': 1}'");
  CHECK(masked("mysql --password hunter2 -h db") == "mysql --password # -h db");
  CHECK(masked("['mysql', '--password', 'hunter2']") == "['mysql', '--password', '#']");
  CHECK(masked("(b'authorization', b'abc')") == "(b'authorization', b'#')");
  CHECK(masked("AccountName=a;AccountKey=abc+/==;x=1") == "AccountName=a;AccountKey=#;x=1");
  CHECK(masked("credentials={'a': 'b', 'c': ['d']} end") == "credentials=# end");
  CHECK(masked("password=Secret('hunter2')") == "password=#");
  CHECK(masked("password='unterminated") == "password='#");
  CHECK(masked("a\\napi_key=abc") == "a\\napi_key=#");
  CHECK(masked("pin_code=1234, max_tokens=4096, token_count=7, session=12") ==
        "pin_code=#, max_tokens=4096, token_count=7, session=12");
  CHECK(masked("https://h/?sv=1&sig=ab%2Fc") == "https://h/?sv=1&sig=#");
  for (const char* plain :
       {"password=None", "token=True", "session=<Session object at 0x7f>",
        "password=", "password: ", "unexpected token: expected", "tokenizer=bert", "author=ada",
        "key=value", "the --token option is required", "password=%s", "password={password}",
        "secret: null", "a=b=c", "::==::", "KeyError: 'token'", "token_type=bearer",
        "password=********", "usage: --password"})
    CHECK(masked(plain) == plain);
}

TEST_CASE("card numbers are in strings") {
  CHECK(masked("paid with 4111 1111 1111 1111 today") == "paid with # today");
  CHECK(masked("5500-0055-5555-5559") == "#");
  CHECK(masked("378282246310005") == "#");
  CHECK(masked("['4111111111111111', 4111111111111111]", Language::repr) ==
        "['#', 4111111111111111]");
  CHECK(masked("x = '4111111111111111' # 4111111111111111", Language::python) == "x = '#' # #");
  for (const char* plain :
       {"4111111111111112", "1234567890123456", "0.4111111111111111", "a4111111111111111",
        "41111111111111110000000", "1700000000000000", "2026-11-24 22:00:00.123456"})
    CHECK(masked(plain) == plain);
}

TEST_CASE("source keeps what is code") {
  CHECK(masked("password = \"hunter2\"", Language::python) == "password = \"#\"");
  CHECK(masked("connect(password='x', user='y')", Language::python) ==
        "connect(password='#', user='y')");
  CHECK(masked("password: str = 'x'", Language::python) == "password: str = '#'");
  CHECK(masked("config['password'] = 'x'", Language::python) == "config['password'] = '#'");
  CHECK(masked("{'password': 'x'}", Language::python) == "{'password': '#'}");
  CHECK(masked("if token == 'abc':", Language::python) == "if token == '#':");
  CHECK(masked("password = (\n    'one'\n    'two')", Language::python) ==
        "password = (\n    '#'\n    '#')");
  CHECK(masked("run('mysql --password hunter2')  # token=abc1", Language::python) ==
        "run('mysql --password #')  # token=#");
  CHECK(masked("password = 123456", Language::python) == "password = #");
  for (const char* plain :
       {"password = get_password()", "connect(password=password, token=self.token)",
        "token = tokens[0]", "f'password={password}'",
        "def login(user, password=None):", "raise Invalid(password)", "session = Session()"})
    CHECK(masked(plain, Language::python) == plain);
}

TEST_CASE("a cover in source is as long in bytes and as wide") {
  TextRules rules;
  const Rules builtin;
  for (const auto& [line, want] :
       {std::pair<std::string, std::string>{"f(password='hunter2') + g()\n",
                                            "f(password='*******') + g()\n"},
        {"x = 'postgres://u:p\u00e4\u20ac\u4e2d@h'", "x = 'postgres://u:*\u0387\u2219\uff0a@h'"},
        {"password = 'a b'", "password = '* *'"},
        {"password = 'it\\'s'", "password = '*****'"},
        {"password = \"\"\"a\nb\"\"\"", "password = \"\"\"*\n*\"\"\""}}) {
    std::string covered = line;
    cover(covered, builtin.find(line, Language::python), rules);
    CHECK(covered == want);
    CHECK(covered.size() == line.size());
  }
}

TEST_CASE("the user's patterns") {
  CHECK(masked("order 12345 of ada", Language::text, {{"\\d{5}"}, {}}) == "order # of ada");
  CHECK(masked("nickname=ada", Language::text, {{"^nickname$"}, {}}) == "nickname=#");
  CHECK(masked("password=x token=y1", Language::text, {{}, {"^password$"}}) ==
        "password=x token=#");
  CHECK(masked("postgres://u:p@localhost/x", Language::text, {{}, {"localhost"}}) ==
        "postgres://u:p@localhost/x");
  CHECK(masked("aaa", Language::text, {{"x*"}, {}}) == "aaa");
  const auto bad = Rules::make({{"("}, {}});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::usage);
}

TEST_CASE("hostile texts take no longer than their length") {
  // A rule that looked at such a text again and again would need hours for these.
  constexpr std::size_t size = 1U << 20;
  const Rules builtin;
  for (const char* piece : {"a://b:c/",
                            "://",
                            "eyJ-",
                            "pypi-",
                            "-----BEGIN PRIVATE KEY",
                            "-----BEGIN RSA PRIVATE KEY-----x!",
                            "--",
                            "--token ",
                            "token=",
                            "token:",
                            "password=[",
                            "password='",
                            "\\'",
                            "\"token\", ",
                            "('token','",
                            "bearer a",
                            "basic ",
                            "4 ",
                            "4-",
                            "=",
                            ":",
                            "token=a,",
                            "SG.",
                            "sk-ant-",
                            "token<",
                            "cookie:",
                            "a@b://",
                            "password=(("}) {
    CAPTURE(piece);
    const std::string text = repeated(piece, size);
    for (const Language language : {Language::text, Language::repr, Language::python})
      CHECK(builtin.find(text, language).size() <= size);
  }
}
