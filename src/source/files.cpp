#include "source/files.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "source/openat2.hpp"

namespace pyexc {
namespace {

// File systems whose "regular files" are the kernel talking: reading them may block, has effects, or
// shows what belongs to the reader (/proc/self is whoever asks).
constexpr std::array kernel_file_systems = {
    0x9fa0L,      // proc
    0x62656572L,  // sysfs
    0x64626720L,  // debugfs
    0x74726163L,  // tracefs
    0x73636673L,  // securityfs
    0xf97cff8cL,  // selinuxfs
    0x27e0ebL,    // cgroup
    0x63677270L,  // cgroup2
    0x6165676cL,  // pstore
    0xde5e81e4L,  // efivarfs
    0xcafe4a11L,  // bpf
    0x1cd1L,      // devpts
    0x6e736673L,  // nsfs
    0x534f434bL,  // sockfs
    0x50495045L,  // pipefs
    0x42494e4dL,  // binfmt_misc
    0x62656570L,  // configfs
    0x65735543L,  // fusectl
    0x19800202L,  // mqueue
    0x958458f6L,  // hugetlbfs
    0x09041934L,  // anon inodes
    0x43415d53L,  // smackfs
    0x7655821L,   // resctrl
};

bool kernel_file_system(int fd) {
  struct statfs info {};
  if (::fstatfs(fd, &info) != 0) return true;
  const auto type = static_cast<long>(info.f_type) & 0xffffffffL;
  return std::find(kernel_file_systems.begin(), kernel_file_systems.end(), type) !=
         kernel_file_systems.end();
}

FoundFile refused(const char* why) {
  FoundFile file;
  file.state = FoundFile::State::refused;
  file.why = why;
  return file;
}

void fill(FoundFile& file, const struct stat& status) {
  file.size = status.st_size;
  file.mtime = static_cast<double>(status.st_mtim.tv_sec) +
               1e-9 * static_cast<double>(status.st_mtim.tv_nsec);
}

}  // namespace

bool fs_encode(PyTextView name, std::string& out) {
  out.clear();
  out.reserve(name.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte == 0) return false;
    // A surrogate is ED A0..BF xx; U+DC80..U+DCFF are ED B2 80 .. ED B3 BF.
    if (byte == 0xed && i + 2 < name.size() && static_cast<unsigned char>(name[i + 1]) >= 0xa0) {
      const auto second = static_cast<unsigned char>(name[i + 1]);
      const auto third = static_cast<unsigned char>(name[i + 2]);
      if (second != 0xb2 && second != 0xb3) return false;
      out.push_back(static_cast<char>((second == 0xb2 ? 0x80U : 0xc0U) | (third & 0x3fU)));
      i += 2;
      continue;
    }
    out.push_back(name[i]);
  }
  return true;
}

bool openat2_works(const SourceRoots& roots) {
  return static_cast<bool>(open_below(roots.root.get(), ".", O_PATH | O_DIRECTORY, Below::as_root));
}

UniqueFd TargetFiles::look_up(const std::string& name, int flags) const {
  if (name.front() == '/') return open_below(roots_.root.get(), name.c_str(), flags, Below::as_root);
  if (!roots_.cwd) {
    errno = ENOENT;
    return UniqueFd();
  }
  // From the directory itself first: its parents may be closed to the target, as they are to `./x.py`
  // of a process that was started there with more rights.
  UniqueFd found = open_below(roots_.cwd.get(), name.c_str(), flags, Below::beneath);
  if (found || errno != EXDEV || roots_.cwd_below_root.empty()) return found;
  return open_below(roots_.root.get(), (roots_.cwd_below_root + "/" + name).c_str(), flags,
                    Below::as_root);
}

/// Mode bits stand in for the whole rule here: this only concerns a tool of the same user that was
/// given a group more than the target.
bool TargetFiles::only_through_leftover(const struct stat& status) const {
  if (status.st_uid == roots_.credentials.uid || (status.st_mode & S_IROTH) != 0) return false;
  return std::find(leftover_.groups.begin(), leftover_.groups.end(), status.st_gid) !=
         leftover_.groups.end();
}

FoundFile TargetFiles::stat(PyTextView name) const {
  FoundFile file;
  std::string encoded;
  if (name.empty() || !fs_encode(name, encoded)) return file;
  const UniqueFd place = look_up(encoded, O_PATH);
  struct stat status {};
  if (!place || ::fstat(place.get(), &status) != 0) return file;
  file.state = FoundFile::State::open;
  fill(file, status);
  return file;
}

FoundFile TargetFiles::open(PyTextView name) const {
  FoundFile file;
  std::string encoded;
  if (name.empty() || !fs_encode(name, encoded)) return file;
  // O_PATH first: merely opening a FIFO or a device can already do something.
  const UniqueFd place = look_up(encoded, O_PATH);
  struct stat before {};
  if (!place) {
    if (errno == ELOOP) return refused("a link of /proc, or too many links");
    return file;
  }
  if (::fstat(place.get(), &before) != 0) return file;
  file.state = FoundFile::State::unusable;
  if (S_ISDIR(before.st_mode)) return file;
  if (!S_ISREG(before.st_mode)) return refused("not a regular file");
  if (kernel_file_system(place.get())) return refused("a file of the kernel");
  if (only_through_leftover(before)) return file;
  UniqueFd fd = look_up(encoded, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return file;
  struct stat after {};
  if (::fstat(fd.get(), &after) != 0) return file;
  if (after.st_dev != before.st_dev || after.st_ino != before.st_ino || !S_ISREG(after.st_mode))
    return refused("replaced while it was opened");
  file.state = FoundFile::State::open;
  file.fd = std::move(fd);
  fill(file, after);
  return file;
}

bool TargetFiles::read(const FoundFile& file, std::string& bytes) const {
  bytes.clear();
  if (file.size < 0 || file.size > limits_.max_file) return false;
  // One byte more than it had, to see its end without another allocation.
  std::size_t capacity = static_cast<std::size_t>(file.size) + 1;
  std::size_t filled = 0;
  while (true) {
    bytes.resize(capacity);
    const ssize_t got = ::read(file.fd.get(), bytes.data() + filled, capacity - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      bytes.clear();
      return false;
    }
    filled += static_cast<std::size_t>(got);
    if (got == 0) break;
    if (filled == capacity) {
      if (static_cast<std::int64_t>(capacity) > limits_.max_file) return false;
      capacity = std::min(capacity * 2, static_cast<std::size_t>(limits_.max_file) + 1);
    }
  }
  bytes.resize(filled);
  return true;
}

bool TargetFiles::read_at(const FoundFile& file, std::int64_t offset, std::size_t size,
                          std::string& bytes) {
  bytes.clear();
  if (offset < 0 || offset > file.size || static_cast<std::uint64_t>(file.size - offset) < size)
    return false;
  bytes.resize(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::pread(file.fd.get(), bytes.data() + filled, size - filled,
                                offset + static_cast<std::int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    filled += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace pyexc
