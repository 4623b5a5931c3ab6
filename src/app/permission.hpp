#pragma once
// Why the kernel did not let us look at a process, found by asking what usually forbids it.

#include <cstdint>

#include "app/explain.hpp"

namespace pyexc::app {

[[nodiscard]] Explanation explain_refusal(const Error& error, std::int64_t pid);

}  // namespace pyexc::app
