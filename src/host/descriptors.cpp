#include "host/descriptors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "host/words.hpp"
#include "target/live/proc_status.hpp"

namespace pyexc::host {

std::string_view Descriptor::kind() const noexcept {
  std::string_view text = link;
  if (text.starts_with('/') || text.empty()) return text;
  constexpr std::string_view anonymous = "anon_inode:";
  if (text.starts_with(anonymous)) {
    text.remove_prefix(anonymous.size());
    if (text.starts_with('[')) text.remove_prefix(1);
    return text.substr(0, text.find(']'));
  }
  return text.substr(0, text.find(":["));
}

Descriptor read_descriptor(int task_fd, std::int64_t tid, std::int64_t fd) {
  Descriptor descriptor;
  if (fd < 0) return descriptor;
  const std::string path = fmt::format("{}/fd/{}", tid, fd);
  char link[PATH_MAX];
  const ssize_t size = ::readlinkat(task_fd, path.c_str(), link, sizeof link);
  if (size <= 0) return descriptor;
  descriptor.link.assign(link, static_cast<std::size_t>(size));
  if (descriptor.link.starts_with("pipe:")) {
    // The permissions of the link itself are what the descriptor may do (fs/proc/fd.c).
    struct stat own;
    if (::fstatat(task_fd, path.c_str(), &own, AT_SYMLINK_NOFOLLOW) == 0) {
      descriptor.readable = (own.st_mode & S_IRUSR) != 0;
      descriptor.writable = (own.st_mode & S_IWUSR) != 0;
    }
  }
  return descriptor;
}

std::string read_fdinfo(int task_fd, std::int64_t tid, std::int64_t fd) {
  constexpr std::size_t max = 1U << 16;
  auto text = read_file_at(task_fd, fmt::format("{}/fdinfo/{}", tid, fd).c_str(), max);
  return text ? *std::move(text) : std::string();
}

std::vector<std::int64_t> epoll_watches(std::string_view fdinfo, std::size_t max) {
  std::vector<std::int64_t> fds;
  while (!fdinfo.empty() && fds.size() < max) {
    std::string_view line = next_line(fdinfo);
    if (next_word(line) != "tfd:") continue;
    if (const auto fd = number_of<std::int32_t>(next_word(line)); fd && *fd >= 0)
      fds.push_back(*fd);
  }
  std::ranges::sort(fds);
  return fds;
}

std::optional<std::int64_t> pidfd_process(std::string_view fdinfo) {
  while (!fdinfo.empty()) {
    std::string_view line = next_line(fdinfo);
    if (next_word(line) != "Pid:") continue;
    const auto pid = number_of<std::int64_t>(next_word(line));
    return pid && *pid > 0 ? pid : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace pyexc::host
