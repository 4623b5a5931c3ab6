#pragma once
// From the registers and the kept stack of a thread to its frames: libunwind, with accessors of our own over
// what was captured. Nothing here asks the process for anything.

#include <cstdint>
#include <memory>

#include "native/modules.hpp"
#include "native/stack_range.hpp"
#include "report/native.hpp"
#include "target/target.hpp"

namespace pyexc::native {

class Unwinder {
 public:
  explicit Unwinder(Modules& modules);
  ~Unwinder();
  Unwinder(const Unwinder&) = delete;
  Unwinder& operator=(const Unwinder&) = delete;

  /// Addresses and places on the stack only; names are another room's business. A stack that ends where its
  /// thread began has no problem.
  [[nodiscard]] NativeStack unwind(const TargetThread& thread, const StackRange& kept);

  static constexpr std::size_t max_frames = 20'000;     ///< of one thread
  static constexpr std::uint64_t max_words = 1U << 21;  ///< read for one thread: what a table says may be a loop

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pyexc::native
