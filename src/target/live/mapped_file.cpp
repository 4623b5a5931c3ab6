// Opening the file behind a mapping. Names lie: the path may mean another file in our mount
// namespace, may have been replaced by an upgrade, or may not exist here at all. So the kernel's
// own link is tried first, and whatever was opened by name is compared with the device and inode
// that the mapping names.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "target/live/live_target.hpp"

namespace pyexc {

namespace {

constexpr int open_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

/// On these the device of a mapping is not the one that stat() gives, by design of the file system.
bool device_is_unreliable(int fd) {
  struct statfs info;
  if (::fstatfs(fd, &info) != 0) return false;
  constexpr long btrfs = 0x9123683E, overlay = 0x794c7630, bcachefs = static_cast<long>(0xca451a4e);
  return info.f_type == btrfs || info.f_type == overlay || info.f_type == bcachefs;
}

bool is_regular(int fd, struct stat& info) {
  return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

bool is_file_of(int fd, const Mapping& mapping) {
  struct stat info;
  if (!is_regular(fd, info) || info.st_ino != mapping.inode) return false;
  return (major(info.st_dev) == mapping.dev_major && minor(info.st_dev) == mapping.dev_minor) ||
         device_is_unreliable(fd);
}

UniqueFd open_below(int root, const char* path) {
  open_how how{};
  how.flags = open_flags;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how)));
}

}  // namespace

Result<UniqueFd> LiveTarget::open_mapped_file(const Mapping& mapping) const {
  if (mapping.inode == 0 || mapping.path.empty() || mapping.path[0] != '/')
    return fail(Errc::no_such_file,
                fmt::format("the mapping {:x}-{:x} is of no file", mapping.start, mapping.end));
  // Needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE, and then cannot be mistaken.
  UniqueFd fd(::openat(proc_fd(),
                       fmt::format("map_files/{:x}-{:x}", mapping.start, mapping.end).c_str(),
                       open_flags));
  struct stat info;
  if (fd && is_regular(fd.get(), info)) return fd;
  if (!mapping.deleted) {
    if (root_) {
      fd = open_below(root_.get(), mapping.path.c_str());
      if (fd && is_file_of(fd.get(), mapping)) return fd;
    }
    fd.reset(::open(mapping.path.c_str(), open_flags));
    if (fd && is_file_of(fd.get(), mapping)) return fd;
  }
  // The executable has a link of its own, which leads to the file even if it was replaced or
  // deleted.
  fd.reset(::openat(proc_fd(), "exe", open_flags));
  if (fd && is_file_of(fd.get(), mapping)) return fd;
  return fail(Errc::no_such_file,
              fmt::format("{} is not the file that is mapped, or cannot be opened", mapping.path));
}

}  // namespace pyexc
