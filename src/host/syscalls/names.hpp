#pragma once
// The names of system calls on the architecture this program was built for. The tables are data, one per
// architecture, written by generate.py from the kernel's headers; what a call's arguments mean goes by its
// name (host/call_rules.hpp), so only numbers differ between architectures.

#include <cstdint>
#include <string_view>

namespace pyexc::host {

/// "" if the table has no such number.
[[nodiscard]] std::string_view syscall_name(std::int64_t number) noexcept;

}  // namespace pyexc::host
