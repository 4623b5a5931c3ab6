#pragma once
// Exception objects and everything hanging off them: chain, members, notes, traceback. The graph is
// walked with a queue, so a chain of any length costs no stack; each object is read once.

#include <deque>
#include <map>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"
#include "cpython/source_facts.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

class FrameValues;
class SuggestionReader;

class ExceptionReader {
 public:
  /// `values`: where the frames of tracebacks are announced; null without --locals.
  ExceptionReader(Heap& heap, CodeReader& codes, FrameReader& frames, SourceFacts& sources, Report& report,
                  FrameValues* values)
      : heap_(heap), codes_(codes), frames_(frames), sources_(sources), report_(report), values_(values) {}

  /// The interpreter whose exceptions are read from here on.
  void enter_interpreter(RemoteAddr sysdict, RemoteAddr modules) {
    sysdict_ = sysdict;
    modules_ = modules;
  }

  /// What one thread knows of an exception: three words up to 3.10 (and 3.11 in flight), one since.
  struct Triple {
    RemoteAddr type, value, traceback;
    bool has_traceback = false;  ///< `traceback` counts, not the exception's own __traceback__
  };
  /// The id under which the exception will be in the report; its contents are read by finish(). `thread` is whose it
  /// is, for the order in which variables are read.
  [[nodiscard]] ExceptionId add(const Triple& triple, std::size_t thread);

  /// Reads everything reachable from what was added, within the limits.
  void finish();

  /// One entry of a traceback or a stack.
  [[nodiscard]] Frame entry(const FrameFacts& facts, const Code& code, bool with_columns);
  /// The same while capturing: touches what entry() will need.
  void touch_entry(const FrameFacts& facts, const Code& code);
  /// The one or the other, for a stack that is counted in both: while capturing the new entry is empty.
  void append_entry(std::vector<Frame>& stack, const FrameFacts& facts, const Code& code);

 private:
  struct Key {
    std::uint64_t value, traceback;
    auto operator<=>(const Key&) const = default;
  };
  struct Pending {
    ExceptionId id;
    Triple triple;
    std::size_t thread;  ///< that led to it
    int distance;        ///< links of the chain from what the thread handles
  };
  ExceptionId add_object(RemoteAddr exception);
  ExceptionId add(const Triple& triple, std::size_t thread, int distance);
  Result<void> read(ExceptionId id, const Triple& triple);
  Result<void> read_unnormalised(ExceptionId id, Exception& out, const Triple& triple);
  Result<void> read_traceback(ExceptionId id, Exception& out, RemoteAddr first);
  Result<Frame> read_entry(ExceptionId id, std::size_t index, RemoteAddr traceback);
  Result<void> read_chain(ExceptionId id, RemoteAddr exception);
  Result<void> read_members(ExceptionId id, RemoteAddr exception);
  Result<void> read_metadata(SyntaxErrorFacts& facts, RemoteAddr exception);
  Result<void> read_syntax_error(Exception& out, RemoteAddr exception);
  Result<bool> defines_truth(const TypeInfo& type);

  Heap& heap_;
  CodeReader& codes_;
  FrameReader& frames_;
  SourceFacts& sources_;
  Report& report_;
  RemoteAddr sysdict_, modules_;
  std::map<Key, ExceptionId> ids_;
  std::deque<Pending> queue_;
  FrameValues* values_;
  Pending current_{};  ///< whose contents are being read
};

}  // namespace pyexc::cpython
