#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace pyexc::log {

namespace detail {

std::atomic<int> current_level{static_cast<int>(Level::off)};

namespace {
spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::trace: return spdlog::level::trace;
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::off: return spdlog::level::off;
  }
  return spdlog::level::off;
}

std::shared_ptr<spdlog::logger> logger_of(std::string_view room) {
  const std::string name(room);
  if (auto existing = spdlog::get(name)) return existing;
  auto logger = spdlog::stderr_logger_mt(name);
  logger->set_pattern("[%T.%f] [%n] %v");
  logger->set_level(spdlog::level::trace);
  return logger;
}
}  // namespace

void write(Level level, std::string_view room, std::string_view text) {
  logger_of(room)->log(to_spdlog(level), "{}", text);
}

}  // namespace detail

void set_level(Level level) {
  detail::current_level.store(static_cast<int>(level), std::memory_order_relaxed);
}

}  // namespace pyexc::log
