#include "redact/names.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace pyexc::redact {

namespace {

using namespace std::string_view_literals;

template <class T, std::size_t count>
constexpr std::array<T, count> sorted(std::array<T, count> list) {
  std::ranges::sort(list);
  return list;
}

constexpr auto any_words =
    sorted(std::array{"accesskey"sv,   "accesskeys"sv,    "apikey"sv,     "apikeys"sv,
                      "authkey"sv,     "authorization"sv, "bearer"sv,     "connectionstring"sv,
                      "conninfo"sv,    "connstr"sv,       "cred"sv,       "credential"sv,
                      "credentials"sv, "creds"sv,         "csrf"sv,       "csrfmiddlewaretoken"sv,
                      "cvc"sv,         "cvv"sv,           "dbpass"sv,     "dsn"sv,
                      "dsns"sv,        "jsessionid"sv,    "jwt"sv,        "jwts"sv,
                      "otp"sv,         "passcode"sv,      "passphrase"sv, "passphrases"sv,
                      "passwd"sv,      "passwds"sv,       "password"sv,   "passwords"sv,
                      "pgpass"sv,      "phpsessid"sv,     "privatekey"sv, "privkey"sv,
                      "pw"sv,          "pwd"sv,           "secret"sv,     "secretkey"sv,
                      "secrets"sv,     "sessid"sv,        "sessionid"sv,  "sessionkey"sv,
                      "token"sv,       "totp"sv,          "userpass"sv,   "xsrf"sv});

constexpr auto any_endings = sorted(std::array{
    "password"sv, "passwords"sv, "passwd"sv, "passphrase"sv, "secret"sv, "secrets"sv, "apikey"sv,
    "accesskey"sv, "token"sv, "secretkey"sv, "privatekey"sv, "credentials"sv});

constexpr auto no_number_words = sorted(std::array{"cookie"sv, "cookies"sv, "tokens"sv});
constexpr auto plain_only_words = sorted(std::array{"auth"sv, "session"sv, "sessions"sv});

/// Words in front of `key` that make it one.
constexpr auto key_words = sorted(std::array{
    "access"sv,     "account"sv,  "aes"sv,     "api"sv,        "app"sv,    "application"sv,
    "auth"sv,       "consumer"sv, "crypto"sv,  "decryption"sv, "deploy"sv, "encrypt"sv,
    "encryption"sv, "fernet"sv,   "hmac"sv,    "license"sv,    "master"sv, "private"sv,
    "rsa"sv,        "secret"sv,   "service"sv, "session"sv,    "shared"sv, "sign"sv,
    "signing"sv,    "ssh"sv,      "storage"sv});

/// Words in front of `pass` that make it a password: `first_pass` is none.
constexpr auto pass_words = sorted(std::array{
    "account"sv, "admin"sv,   "amqp"sv, "auth"sv,     "database"sv, "db"sv,       "email"sv,
    "ftp"sv,     "http"sv,    "imap"sv, "ldap"sv,     "login"sv,    "mail"sv,     "mongo"sv,
    "my"sv,      "mysql"sv,   "pg"sv,   "postgres"sv, "proxy"sv,    "rabbitmq"sv, "redis"sv,
    "root"sv,    "service"sv, "smtp"sv, "ssh"sv,      "svc"sv,      "user"sv});

constexpr auto other_phrases = sorted(
    std::array{std::pair{"access"sv, "signature"sv},   std::pair{"auth"sv, "code"sv},
               std::pair{"authorization"sv, "code"sv}, std::pair{"backup"sv, "code"sv},
               std::pair{"backup"sv, "codes"sv},       std::pair{"card"sv, "number"sv},
               std::pair{"conn"sv, "str"sv},           std::pair{"conn"sv, "string"sv},
               std::pair{"connection"sv, "string"sv},  std::pair{"credit"sv, "card"sv},
               std::pair{"pass"sv, "code"sv},          std::pair{"pass"sv, "phrase"sv},
               std::pair{"pass"sv, "word"sv},          std::pair{"pin"sv, "code"sv},
               std::pair{"recovery"sv, "code"sv},      std::pair{"recovery"sv, "codes"sv},
               std::pair{"security"sv, "code"sv},      std::pair{"seed"sv, "phrase"sv},
               std::pair{"session"sv, "id"sv},         std::pair{"verification"sv, "code"sv}});

/// Behind the secret word these say that something about the secret is meant, not the secret
/// itself.
constexpr auto innocent_after = sorted(std::array{
    "age"sv,         "alg"sv,        "algorithm"sv,  "args"sv,     "at"sv,        "backend"sv,
    "backends"sv,    "callback"sv,   "changed"sv,    "class"sv,    "cls"sv,       "column"sv,
    "config"sv,      "count"sv,      "counter"sv,    "counts"sv,   "created"sv,   "date"sv,
    "dir"sv,         "directory"sv,  "disabled"sv,   "domain"sv,   "duration"sv,  "enabled"sv,
    "endpoint"sv,    "engine"sv,     "error"sv,      "errors"sv,   "exception"sv, "exceptions"sv,
    "expiration"sv,  "expired"sv,    "expires"sv,    "expiry"sv,   "factory"sv,   "failed"sv,
    "field"sv,       "fields"sv,     "file"sv,       "filename"sv, "files"sv,     "folder"sv,
    "form"sv,        "fn"sv,         "func"sv,       "function"sv, "handler"sv,   "hasher"sv,
    "hashers"sv,     "help"sv,       "host"sv,       "httponly"sv, "idx"sv,       "index"sv,
    "interface"sv,   "interval"sv,   "invalid"sv,    "issued"sv,   "kind"sv,      "kwargs"sv,
    "label"sv,       "len"sv,        "length"sv,     "level"sv,    "lifetime"sv,  "limit"sv,
    "limits"sv,      "location"sv,   "login"sv,      "maker"sv,    "manager"sv,   "max"sv,
    "method"sv,      "methods"sv,    "middleware"sv, "min"sv,      "missing"sv,   "mode"sv,
    "name"sv,        "names"sv,      "num"sv,        "number"sv,   "offset"sv,    "option"sv,
    "options"sv,     "params"sv,     "path"sv,       "paths"sv,    "pattern"sv,   "patterns"sv,
    "placeholder"sv, "policy"sv,     "pool"sv,       "port"sv,     "pos"sv,       "position"sv,
    "prompt"sv,      "provider"sv,   "providers"sv,  "re"sv,       "regex"sv,     "registry"sv,
    "required"sv,    "reset"sv,      "samesite"sv,   "scheme"sv,   "scope"sv,     "scopes"sv,
    "secure"sv,      "settings"sv,   "size"sv,       "sizes"sv,    "state"sv,     "status"sv,
    "store"sv,       "strength"sv,   "time"sv,       "timeout"sv,  "title"sv,     "total"sv,
    "ttl"sv,         "type"sv,       "types"sv,      "updated"sv,  "uri"sv,       "url"sv,
    "urls"sv,        "usage"sv,      "used"sv,       "user"sv,     "username"sv,  "valid"sv,
    "validator"sv,   "validators"sv, "verified"sv,   "version"sv,  "view"sv,      "warning"sv});

/// In front of the secret word: a number under such a name counts something.
constexpr auto counting = sorted(
    std::array{"avg"sv, "count"sv, "len"sv, "max"sv, "min"sv, "n"sv, "nb"sv, "num"sv, "number"sv, "total"sv});

constexpr auto harmless_types = sorted(std::array{
    "ABCMeta"sv, "EnumMeta"sv, "EnumType"sv, "NoneType"sv, "bool"sv, "builtin_function_or_method"sv,
    "classmethod"sv, "ellipsis"sv, "function"sv, "generator"sv, "getset_descriptor"sv,
    "member_descriptor"sv, "method"sv, "method_descriptor"sv, "module"sv, "property"sv,
    "staticmethod"sv, "type"sv, "wrapper_descriptor"sv});

bool among(const auto& list, const auto& word) { return std::ranges::binary_search(list, word); }

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// The words of a name, without the digits at their ends: password2, oauth2.
class Words {
 public:
  explicit Words(std::string_view name) noexcept {
    if (name.size() > text_.size()) name.remove_prefix(name.size() - text_.size());
    std::size_t begin = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const char c = name[i];
      const bool part = is_lower(c) || is_upper(c) || is_digit(c);
      const bool hump = i > 0 && is_upper(c) && (is_lower(name[i - 1]) || is_digit(name[i - 1]));
      const bool last_of_capitals = i > 0 && is_upper(c) && is_upper(name[i - 1]) &&
                                    i + 1 < name.size() && is_lower(name[i + 1]) &&
                                    !(name[i + 1] == 's' && i + 2 == name.size());
      if (!part || hump || last_of_capitals) {
        end_word(begin, i);
        begin = part ? i : i + 1;
      }
      text_[i] = lower(c);
    }
    end_word(begin, name.size());
  }

