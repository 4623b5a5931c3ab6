#include "traceback/native_entries.hpp"

#include <fmt/format.h>

#include <span>

namespace pyexc::traceback {

namespace {

std::string joined(const Entries& entries) {
  std::string all;
  for (const auto& piece : entries.pieces) all += piece;
  return all;
}

/// Names come from files of the target: one line stays one line.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += c == '\n' ? std::string("\\n") : std::string(1, c);
  return line;
}

}  // namespace

std::string native_line(const NativeFrame& frame) {
  std::string line = fmt::format("  native  {:#018x} ", frame.address);
  line += frame.symbol.empty() ? "??" : one_line(frame.symbol);
  if (frame.offset && !frame.symbol.empty()) line += fmt::format("+{:#x}", *frame.offset);
  if (!frame.object.empty()) line += " in " + one_line(frame.object.substr(frame.object.rfind('/') + 1));
  if (!frame.file.empty()) line += fmt::format(" at {}:{}", one_line(frame.file), frame.line.value_or(0));
  if (frame.signal_handler) line += " [a signal handler was called]";
  return line + '\n';
}

std::string native_lines(const std::vector<NativeFrame>& frames) {
  std::string lines;
  for (const NativeFrame& frame : frames) lines += native_line(frame);
  return lines;
}

std::string stack_with_native(EntryWriter& entries, const Thread& thread) {
  const std::span<const Frame> stack(thread.stack);
  if (!thread.native_stack) return joined(entries.stack(stack, thread.stack_left_out));
  if (!thread.native_merged) {
    std::string text = joined(entries.stack(stack, thread.stack_left_out));
    if (!text.empty() && !thread.native_stack->empty()) text += "  [the frames of C, not merged with those above]\n";
    return text + native_lines(*thread.native_stack);
  }
  std::string text;
  const auto& frames = *thread.native_stack;
  std::size_t left_out = thread.stack_left_out;
  for (std::size_t i = 0; i < frames.size();) {
    if (!frames[i].python) {
      text += native_line(frames[i++]);
      continue;
    }
    // Those of Python that follow each other are one stack, so that repeated ones are folded as ever.
    const std::size_t first = *frames[i].python;
    std::size_t count = 0;
    while (i < frames.size() && frames[i].python == first + count) ++i, ++count;
    text += joined(entries.stack(stack.subspan(first, count), left_out));
    left_out = 0;
  }
  return text;
}

}  // namespace pyexc::traceback
