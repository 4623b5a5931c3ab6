#pragma once
// The part of a thread's stack that is in use, as far as it is kept.

#include <cstdint>
#include <vector>

#include "target/target.hpp"

namespace pyexc::native {

struct StackRange {
  std::uint64_t begin = 0, end = 0;  ///< kept
  std::uint64_t whole_end = 0;       ///< where the stack itself ends
  [[nodiscard]] bool cut() const noexcept { return end < whole_end; }

  static constexpr std::uint64_t max_size = 256U << 10;
  static constexpr std::uint64_t red_zone = 128;  ///< below the stack pointer (System V ABI for AMD64, 3.2.2)
};

/// From the red zone to the end of the mapping that the stack pointer is in, or that the kernel would grow
/// there; empty if it is in none.
[[nodiscard]] StackRange used_stack(const Registers& registers, const std::vector<Mapping>& mappings);

}  // namespace pyexc::native
