#pragma once
// A number that only grows and that threads wait for: how the reader and the tracer of a freeze
// hand over to each other. No spinning: measured with two processors, a thread that spins takes the
// processor from the other one, or from the target that is to stop, and that costs milliseconds.

#include <atomic>
#include <cstdint>

namespace pyexc {

[[nodiscard]] std::uint64_t monotonic_ns() noexcept;

class Baton {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  [[nodiscard]] std::uint32_t get() const noexcept {
    return value_.load(std::memory_order_acquire);
  }
  /// Raises the number to `value` if it is lower, and wakes who waits. Async-signal-safe.
  void raise(std::uint32_t value) noexcept;
  /// Returns once the number is at least `wanted` (true) or CLOCK_MONOTONIC reaches `deadline_ns`.
  bool wait_for(std::uint32_t wanted, std::uint64_t deadline_ns = never) noexcept;

 private:
  std::atomic<std::uint32_t> value_{0};
  std::atomic<std::uint32_t> sleepers_{0};
};

}  // namespace pyexc
