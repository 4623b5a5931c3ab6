#pragma once
// A target: threads, maps, memory and identity of one process, live, dead or recorded. Everything above
// this room works on this interface and cannot tell which it is.

#include <sys/user.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "memory/page_source.hpp"

namespace pyexc {

/// One line of /proc/PID/maps.
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  bool readable = false, writable = false, executable = false, shared = false;
  std::uint64_t offset = 0;
  std::uint32_t dev_major = 0, dev_minor = 0;
  std::uint64_t inode = 0;  ///< 0: anonymous
  std::string path;         ///< without " (deleted)"
  bool deleted = false;
};

/// The general registers of a thread, by the numbers that DWARF gives them (System V ABI for AMD64, "DWARF
/// Register Number Mapping"; 16 is the return address, here the instruction pointer).
struct Registers {
  enum Number : std::uint8_t { rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15, rip, count };
  std::array<std::uint64_t, count> values{};

  [[nodiscard]] std::uint64_t operator[](Number number) const noexcept { return values[number]; }
  bool operator==(const Registers&) const = default;
  /// As PTRACE_GETREGSET and a core file's NT_PRSTATUS give them.
  [[nodiscard]] static Registers of(const user_regs_struct& regs) noexcept {
    return {{regs.rax, regs.rdx, regs.rcx, regs.rbx, regs.rsi, regs.rdi, regs.rbp, regs.rsp, regs.r8, regs.r9,
             regs.r10, regs.r11, regs.r12, regs.r13, regs.r14, regs.r15, regs.rip}};
  }
};

struct TargetThread {
  std::int64_t tid = 0;       ///< in the tool's pid namespace
  std::int64_t ns_tid = 0;    ///< in the target's own pid namespace; == tid if it has none of its own
  char state = '?';           ///< the letter of /proc/PID/task/TID/stat, before any stop of ours
  std::string comm;
  bool stopped = false;       ///< it was stopped while memory was read
  std::uint64_t start_time = 0, cpu_time = 0;  ///< clock ticks: after boot, and used; of a live target
  int cpu = -1;               ///< it last ran on
  std::optional<Registers> registers{};  ///< where it stood; of a live target only if they were asked for
};

struct Identity {
  std::int64_t pid = 0;
  std::int64_t ns_pid = 0;
  std::string executable;  ///< readlink of /proc/PID/exe, without " (deleted)"
  std::vector<std::string> command_line;
  std::string cwd;
  std::uint32_t uid = 0, gid = 0;  ///< effective, as the tool's user namespace sees them
  std::vector<std::uint32_t> groups;
};

class TargetBase {
 public:
  virtual ~TargetBase() = default;
  [[nodiscard]] virtual const Identity& identity() const = 0;
  [[nodiscard]] virtual const std::vector<Mapping>& mappings() const = 0;
  [[nodiscard]] virtual const std::vector<TargetThread>& threads() const = 0;
  [[nodiscard]] virtual PageSource& pages() = 0;
  /// The file behind a mapping, opened read-only, as the target sees it (through map_files or its root;
  /// device and inode compared). A recording has none.
  [[nodiscard]] virtual Result<UniqueFd> open_mapped_file(const Mapping& mapping) const = 0;
};

}  // namespace pyexc
