// Which names are secret, and which only look like it to somebody who counts letters.

#include <doctest/doctest.h>

#include "redact/names.hpp"

using namespace pyexc::redact;

TEST_CASE("secret names, however they are joined") {
  for (const char* name : {"password",
                           "PASSWORD",
                           "Password2",
                           "db_password",
                           "dbPassword",
                           "db.password",
                           "DATABASE_PASSWORD",
                           "userPasswd",
                           "passwd",
                           "pwd",
                           "db_pwd",
                           "secret",
                           "SECRET_KEY",
                           "clientSecret",
                           "client-secret",
                           "django_secret_key",
                           "token",
                           "access_token",
                           "accessToken",
                           "X-Auth-Token",
                           "apiKey",
                           "API_KEY",
                           "x-api-key",
                           "APIKey",
                           "apikey",
                           "myApiKeys",
                           "AWS_SECRET_ACCESS_KEY",
                           "aws_access_key_id",
                           "AccountKey",
                           "SharedAccessKey",
                           "private_key",
                           "privateKey",
                           "signing_key",
                           "Authorization",
                           "HTTP_AUTHORIZATION",
                           "proxy-authorization",
                           "credential",
                           "credentials",
                           "creds",
                           "dsn",
                           "SENTRY_DSN",
                           "session_id",
                           "sessionid",
                           "PHPSESSID",
                           "session_key",
                           "csrf_token",
                           "csrfmiddlewaretoken",
                           "jwt",
                           "passphrase",
                           "db_pass",
                           "smtp.pass",
                           "pass",
                           "connection_string",
                           "ConnectionString",
                           "otp",
                           "cvv",
                           "card_number",
                           "cardNumber",
                           "password_hash",
                           "token_value",
                           "old_password",
                           "password_for_db",
                           "PGPASSWORD",
                           "rsa_private_key_pem"}) {
    CAPTURE(name);
    CHECK(secret_name(name) == NameKind::any);
  }
  for (const char* name :
       {"cookie", "cookies", "Set-Cookie", "HTTP_COOKIE", "tokens", "max_token", "magic_number_token"}) {
    CAPTURE(name);
    CHECK(secret_name(name) == NameKind::no_numbers);
  }
  for (const char* name : {"session", "sessions", "http_session", "auth", "basicAuth"}) {
    CAPTURE(name);
    CHECK(secret_name(name) == NameKind::plain_only);
  }
}

TEST_CASE("their innocent twins") {
  for (const char* name : {"",
                           "a",
                           "tokenize",
                           "tokenizer",
                           "session_count",
                           "author",
                           "authors",
                           "authority",
                           "passenger",
                           "passengers",
                           "secretary",
                           "monkey",
                           "keyboard",
                           "key",
                           "keys",
                           "primary_key",
                           "foreign_key",
                           "sort_key",
                           "public_key",
                           "cookiecutter_dir",
                           "token_count",
                           "tokenCount",
                           "password_length",
                           "passwordField",
                           "token_type",
                           "token_url",
                           "session_timeout",
                           "cookie_max_age",
                           "password_file",
                           "PWD",
                           "OLDPWD",
                           "compass",
                           "bypass",
                           "first_pass",
                           "passing",
                           "password_validators",
                           "secret_name",
                           "auth_backend",
                           "cursor",
                           "description",
                           "credit",
                           "obsession",
                           "possession",
                           "tokenized_text",
                           "InvalidTokenError",
                           "password_changed_at",
                           "dsn_count",
                           "pastime",
                           "username",
                           "session_maker",
                           "SESSION_COOKIE_NAME"}) {
    CAPTURE(name);
    CHECK(secret_name(name) == NameKind::none);
  }
}

TEST_CASE("what the value is decides with the name") {
  CHECK(secret_value(NameKind::any, {"str", 8}));
  CHECK(secret_value(NameKind::any, {"int", {}}));
  CHECK(secret_value(NameKind::any, {"SecretStr", {}}));
  CHECK(secret_value(NameKind::any, {"dict", 2}));
  CHECK_FALSE(secret_value(NameKind::any, {"str", 0}));
  for (const char* type : {"NoneType", "bool", "function", "type", "module", "method"})
    CHECK_FALSE(secret_value(NameKind::any, {type, {}}));
  CHECK(secret_value(NameKind::no_numbers, {"RequestsCookieJar", {}}));
  CHECK_FALSE(secret_value(NameKind::no_numbers, {"int", {}}));
  CHECK(secret_value(NameKind::plain_only, {"str", 4}));
  CHECK(secret_value(NameKind::plain_only, {"SecureCookieSession", 3}));
  CHECK_FALSE(secret_value(NameKind::plain_only, {"Session", {}}));
  CHECK_FALSE(secret_value(NameKind::plain_only, {"int", {}}));
  CHECK_FALSE(secret_value(NameKind::none, {"str", 8}));
}
