#pragma once
// Generators, coroutines and async generators: where one stands, its frame, what it delegates to, and the
// exception that it handles while it is suspended, which is then on no thread's stack. The three share their
// structure (PyGenObject, Include/cpython/genobject.h).

#include <optional>
#include <vector>

#include "cpython/exceptions.hpp"
#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct GeneratorFacts {
  enum class State : std::uint8_t { created, suspended, executing, finished };
  RemoteAddr address;
  State state = State::finished;
  std::optional<FrameFacts> frame;  ///< unless it is finished
  RemoteAddr awaits;  ///< what `await` or `yield from` delegates to while it is suspended; null if nothing
  std::optional<ExceptionReader::Triple> handling;  ///< of a suspended one
};

class GeneratorReader {
 public:
  GeneratorReader(Heap& heap, FrameReader& frames) : heap_(heap), frames_(frames) {}

  /// True for generators, coroutines and async generators themselves, not for what imitates them.
  [[nodiscard]] bool is_generator(RemoteAddr object);
  [[nodiscard]] Result<GeneratorFacts> read(RemoteAddr generator);

  /// From a coroutine down to the innermost one that it waits for, and the object that this one waits for in turn:
  /// the wrappers that `await` puts in between (coroutine.__await__(), async for, async with) are looked through.
  struct Chain {
    std::vector<GeneratorFacts> links;  ///< outermost first
    RemoteAddr awaits;                  ///< a future, a task, something else; null if nothing or not known
    bool cut = false;
  };
  [[nodiscard]] Result<Chain> chain(RemoteAddr generator);
  /// What such a wrapper leads to; null if the object is none.
  [[nodiscard]] Result<RemoteAddr> behind_wrapper(RemoteAddr object);

 private:
  Result<void> read_frame_object(RemoteAddr generator, GeneratorFacts& facts);
  Result<void> read_embedded(RemoteAddr generator, GeneratorFacts& facts);
  Result<void> read_handling(RemoteAddr generator, GeneratorFacts& facts);
  Result<RemoteAddr> stack_top(const FrameFacts& frame, std::int64_t below);

  Heap& heap_;
  FrameReader& frames_;
};

}  // namespace pyexc::cpython
