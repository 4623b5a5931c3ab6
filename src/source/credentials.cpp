#include "source/credentials.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace pyexc {
namespace {

using Capabilities = std::array<__user_cap_data_struct, 2>;

std::vector<gid_t> current_groups() {
  const int count = ::getgroups(0, nullptr);
  if (count <= 0) return {};
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  const int got = ::getgroups(count, groups.data());
  groups.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return groups;
}

std::vector<gid_t> sorted(std::vector<gid_t> groups) {
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

bool capabilities(Capabilities& out) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return ::syscall(SYS_capget, &header, out.data()) == 0;
}

bool none(const Capabilities& caps) {
  return std::all_of(caps.begin(), caps.end(), [](const auto& word) {
    return (word.effective | word.permitted | word.inheritable) == 0;
  });
}

/// Asked with the raw calls: glibc caches none of these, but the thread's own answer is what counts.
bool ids_are(uid_t uid, gid_t gid) {
  uid_t r = 0;
  uid_t e = 0;
  uid_t s = 0;
  gid_t rg = 0;
  gid_t eg = 0;
  gid_t sg = 0;
  if (::syscall(SYS_getresuid, &r, &e, &s) != 0 || ::syscall(SYS_getresgid, &rg, &eg, &sg) != 0)
    return false;
  return r == uid && e == uid && s == uid && rg == gid && eg == gid && sg == gid;
}

Unexpected refused(const char* what) {
  return fail(Error::system(Errc::not_permitted, errno, what));
}

}  // namespace

Result<Leftover> become(const FileCredentials& target) {
  Leftover leftover;
  const std::vector<gid_t> wanted = sorted(target.groups);
  if (sorted(current_groups()) != wanted &&
      ::syscall(SYS_setgroups, wanted.size(), wanted.data()) != 0) {
    if (errno != EPERM || !ids_are(target.uid, target.gid))
      return refused("taking the target's groups to read its files");
    for (const gid_t group : sorted(current_groups()))
      if (group != target.gid && !std::binary_search(wanted.begin(), wanted.end(), group))
        leftover.groups.push_back(group);
  }
  if (!ids_are(target.uid, target.gid)) {
    if (::syscall(SYS_setresgid, target.gid, target.gid, target.gid) != 0)
      return refused("taking the target's group to read its files");
    if (::syscall(SYS_setresuid, target.uid, target.uid, target.uid) != 0)
      return refused("taking the target's user to read its files");
  }
  Capabilities caps{};
  if (!capabilities(caps)) return refused("reading our capabilities");
  if (!none(caps)) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const Capabilities empty{};
    if (::syscall(SYS_capset, &header, empty.data()) != 0)
      return refused("dropping capabilities to read the target's files");
  }
  if (!capabilities(caps) || !none(caps) || !ids_are(target.uid, target.gid))
    return fail(Errc::not_permitted, "taking the target's credentials to read its files");
  return leftover;
}

}  // namespace pyexc
