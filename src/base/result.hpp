#pragma once
// Fallible functions return Result<T>. Three ways to use one:
//   propagate   PYEXC_TRY(auto value, read_it());            returns the error to our caller
//               PYEXC_CHECK(do_it());                        the same for Result<void>
//   handle      if (auto r = read_it()) use(*r); else problems.push_back(r.error());
//   default     read_it().value_or(fallback)

#include <expected>

#include "base/error.hpp"

namespace pyexc {

template <class T = void>
using Result = std::expected<T, Error>;

using Unexpected = std::unexpected<Error>;

[[nodiscard]] inline Unexpected fail(Error error) { return Unexpected(std::move(error)); }
[[nodiscard]] inline Unexpected fail(Errc code, std::string what = {}) {
  return Unexpected(Error(code, std::move(what)));
}

}  // namespace pyexc

#define PYEXC_CONCAT_(a, b) a##b
#define PYEXC_CONCAT(a, b) PYEXC_CONCAT_(a, b)
#define PYEXC_TRY_(tmp, decl, expr)                         \
  auto tmp = (expr);                                        \
  if (!tmp) return ::pyexc::fail(std::move(tmp).error());   \
  decl = *std::move(tmp)
#define PYEXC_TRY(decl, expr) PYEXC_TRY_(PYEXC_CONCAT(pyexc_try_, __LINE__), decl, expr)
#define PYEXC_CHECK(expr)                                                           \
  do {                                                                              \
    if (auto pyexc_check = (expr); !pyexc_check)                                    \
      return ::pyexc::fail(std::move(pyexc_check).error());                         \
  } while (false)
