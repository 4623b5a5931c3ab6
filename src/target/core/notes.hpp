#pragma once
// What the notes of an ELF core tell about a process: its threads with their registers, why it
// ended, what was mapped from files, the auxiliary vector. The kernel writes them
// (fs/binfmt_elf.c), and gdb's gcore does; whoever wrote the file, every number in it is bounded
// here before it counts or sizes anything.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "report/report.hpp"
#include "target/target.hpp"

namespace pyexc::core {

/// A piece of a file, mapped (NT_FILE).
struct MappedPiece {
  std::uint64_t start = 0, end = 0, offset = 0;
  std::uint32_t file = 0;  ///< index into Notes::files
};

/// A system call that a thread had not come back from.
struct PendingCall {
  std::int64_t tid = 0, number = 0;
  std::array<std::uint64_t, 6> arguments{};
};

struct Notes {
  std::vector<TargetThread>
      threads;  ///< as the core lists them: of the kernel's, the one that ended it first
  std::vector<PendingCall> calls;  ///< those of them that waited in one
  std::optional<Signal>
      signal;  ///< what ended it; none in a core that was made of a running process

  std::int64_t pid = 0;
  std::uint32_t uid = 0, gid = 0;
  std::string comm;       ///< at most 15 bytes
  std::string arguments;  ///< at most 79 bytes of the command line, with spaces between the words

  std::vector<std::string> files;
  std::vector<MappedPiece> pieces;  ///< ascending, no two overlap
  std::vector<std::uint64_t> auxv;  ///< type, value, type, value, …

  [[nodiscard]] std::optional<std::uint64_t> auxiliary(std::uint64_t type) const noexcept;
};

/// `offset` and `size` of one PT_NOTE; what it holds is added to `notes`. Fails (`unreadable_file`)
/// if the file ends in it or a length does not fit.
[[nodiscard]] Result<void> read_notes(int fd, std::uint64_t offset, std::uint64_t size,
                                      Notes& notes);

}  // namespace pyexc::core
