#pragma once
// The values of the variables of every frame of a report (--locals). They are read after everything
// else: first each thread's exceptions and stacks, then, in turns, one frame of every thread, those
// of handled exceptions before others, each thread within an equal share of the memory that may be
// read. What one thread leaves of its share goes to those that had too little.

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"
#include "cpython/value/printer.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

class FrameValues {
 public:
  FrameValues(Heap& heap, const ValueLimits& limits, Report& report)
      : heap_(heap), limits_(limits), report_(report) {}

  /// Where a frame stands in the report.
  struct Place {
    enum class Where : std::uint8_t { exception, stack, task, suspended };
    Where where = Where::stack;
    std::size_t owner = 0;        ///< id of the exception or task; index of the interpreter or in suspended
    std::size_t thread = 0;       ///< stack: index in its interpreter
    std::size_t frame = 0;        ///< index in frames or stack
  };
  /// `rank`: lower ones are read first within their thread.
  void add(std::size_t thread, int rank, const FrameFacts& facts, const Place& place);
  /// The interpreter that the frames added from here on belong to.
  void enter_interpreter(RemoteAddr address) noexcept { interpreter_ = address; }

  /// Reads all. While capturing nothing is put into the report.
  void run();

 private:
  struct Job {
    int rank;
    FrameFacts facts;
    Place place;
    RemoteAddr interpreter;
    bool done = false;     ///< read, or shown, within its share
    std::size_t text = 0;  ///< bytes of the texts that are shown
  };
  struct Variables {
    std::vector<Value> values;
    bool exact = true;
  };
  void capture();
  void decode();
  void touch(const Job& job);
  /// Puts the variables of a frame into the report, of their texts at most `allowed` bytes; how
  /// many it were.
  std::size_t show(Job& job, std::size_t allowed);
  void find_rewritten();
  void note_left_out();
  /// Of the texts at most `allowed` bytes are made; what is beyond is said in their place.
  Result<Variables> read(const Job& job, std::size_t allowed);
  struct Name {
    PyText text;
    bool exact;
  };
  Name name_of(RemoteAddr object);
  void touch_value(RemoteAddr object);
  /// Type and repr() of a variable; false if repr() certainly raises an exception.
  bool read_value(RemoteAddr object, Value& to);
  Frame* frame_at(const Place& place);

  Heap& heap_;
  const ValueLimits& limits_;
  Report& report_;
  RemoteAddr interpreter_;
  std::vector<std::vector<Job>> threads_;
  std::unordered_map<std::uint64_t, Variables> known_;  ///< one frame may stand in several places

  // One object is often a variable of many frames: `self`, an argument that is passed down.
  using Object = std::pair<std::uint64_t, std::uint64_t>;  ///< the interpreter and the address
  struct Remembered {
    ValueKind kind;
    ValueText text;
    bool failed = false;
  };
  std::set<Object> touched_;  ///< while capturing
  std::map<Object, Remembered> remembered_;
  std::size_t remembered_text_ = 0;
  std::unordered_set<RemoteAddr> rewritten_;  ///< see ReprLimits
};

}  // namespace pyexc::cpython
