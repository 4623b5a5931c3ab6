#pragma once
// The three compressions behind one interface: bytes in, bytes out, in pieces.

#include <cstddef>
#include <memory>
#include <span>

#include "target/core/unpack.hpp"

namespace pyexc::core {

class Decompressor {
 public:
  struct Step {
    std::size_t taken = 0, given = 0;
    bool damaged = false;
    bool at_end = false;  ///< a frame has ended; another may follow
  };
  virtual ~Decompressor() = default;
  [[nodiscard]] virtual Step step(std::span<const std::byte> in, std::span<std::byte> out) = 0;

  /// Null if there is no memory for it.
  [[nodiscard]] static std::unique_ptr<Decompressor> make(Compression compression);
};

}  // namespace pyexc::core
