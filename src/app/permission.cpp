#include "app/permission.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "host/process.hpp"

namespace pyexc::app {

namespace {

/// Owner of /proc/PID: the effective uid of the process, or 0 if it is not dumpable.
std::optional<uid_t> owner_of(std::int64_t pid) {
  struct stat status {};
  if (::stat(fmt::format("/proc/{}", pid).c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

std::string named(uid_t uid) {
  if (const passwd* entry = ::getpwuid(uid)) return fmt::format("{} (uid {})", entry->pw_name, uid);
  return fmt::format("uid {}", uid);
}

}  // namespace

Explanation explain_refusal(const Error& error, std::int64_t pid) {
  const bool capable = host::have_cap_sys_ptrace();
  const auto yama = host::yama_ptrace_scope();
  const auto owner = owner_of(pid);
  const uid_t self = ::geteuid();
  const std::string with_sudo = fmt::format("run it as root: sudo pyexc-attach {}", pid);

  if (error.sys_errno == ENOSYS)
    return {
        fmt::format("not permitted to look at process {}: this kernel or sandbox has no such call",
                    pid),
        "run pyexc-attach outside the sandbox, on the kernel that runs the process"};
  if (yama == 3)
    return {fmt::format("not permitted to look at process {}: kernel.yama.ptrace_scope is 3", pid),
            "3 forbids it to everybody until the next boot"};
  if (host::same_user_namespace(pid) == false && !capable)
    return {
        fmt::format("not permitted to look at process {}: it is in another user namespace", pid),
        "run pyexc-attach as root outside the container, or inside the same container"};
  if (!capable && owner && *owner != self && self != 0)
    return {
        fmt::format("not permitted to look at process {}: it belongs to {}", pid, named(*owner)),
        with_sudo};
  if (!capable && yama && *yama >= 1)
    return {fmt::format("not permitted to look at process {}: kernel.yama.ptrace_scope is {}", pid,
                        *yama),
            with_sudo + (*yama == 1 ? ", or: sysctl kernel.yama.ptrace_scope=0" : "")};
  if (host::own_seccomp_mode() == 2)
    return {
        fmt::format("not permitted to look at process {}: a seccomp filter applies to pyexc-attach",
                    pid),
        "in a container, start it with --cap-add=SYS_PTRACE; in a unit, allow @debug in "
        "SystemCallFilter="};
  if (self == 0 && !capable)
    return {fmt::format("not permitted to look at process {}: root without CAP_SYS_PTRACE", pid),
            "in a container, start it with --cap-add=SYS_PTRACE"};
  if (!capable)
    return {
        fmt::format(
            "not permitted to look at process {}: it runs with more rights than this program", pid),
        with_sudo};
  return {
      fmt::format("not permitted to look at process {}: {}", pid, error.message()),
      "run pyexc-attach as root in the namespace of the process; -v says which step was refused"};
}

}  // namespace pyexc::app
