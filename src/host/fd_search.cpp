#include "host/fd_search.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>

#include "base/fd.hpp"
#include "host/words.hpp"

namespace pyexc::host {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory open_directory(int at, const char* path) {
  const int fd = ::openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  DIR* directory = ::fdopendir(fd);
  if (directory == nullptr) ::close(fd);
  return Directory(directory);
}

class Search {
 public:
  Search(const std::set<FarEnd>& wanted, std::chrono::steady_clock::time_point deadline)
      : wanted_(wanted), deadline_(deadline) {}

  void look_at(int proc_fd, std::int64_t pid) {
    char path[32];
    std::snprintf(path, sizeof path, "%lld/fd", static_cast<long long>(pid));
    const Directory directory = open_directory(proc_fd, path);
    if (!directory) return;
    const int fd = ::dirfd(directory.get());
    while (const dirent* entry = ::readdir(directory.get())) {
      if (late()) return;
      char link[64];
      const ssize_t size = ::readlinkat(fd, entry->d_name, link, sizeof link);
      if (size <= 0) continue;
      const std::string_view target(link, static_cast<std::size_t>(size));
      if (const auto socket = inode_of(target, "socket"))
        note({FarEnd::Kind::socket, *socket}, pid);
      else if (const auto pipe = inode_of(target, "pipe")) note_pipe(*pipe, fd, entry->d_name, pid);
    }
  }

  [[nodiscard]] bool late() {
    // A clock is cheaper than a readlink, but not for nothing.
    if (++asked_ % 16 == 0 && std::chrono::steady_clock::now() > deadline_) late_ = true;
    return late_;
  }

  Owners take() {
    for (auto& [end, pids] : found_) {
      std::ranges::sort(pids);
      const auto repeated = std::ranges::unique(pids);
      pids.erase(repeated.begin(), repeated.end());
    }
    return std::move(found_);
  }

 private:
  void note(const FarEnd& end, std::int64_t pid) {
    if (!wanted_.contains(end)) return;
    auto& pids = found_[end];
    if (pids.empty() || pids.back() != pid) pids.push_back(pid);
  }

  void note_pipe(std::uint64_t inode, int directory, const char* name, std::int64_t pid) {
    const FarEnd reader{FarEnd::Kind::pipe_reader, inode}, writer{FarEnd::Kind::pipe_writer, inode};
    if (!wanted_.contains(reader) && !wanted_.contains(writer)) return;
    // The permissions of the link itself are what the descriptor may do (fs/proc/fd.c).
    struct stat link;
    if (::fstatat(directory, name, &link, AT_SYMLINK_NOFOLLOW) != 0) return;
    if ((link.st_mode & S_IRUSR) != 0) note(reader, pid);
    if ((link.st_mode & S_IWUSR) != 0) note(writer, pid);
  }

  const std::set<FarEnd>& wanted_;
  std::chrono::steady_clock::time_point deadline_;
  Owners found_;
  std::size_t asked_ = 0;
  bool late_ = false;
};

}  // namespace

Owners find_owners(int proc_fd, const std::set<FarEnd>& wanted,
                   std::chrono::steady_clock::time_point deadline) {
  if (wanted.empty()) return {};
  const Directory processes = open_directory(proc_fd, ".");
  if (!processes) return {};
  Search search(wanted, deadline);
  while (const dirent* entry = ::readdir(processes.get())) {
    const auto pid = number_of<std::int64_t>(entry->d_name);
    if (!pid || *pid <= 0) continue;
    search.look_at(proc_fd, *pid);
    if (search.late()) return {};
  }
  return search.take();
}

}  // namespace pyexc::host
