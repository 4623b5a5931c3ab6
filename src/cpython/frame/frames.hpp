#pragma once
// Frames: the running stack of a thread, and the frame a traceback entry points to. Two worlds behind
// one shape: frame objects linked by f_back (up to 3.10) and _PyInterpreterFrame chains (3.11+).

#include <optional>
#include <vector>

#include "cpython/frame/code.hpp"
#include "cpython/object/heap.hpp"
#include "report/native.hpp"

namespace pyexc::cpython {

/// What both kinds of frame tell. Addresses are objects of the target.
struct FrameFacts {
  RemoteAddr frame_object;  ///< PyFrameObject, null if none was made
  RemoteAddr iframe;        ///< _PyInterpreterFrame, null before 3.11
  RemoteAddr code;
  RemoteAddr globals;
  RemoteAddr builtins;
  RemoteAddr locals;        ///< f_locals mapping, null for optimized functions
  std::int64_t lasti = -1;  ///< bytes
  std::int64_t set_line = 0;  ///< f_lineno where that version lets it win over lasti; 0: it does not
};

struct Stack {
  std::vector<FrameFacts> frames;  ///< innermost first
  /// Which of them one call of the eval loop runs, innermost first, as far as was read.
  std::vector<EvalRun> runs{};
  std::size_t left_out = 0;        ///< 1 if the walk stopped at a limit (how many more is unknown)
  std::optional<Error> broken;     ///< the chain could not be followed to its end
};

class FrameReader {
 public:
  FrameReader(Heap& heap, CodeReader& codes) : heap_(heap), codes_(codes) {}

  /// The stack of a thread state. An empty stack is no error.
  [[nodiscard]] Stack stack_of(RemoteAddr tstate);

  /// Tells of each run where its call of the eval loop keeps its part of the CFrame chain (3.10, 3.11): on its own
  /// C stack. Reads there; later versions have told it already, earlier ones cannot.
  void find_entries(RemoteAddr tstate, Stack& stack);

  /// The frame of a PyFrameObject (tb_frame).
  [[nodiscard]] Result<FrameFacts> frame_of(RemoteAddr frame_object);
  /// The frame of a _PyInterpreterFrame (3.11+), wherever that lies.
  [[nodiscard]] Result<FrameFacts> frame_at(RemoteAddr iframe) { return read_iframe(iframe); }

 private:
  Result<RemoteAddr> top_frame(RemoteAddr tstate);
  Result<FrameFacts> read_frame_object(RemoteAddr frame);
  Result<FrameFacts> read_iframe(RemoteAddr iframe);
  Result<RemoteAddr> code_start(RemoteAddr code, RemoteAddr iframe);

  Heap& heap_;
  CodeReader& codes_;
};

}  // namespace pyexc::cpython
