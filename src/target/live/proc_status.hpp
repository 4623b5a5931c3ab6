#pragma once
// The facts of /proc/PID/status and /proc/PID/stat that the tool uses, parsed from one read each.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pyexc {

struct ProcStatus {
  char state = '?';
  std::int64_t tgid = 0, parent = 0, tracer = 0;
  std::uint32_t uid_real = 0, uid_effective = 0, gid_real = 0, gid_effective = 0;
  std::vector<std::uint32_t> groups;
  std::vector<std::int64_t> ns_pids;  ///< outermost (ours) first
  std::uint64_t threads = 0;
  bool has_memory = false;     ///< a VmSize line: neither kernel thread nor zombie
  bool kernel_thread = false;  ///< only kernels >= 6.4 say so; see has_memory
  bool dumping_core = false;
};

struct ProcStat {
  std::string comm;
  char state = '?';
  std::int64_t parent = 0;
  std::uint64_t flags = 0;       ///< PF_* of the kernel
  std::uint64_t start_time = 0;  ///< clock ticks after boot
  std::uint64_t cpu_time = 0;    ///< clock ticks, user and system
  int cpu = -1;                  ///< it last ran on
  [[nodiscard]] bool kernel_thread() const { return (flags & 0x00200000U) != 0; }
};

[[nodiscard]] ProcStatus parse_proc_status(std::string_view text);
/// comm may hold spaces, parentheses and newlines; the last ')' ends it.
[[nodiscard]] std::optional<ProcStat> parse_proc_stat(std::string_view text);

/// Reads a whole small file below a directory fd (AT_FDCWD for an absolute path).
[[nodiscard]] Result<std::string> read_file_at(int directory, const char* path,
                                               std::size_t max = 1U << 20);

}  // namespace pyexc
