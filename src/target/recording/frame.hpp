#pragma once
// The zstd frame around the payload of a recording. Sizes that a frame states about itself are not
// believed: the output grows with what is really there, up to a limit.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace pyexc::recording {

/// Compresses a payload of known size that is handed over in pieces.
class Compressor {
 public:
  [[nodiscard]] static Result<Compressor> start(std::uint64_t payload_size);
  [[nodiscard]] Result<void> append(std::span<const std::byte> bytes);
  /// The frame, behind `prefix`.
  [[nodiscard]] Result<std::string> finish(std::string prefix);

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  Compressor() = default;
  Result<void> feed(std::span<const std::byte> bytes, bool last);

  std::unique_ptr<void, Free> context_;
  std::string out_;
};

/// Exactly one frame, nothing behind it. `unreadable_file`: cut, damaged, or more than `max` bytes inside.
[[nodiscard]] Result<std::vector<std::byte>> decompress(std::span<const std::byte> frame, std::uint64_t max);

}  // namespace pyexc::recording
