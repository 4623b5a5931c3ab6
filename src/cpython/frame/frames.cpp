#include "cpython/frame/frames.hpp"

#include <algorithm>

namespace pyexc::cpython {

namespace {
// enum _frameowner, Include/internal/pycore_frame.h (3.11+)
constexpr std::uint8_t owned_by_generator = 1;
constexpr std::int64_t code_unit = 2;
}  // namespace

Result<RemoteAddr> FrameReader::top_frame(RemoteAddr tstate) {
  const auto& layout = heap_.layout();
  switch (heap_.traits().frame_entry) {
    case layout::FrameEntry::frame_object: return heap_.pointer(tstate, layout.tstate.frame);
    case layout::FrameEntry::cframe: {
      PYEXC_TRY(const auto cframe, heap_.pointer(tstate, layout.tstate.cframe));
      if (cframe.null()) return RemoteAddr();
      return heap_.pointer(cframe, layout.cframe.current_frame);
    }
    case layout::FrameEntry::current_frame: return heap_.pointer(tstate, layout.tstate.current_frame);
  }
  return fail(Errc::internal, "an unknown frame entry");
}

Result<FrameFacts> FrameReader::read_frame_object(RemoteAddr frame) {
  const auto& f = heap_.layout().frame_object;
  if (!heap_.is_exactly(frame, "frame")) return fail(Error::at(Errc::invalid, frame.value(), "not a frame object"));
  FrameFacts facts;
  facts.frame_object = frame;
  PYEXC_TRY(facts.code, heap_.pointer(frame, f.f_code));
  PYEXC_TRY(facts.globals, heap_.pointer(frame, f.f_globals));
  PYEXC_TRY(facts.builtins, heap_.pointer(frame, f.f_builtins));
  PYEXC_TRY(facts.locals, heap_.pointer(frame, f.f_locals));
  PYEXC_TRY(const auto lasti, heap_.field<std::int32_t>(frame, f.f_lasti));
  const bool units = heap_.traits().last_instruction == layout::LastInstruction::f_lasti_units;
  facts.lasti = units && lasti >= 0 ? lasti * code_unit : lasti;
  if (units) {
    // 3.10: a non-zero f_lineno was set by a tracer or by hand and wins (PyFrame_GetLineNumber).
    PYEXC_TRY(const auto line, heap_.field<std::int32_t>(frame, f.f_lineno));
    facts.set_line = line;
  }
  return facts;
}

Result<RemoteAddr> FrameReader::code_start(RemoteAddr code, RemoteAddr iframe) {
  const auto& layout = heap_.layout();
  if (layout.free_threaded && layout.code.co_tlbc.has() && layout.iframe.tlbc_index.has()) {
    // Thread-local bytecode: _PyCode_GetTLBCFast(), Include/internal/pycore_code.h (3.14+).
    PYEXC_TRY(const auto index, heap_.field<std::int32_t>(iframe, layout.iframe.tlbc_index));
    if (index > 0) {
      PYEXC_TRY(const auto array, heap_.pointer(code, layout.code.co_tlbc));
      PYEXC_TRY(const auto size, heap_.memory().read<std::int64_t>(array));
      if (index < size) return heap_.memory().read_pointer(array + 8 + static_cast<std::uint64_t>(index) * 8);
    }
  }
  return code + *layout.code.co_code_adaptive;
}

Result<FrameFacts> FrameReader::read_iframe(RemoteAddr iframe) {
  const auto& f = heap_.layout().iframe;
  FrameFacts facts;
  facts.iframe = iframe;
  PYEXC_TRY(const auto executable, heap_.pointer(iframe, f.f_executable));
  facts.code = heap_.untag(executable);
  PYEXC_TRY(facts.frame_object, heap_.pointer(iframe, f.frame_obj));
  PYEXC_TRY(facts.globals, heap_.pointer(iframe, f.f_globals));
  PYEXC_TRY(facts.builtins, heap_.pointer(iframe, f.f_builtins));
  PYEXC_TRY(facts.locals, heap_.pointer(iframe, f.f_locals));
  PYEXC_TRY(const auto instruction, heap_.pointer(iframe, f.instr_ptr));
  PYEXC_TRY(const auto start, code_start(facts.code, iframe));
  facts.lasti = static_cast<std::int64_t>(instruction.value() - start.value());
  if (!facts.frame_object.null()) {
    const auto line = heap_.field<std::int32_t>(facts.frame_object, heap_.layout().frame_object.f_lineno);
    if (line) facts.set_line = *line;
  }
  return facts;
}

Result<FrameFacts> FrameReader::frame_of(RemoteAddr frame_object) {
  if (heap_.traits().frame_entry == layout::FrameEntry::frame_object) return read_frame_object(frame_object);
  if (!heap_.is_exactly(frame_object, "frame"))
    return fail(Error::at(Errc::invalid, frame_object.value(), "not a frame object"));
  PYEXC_TRY(const auto iframe, heap_.pointer(frame_object, heap_.layout().frame_object.f_frame));
  PYEXC_TRY(auto facts, read_iframe(iframe));
  facts.frame_object = frame_object;
  return facts;
}

void FrameReader::find_entries(RemoteAddr tstate, Stack& stack) {
  const auto& layout = heap_.layout();
  const bool told = std::ranges::any_of(stack.runs, [](const EvalRun& run) { return run.entry != 0; });
  if (told || stack.broken || stack.left_out != 0 || !layout.tstate.cframe.has() || !layout.cframe.previous.has() || !layout.tstate.size.has())
    return;
  // Python/ceval.c, `cframe` in _PyEval_EvalFrameDefault(); the outermost is root_cframe of the thread state itself,
  // whose `previous` nobody sets in 3.10.
  std::vector<std::uint64_t> calls;
  const auto is_root = [&](RemoteAddr cframe) { return cframe.value() - tstate.value() < *layout.tstate.size; };
  auto cframe = heap_.pointer(tstate, layout.tstate.cframe);
  while (cframe && !cframe->null() && !is_root(*cframe) && calls.size() <= heap_.limits().max_stack_frames) {
    calls.push_back(cframe->value());
    cframe = heap_.pointer(*cframe, layout.cframe.previous);
  }
  if (!cframe || cframe->null() || !is_root(*cframe)) return;
  // A call that is just being entered or left has only the one or the other: they agree from the outermost on.
  const std::size_t both = std::min(calls.size(), stack.runs.size());
  for (std::size_t i = 1; i <= both; ++i) stack.runs[stack.runs.size() - i].entry = calls[calls.size() - i];
}

Stack FrameReader::stack_of(RemoteAddr tstate) {
  Stack stack;
  const auto top = top_frame(tstate);
  if (!top) {
    stack.broken = top.error();
    return stack;
  }
  const bool objects = heap_.traits().frame_entry == layout::FrameEntry::frame_object;
  const auto& layout = heap_.layout();
  // How many frames the innermost call of the eval loop that is not yet left runs. Each frame had a call of its
  // own up to 3.10; then is_entry says which frame a call begins with (3.11, pycore_frame.h), and from 3.12 on a
  // frame that stands on the C stack of the call itself follows it (entry_frame in Python/ceval.c).
  std::size_t run = 0;
  const auto end_run = [&](RemoteAddr entry) {
    stack.runs.push_back({.frames = run, .entry = entry.value()});
    run = 0;
  };
  // Brent's cycle check: a broken chain that comes back to itself is noticed without remembering it all.
  RemoteAddr anchor;
  std::size_t until = 64, steps = 0;
  for (RemoteAddr frame = *top; !frame.null();) {
    if (frame == anchor) {
      stack.broken = Error::at(Errc::cycle, frame.value(), "frames that come back to themselves");
      return stack;
    }
    if (++steps == until) {
      anchor = frame;
      until *= 2;
    }
    if (stack.frames.size() >= heap_.limits().max_stack_frames || steps > 4 * heap_.limits().max_stack_frames) {
      stack.left_out = 1;
      return stack;
    }
    const auto previous = objects ? heap_.pointer(frame, layout.frame_object.f_back) : heap_.pointer(frame, layout.iframe.previous);
    if (!previous) {
      stack.broken = previous.error();
      return stack;
    }
    std::uint8_t owner = 0;
    if (!objects) {
      const auto read = heap_.field<std::uint8_t>(frame, layout.iframe.owner);
      if (!read) {
        stack.broken = read.error();
        return stack;
      }
      owner = *read;
    }
    if (!objects && owner >= heap_.traits().shim_owner) {
      // At the bottom stands one that belongs to no call (3.15, base_frame of the thread state).
      if (run != 0 || !previous->null()) end_run(frame);
      frame = *previous;  // entry from C, no Python frame
      continue;
    }
    auto facts = objects ? read_frame_object(frame) : read_iframe(frame);
    Result<const Code*> code = facts ? codes_.read(facts->code) : Result<const Code*>(fail(facts.error()));
    if (!code) {
      stack.broken = code.error();
      return stack;
    }
    // _PyFrame_IsIncomplete(): a frame that has not reached its first traceable instruction is not one
    // that sys._getframe() would show.
    const bool incomplete = !objects && owner != owned_by_generator && facts->lasti < (*code)->first_traceable * code_unit;
    if (!incomplete) {
      stack.frames.push_back(std::move(*facts));
      ++run;
    }
    if (objects) {
      end_run(RemoteAddr());
    } else if (layout.iframe.is_entry.has()) {
      const auto is_entry = heap_.field<std::uint8_t>(frame, layout.iframe.is_entry);
      if (is_entry && *is_entry != 0) end_run(RemoteAddr());
    }
    frame = *previous;
  }
  return stack;
}

}  // namespace pyexc::cpython
