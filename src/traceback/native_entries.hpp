#pragma once
// Frames of C between the entries of a stack, each a line of its own that begins with "  native  ".

#include <string>

#include "report/report.hpp"
#include "traceback/entries.hpp"

namespace pyexc::traceback {

/// "  native  0x00007f5e1c2a4f2f poll+0x4f in libc.so.6 at poll.c:29\n"
[[nodiscard]] std::string native_line(const NativeFrame& frame);
[[nodiscard]] std::string native_lines(const std::vector<NativeFrame>& frames);

/// The stack of a thread with its frames of C: among those of Python where that is known, else below them.
[[nodiscard]] std::string stack_with_native(EntryWriter& entries, const Thread& thread);

}  // namespace pyexc::traceback
