#pragma once
// Frames of C, as unwinding finds them, and what is needed to tell which of them run Python code.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/pystr.hpp"
#include "report/wait.hpp"

namespace pyexc {

/// Of which threads frames of C are looked at: those that Python knows, or all.
enum class NativeThreads : std::uint8_t { none, python, all };

/// One call of the eval loop, seen from Python: it runs so many frames, one below the other. 0 if it has
/// just been entered.
struct EvalRun {
  std::size_t frames = 0;
  std::uint64_t entry = 0;  ///< address of what the call keeps of this on its own C stack; 0: nothing known
};

/// A frame of C, or of another language that is compiled; or, in a merged stack, one of Python.
struct NativeFrame {
  std::uint64_t address = 0;            ///< the instruction it is at, or that its call returns to
  std::string symbol{};                 ///< demangled; "" unknown
  std::optional<std::uint64_t> offset{};  ///< of `address` from where the symbol begins
  std::string object{};                 ///< the mapped file, "[vdso]"; "" if there is none
  std::string build_id{};
  std::string file{};                   ///< of the source; "" unknown
  std::optional<std::int64_t> line{};
  std::optional<std::size_t> python{};  ///< a frame of Python instead: index into Thread::stack
  std::uint64_t stack_begin = 0, stack_end = 0;  ///< where it lies on the stack; equal if not known
  bool interrupted = false;     ///< `address` is not one that a call returns to: the innermost, or one that a signal came to
  bool signal_handler = false;  ///< what the kernel put on the stack to call a handler
  bool operator==(const NativeFrame&) const = default;
};

/// What unwinding one thread gave.
struct NativeStack {
  std::int64_t tid = 0;
  std::vector<NativeFrame> frames{};  ///< innermost first
  std::string problem{};              ///< code of why there are no more; "" if these are all
  std::string what{};
  bool operator==(const NativeStack&) const = default;
};

/// A thread that has no Python thread state.
struct NativeThread {
  std::int64_t tid = 0;
  std::optional<std::int64_t> ns_tid{};
  std::string name{};  ///< comm
  bool stopped = false;
  std::optional<std::string> state{};
  std::optional<Wait> waiting{};
  std::optional<std::int64_t> cpu_ms{}, age_ms{};
  std::optional<std::vector<NativeFrame>> native_stack{};  ///< most recent call last; unset: not known
  PyText formatted_stack{};  ///< filled by traceback/
};

}  // namespace pyexc
