#include "source/context.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "source/openat2.hpp"

namespace pyexc {
namespace {

UniqueFd open_directory(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::optional<std::string> read_link(const std::string& path) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::readlink(path.c_str(), buffer.data(), buffer.size());
  if (got <= 0 || static_cast<std::size_t>(got) == buffer.size()) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

/// Same directory reached through the same mount: only then does `..` mean the same from both.
bool same_place(int a, int b) {
  struct statx x {};
  struct statx y {};
  constexpr unsigned wanted = STATX_INO | STATX_MNT_ID;
  if (::statx(a, "", AT_EMPTY_PATH, wanted, &x) != 0) return false;
  if (::statx(b, "", AT_EMPTY_PATH, wanted, &y) != 0) return false;
  if ((x.stx_mask & y.stx_mask & STATX_MNT_ID) == 0) return false;
  return x.stx_ino == y.stx_ino && x.stx_dev_major == y.stx_dev_major &&
         x.stx_dev_minor == y.stx_dev_minor && x.stx_mnt_id == y.stx_mnt_id;
}

/// The links in /proc name both directories as seen from the same place, so one is a prefix of the other;
/// what the prefix leaves is tried below the root, and believed only if it is the very same directory.
std::string below_root(const SourceRoots& roots, const std::string& root, const std::string& cwd) {
  std::string rest;
  if (root == "/") {
    rest = cwd;
  } else if (cwd == root) {
    rest = "/";
  } else if (cwd.starts_with(root) && cwd[root.size()] == '/') {
    rest = cwd.substr(root.size());
  }
  if (rest.empty() || rest.front() != '/') return {};
  const UniqueFd found = open_below(roots.root.get(), rest.c_str(), O_PATH | O_DIRECTORY,
                                    Below::as_root);
  if (!found || !same_place(found.get(), roots.cwd.get())) return {};
  return rest;
}

}  // namespace

Result<SourceContext> open_context(std::int64_t pid, uid_t uid, gid_t gid, std::vector<gid_t> groups) {
  auto roots = std::make_shared<SourceRoots>();
  roots->credentials = {uid, gid, std::move(groups)};
  const std::string root = fmt::format("/proc/{}/root", pid);
  const std::string cwd = fmt::format("/proc/{}/cwd", pid);
  roots->root = open_directory(root);
  if (!roots->root) {
    const int err = errno;
    const Errc code = err == ENOENT || err == ESRCH ? Errc::no_such_process : Errc::not_permitted;
    return fail(Error::system(code, err, "opening the root directory of the process"));
  }
  // Without a working directory relative names stay unfound; everything else works.
  roots->cwd = open_directory(cwd);
  if (roots->cwd) {
    const auto root_name = read_link(root);
    const auto cwd_name = read_link(cwd);
    if (root_name && cwd_name) roots->cwd_below_root = below_root(*roots, *root_name, *cwd_name);
  }
  SourceContext context;
  context.roots = std::move(roots);
  return context;
}

Result<SourceContext> open_context_here(const std::string& root, const std::string& cwd) {
  auto roots = std::make_shared<SourceRoots>();
  roots->credentials = {::geteuid(), ::getegid(), {}};
  if (const int count = ::getgroups(0, nullptr); count > 0) {
    roots->credentials.groups.resize(static_cast<std::size_t>(count));
    const int got = ::getgroups(count, roots->credentials.groups.data());
    roots->credentials.groups.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  }
  roots->root = open_directory(root);
  if (!roots->root) return fail(Error::system(Errc::no_such_file, errno, "opening the directory " + root));
  if (cwd.starts_with('/')) {
    roots->cwd = open_below(roots->root.get(), cwd.c_str(), O_PATH | O_DIRECTORY, Below::as_root);
    if (roots->cwd) roots->cwd_below_root = cwd;
  }
  SourceContext context;
  context.roots = std::move(roots);
  return context;
}

Result<FileCredentials> file_credentials(std::int64_t pid) {
  const std::string path = fmt::format("/proc/{}/status", pid);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(Error::system(Errc::no_such_process, errno, "reading the ids of the process"));
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0) return fail(Error::system(Errc::no_such_process, errno, "reading the ids of the process"));
    if (got == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  const auto numbers = [&](std::string_view key) {
    std::vector<unsigned> out;
    const std::size_t at = text.find(key);
    if (at == std::string::npos) return out;
    const char* p = text.data() + at + key.size();
    const char* end = text.data() + std::min(text.find('\n', at + 1), text.size());
    while (p < end) {
      unsigned value = 0;
      const auto [next, error] = std::from_chars(p, end, value);
      if (error == std::errc{}) out.push_back(value);
      p = next == p ? p + 1 : next;
    }
    return out;
  };
  const auto uids = numbers("\nUid:");
  const auto gids = numbers("\nGid:");
  if (uids.size() != 4 || gids.size() != 4)
    return fail(Errc::invalid, "reading the ids of the process");
  FileCredentials out{uids[3], gids[3], {}};
  for (const unsigned group : numbers("\nGroups:")) out.groups.push_back(group);
  return out;
}

}  // namespace pyexc
