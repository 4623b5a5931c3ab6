#pragma once
// asyncio/format_helpers.py and coroutines._format_coroutine(): functions and coroutines with the
// places they stand at.

#include <span>

#include "cpython/value/self.hpp"

namespace pyexc::cpython {

/// Whether this release shows the arguments of a callback always or only in debug mode.
enum class CallbackArguments : std::uint8_t { unknown, always, in_debug_mode };

/// Gives up unless the functions of format_helpers are the standard library's own.
[[nodiscard]] CallbackArguments require_format_helpers(Self& self);
/// format_helpers._format_callback_source(callback, args)
void put_callback_source(Printer& out, RemoteAddr callback, std::span<const RemoteAddr> args,
                         bool show_arguments);

/// What _format_coroutine() says; gives up where that is not known.
struct CoroutineText {
  RemoteAddr name;       ///< a str
  bool running = false;  ///< it has a frame
  RemoteAddr file;       ///< a str
  std::optional<std::int64_t> line;
};
[[nodiscard]] CoroutineText describe_coroutine(Self& self, RemoteAddr coroutine);
void put_coroutine(Printer& out, const CoroutineText& text);

}  // namespace pyexc::cpython