  [[nodiscard]] std::span<const std::string_view> all() const noexcept {
    return {words_.data(), count_};
  }

 private:
  void end_word(std::size_t begin, std::size_t end) noexcept {
    while (end > begin && is_digit(text_[end - 1])) --end;
    if (end > begin && count_ < words_.size())
      words_[count_++] = {text_.data() + begin, end - begin};
  }

  std::array<char, 128> text_{};
  std::array<std::string_view, 32> words_{};
  std::size_t count_ = 0;
};

NameKind kind_of_word(std::string_view word) {
  if (among(any_words, word)) return NameKind::any;
  if (among(no_number_words, word)) return NameKind::no_numbers;
  if (among(plain_only_words, word)) return NameKind::plain_only;
  const bool ends = std::ranges::any_of(
      any_endings, [&](std::string_view ending) { return word.ends_with(ending); });
  return ends ? NameKind::any : NameKind::none;
}

bool secret_phrase(std::string_view first, std::string_view second) {
  if (second == "key" || second == "keys") return among(key_words, first);
  if (second == "pass") return among(pass_words, first);
  return among(other_phrases, std::pair{first, second});
}

/// Cheap, and never false for a name that is secret: most names end here.
bool may_be_secret(std::string_view name) {
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    switch (lower(name[i])) {
      case 'a':
        if (lower(name[i + 1]) == 'u' || lower(name[i + 1]) == 's') return true;
        break;
      case 'b':
        if (lower(name[i + 1]) == 'e') return true;
        break;
      case 'c':
        if (constexpr auto next = "arosv"sv; next.find(lower(name[i + 1])) != next.npos)
          return true;
        break;
      case 'd':
        if (lower(name[i + 1]) == 's') return true;
        break;
      case 'j':
        if (lower(name[i + 1]) == 'w') return true;
        break;
      case 'k':
        if (lower(name[i + 1]) == 'e') return true;
        break;
      case 'o':
        if (lower(name[i + 1]) == 't') return true;
        break;
      case 'p':
        if (lower(name[i + 1]) == 'a' || lower(name[i + 1]) == 'w' || lower(name[i + 1]) == 'h')
          return true;
        break;
      case 's':
        if (lower(name[i + 1]) == 'e' || lower(name[i + 1]) == 'i' || lower(name[i + 1]) == 't')
          return true;
        break;
      case 't':
        if (lower(name[i + 1]) == 'o') return true;
        break;
      case 'x':
        if (lower(name[i + 1]) == 's') return true;
        break;
      default: break;
    }
  }
  return false;
}

}  // namespace

