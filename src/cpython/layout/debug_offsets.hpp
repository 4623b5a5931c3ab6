#pragma once
// _Py_DebugOffsets, the table that CPython 3.13 and later keeps at the start of _PyRuntime for
// tools like this one (Include/internal/pycore_debug_offsets.h; 3.13: pycore_runtime.h). It is the
// target's own word about the target's own build, and for the same reason untrusted input: a number
// in it is used only if it is plausible, and a structure it describes in another way than we know
// gives up every member the table does not name.

#include <cstddef>
#include <optional>
#include <span>

#include "cpython/layout/layout.hpp"

namespace pyexc::layout {

inline constexpr std::size_t debug_offsets_header_size = 24;
/// More than any known release's table; reading this much of _PyRuntime is always possible.
inline constexpr std::size_t debug_offsets_max_size = 1024;

struct DebugOffsetsHeader {
  Version version;
  bool free_threaded = false;
};

/// The first three words, if `bytes` begins with the cookie; nothing if it does not (3.12 and
/// before).
[[nodiscard]] std::optional<DebugOffsetsHeader> debug_offsets_header(
    std::span<const std::byte> bytes);

/// The layout of the target: its own offsets, completed by our table of that minor version.
/// `unsupported` if that version is not known or the two cannot be brought together.
[[nodiscard]] Result<Layout> layout_from_debug_offsets(std::span<const std::byte> bytes,
                                                       bool debug);

/// Size of the table in a minor version of Python 3; 0 if that version has none or is not known.
[[nodiscard]] std::size_t debug_offsets_size(int minor);

}  // namespace pyexc::layout
