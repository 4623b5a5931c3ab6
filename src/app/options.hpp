#pragma once
// What the command line asked for.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "render/render.hpp"
#include "session/session.hpp"

namespace pyexc::app {

enum class Format : std::uint8_t { text, json };
enum class Color : std::uint8_t { automatic, always, never };
enum class Command : std::uint8_t { attach, core, replay, show_help, show_version };

struct Options {
  Command command = Command::attach;
  std::vector<std::int64_t> pids;  ///< attach
  std::string recording;           ///< replay
  CoreOptions core;                ///< core
  AttachOptions session;
  Format format = Format::text;
  render::TaskView tasks = render::TaskView::busy;
  Color color = Color::automatic;
  std::size_t times = 1;              ///< looks at each process
  std::chrono::nanoseconds every = std::chrono::milliseconds(500);
  bool children = false;              ///< also all processes below the given ones
  std::optional<std::string> output;  ///< --output; stdout without it
  std::optional<std::chrono::nanoseconds> timeout;
  bool verbose = false;
};

}  // namespace pyexc::app
