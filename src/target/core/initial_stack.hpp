#pragma once
// The command line and the environment as the kernel put them on the first thread's stack: a core's
// own note has only the first 79 bytes of the one and nothing of the other.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "target/core/notes.hpp"

namespace pyexc::core {

struct InitialStack {
  std::vector<std::string> arguments;
  std::optional<std::string> working_directory;  ///< PWD of the environment
};

/// Reads memory as far as it can be had.
using ReadMemory = std::function<std::size_t(std::uint64_t address, std::span<std::byte> out)>;

/// Nothing if the auxiliary vector is not found again on the stack.
[[nodiscard]] std::optional<InitialStack> read_initial_stack(const Notes& notes,
                                                             const ReadMemory& read);

}  // namespace pyexc::core
