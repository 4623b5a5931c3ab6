#pragma once
// argv becomes Options, or an Errc::usage error whose text says what is wrong with it.

#include <chrono>
#include <string_view>

#include "app/options.hpp"
#include "base/result.hpp"

namespace pyexc::app {

[[nodiscard]] Result<Options> parse_command_line(int argc, char** argv);

/// "200ms", "1.5s", "2m", or a plain number of seconds; more than nothing and at most an hour.
/// A number from 0 to 1000000000.
[[nodiscard]] Result<std::size_t> parse_count(std::string_view text);
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// "16G", "512M", "64K" or a number of bytes; more than nothing.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

/// Linux has no process id above 4194304.
[[nodiscard]] Result<std::int64_t> parse_pid(std::string_view text);

}  // namespace pyexc::app
