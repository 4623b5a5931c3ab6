#pragma once
// Facts about processes that are not our target, and about our own rights, asked for when a hint is
// written: who traces it, which of its children is a Python, why the kernel refused. All best
// effort: what cannot be read is absent, never an error.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pyexc::host {

/// Children of all threads of `pid`, sorted.
[[nodiscard]] std::vector<std::int64_t> children_of(std::int64_t pid);
/// True if the executable or a mapped file is named like a CPython (python3.11,
/// libpython3.11.so.1.0).
[[nodiscard]] bool looks_like_python(std::int64_t pid);
/// The children, and their children to a small depth, that look like a Python.
[[nodiscard]] std::vector<std::int64_t> python_descendants(std::int64_t pid, std::size_t max = 16);

[[nodiscard]] std::optional<std::string> comm_of(std::int64_t pid);
[[nodiscard]] std::vector<std::string> command_line_of(std::int64_t pid);
/// The pid that traces `pid`, 0 if none or unknown.
[[nodiscard]] std::int64_t tracer_of(std::int64_t pid);
[[nodiscard]] bool is_kernel_thread(std::int64_t pid);
/// The ELF class of what the process runs: true 32-bit, false 64-bit. From its executable, or,
/// where that cannot be opened, from its auxiliary vector.
[[nodiscard]] std::optional<bool> is_32_bit(std::int64_t pid);

/// kernel.yama.ptrace_scope; absent where the kernel has no Yama.
[[nodiscard]] std::optional<int> yama_ptrace_scope();
/// CAP_SYS_PTRACE in our effective set.
[[nodiscard]] bool have_cap_sys_ptrace();
/// Whether `pid` is in our user namespace; absent if unknown.
[[nodiscard]] std::optional<bool> same_user_namespace(std::int64_t pid);
/// Our seccomp mode: 0 none, 1 strict, 2 filter.
[[nodiscard]] int own_seccomp_mode();

}  // namespace pyexc::host
