#include "target/recording/payload_native.hpp"

#include <algorithm>

namespace pyexc::recording {

namespace {

constexpr std::size_t least_frame = 4 * sizeof(std::uint64_t);

void write_frame(ByteWriter& out, const NativeFrame& frame) {
  out.number(frame.address);
  out.number(frame.stack_begin);
  out.number(frame.stack_end);
  out.flag(frame.interrupted);
  out.flag(frame.signal_handler);
  out.string(frame.symbol);
  out.flag(frame.offset.has_value());
  if (frame.offset) out.number(*frame.offset);
  out.string(frame.object);
  out.string(frame.build_id);
  out.string(frame.file);
  out.flag(frame.line.has_value());
  if (frame.line) out.number(*frame.line);
}

NativeFrame read_frame(ByteReader& in) {
  NativeFrame frame;
  frame.address = in.number<std::uint64_t>();
  frame.stack_begin = in.number<std::uint64_t>();
  frame.stack_end = in.number<std::uint64_t>();
  frame.interrupted = in.flag();
  frame.signal_handler = in.flag();
  frame.symbol = in.string();
  if (in.flag()) frame.offset = in.number<std::uint64_t>();
  frame.object = in.string();
  frame.build_id = in.string();
  frame.file = in.string();
  if (in.flag()) frame.line = in.number<std::int64_t>();
  return frame;
}

}  // namespace

void write_native(ByteWriter& out, const Recording& recording) {
  out.number(static_cast<std::uint8_t>(recording.native));
  const auto registers = [&](const TargetThread& thread) {
    out.number(thread.tid);
    out.flag(thread.registers.has_value());
    if (thread.registers)
      for (const std::uint64_t value : thread.registers->values) out.number(value);
  };
  out.records(recording.threads, registers);
  out.records(recording.native_stacks, [&](const NativeStack& stack) {
    out.number(stack.tid);
    out.string(stack.problem);
    out.string(stack.what);
    out.length(stack.frames.size());
    for (const NativeFrame& frame : stack.frames) write_frame(out, frame);
  });
}

void read_native(ByteReader& in, Recording& out) {
  const auto which = in.number<std::uint8_t>();
  if (which > static_cast<std::uint8_t>(NativeThreads::all)) return in.fail();
  out.native = static_cast<NativeThreads>(which);
  in.records([&](ByteReader& record) {
    const auto tid = record.number<std::int64_t>();
    if (!record.flag()) return;
    Registers registers;
    for (std::uint64_t& value : registers.values) value = record.number<std::uint64_t>();
    const auto thread = std::ranges::find(out.threads, tid, &TargetThread::tid);
    if (thread != out.threads.end()) thread->registers = registers;
  });
  in.records([&](ByteReader& record) {
    NativeStack& stack = out.native_stacks.emplace_back();
    stack.tid = record.number<std::int64_t>();
    stack.problem = record.string();
    stack.what = record.string();
    for (auto left = record.count(least_frame); left != 0 && record.ok(); --left)
      stack.frames.push_back(read_frame(record));
  });
}

}  // namespace pyexc::recording