NameKind secret_name(std::string_view name) noexcept {
  if (!may_be_secret(name)) return NameKind::none;
  if (name == "PWD" || name == "OLDPWD") return NameKind::none;  // the shell's working directory
  const Words split(name);
  const auto words = split.all();
  NameKind kind = NameKind::none;
  std::size_t first = words.size(), behind = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    NameKind here = kind_of_word(words[i]);
    std::size_t end = i + 1;
    if (i + 1 < words.size() && secret_phrase(words[i], words[i + 1])) {
      here = NameKind::any;
      end = i + 2;
    }
    if (words.size() == 1 && words[i] == "pass") here = NameKind::any;
    if (here == NameKind::none) continue;
    kind = std::max(kind, here);
    first = std::min(first, i);
    behind = std::max(behind, end);
  }
  if (kind == NameKind::none) return kind;
  const auto after = words.subspan(behind);
  if (std::ranges::any_of(after, [](std::string_view word) { return among(innocent_after, word); }))
    return NameKind::none;
  const bool counts = std::ranges::any_of(words.first(first),
                                          [](std::string_view w) { return among(counting, w); });
  return counts && kind == NameKind::any ? NameKind::no_numbers : kind;
}

bool secret_value(NameKind kind, const ValueFacts& value) noexcept {
  if (kind == NameKind::none || among(harmless_types, value.type) || value.length == 0)
    return false;
  constexpr std::array numbers = {"Decimal"sv, "Fraction"sv, "complex"sv, "float"sv, "int"sv};
  if (among(numbers, value.type)) return kind == NameKind::any;
  if (kind != NameKind::plain_only) return true;
  return value.length.has_value() || value.type == "set" || value.type == "frozenset" ||
         value.type == "memoryview";
}

bool names_password(std::string_view name) noexcept {
  const Words split(name);
  return std::ranges::any_of(split.all(), [](std::string_view word) {
    return word.ends_with("password") || word.ends_with("passwd") || word == "pwd" ||
           word == "pw" || word.ends_with("passphrase") || word.ends_with("pass") ||
           word == "passcode";
  });
}

bool names_header(std::string_view name) noexcept {
  const Words split(name);
  const auto words = split.all();
  return !words.empty() && (words.back() == "authorization" || words.back() == "cookie");
}

}  // namespace pyexc::redact
