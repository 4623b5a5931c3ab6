#pragma once
// One spdlog logger per room, to stderr, silent unless -v. Never used while a target is frozen.
// The level test is inline so that a disabled message costs one load.

#include <fmt/format.h>

#include <atomic>
#include <string_view>

namespace pyexc::log {

enum class Level : int { trace, debug, info, off };

/// Set once by app/ before any other room runs.
void set_level(Level level);

namespace detail {
extern std::atomic<int> current_level;
void write(Level level, std::string_view room, std::string_view text);
}  // namespace detail

[[nodiscard]] inline bool enabled(Level level) noexcept {
  return static_cast<int>(level) >= detail::current_level.load(std::memory_order_relaxed);
}

template <class... Args>
void debug(std::string_view room, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::debug))
    detail::write(Level::debug, room, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view room, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::info))
    detail::write(Level::info, room, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace pyexc::log
