#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "sink/sink.hpp"

namespace pyexc::sink {

namespace {

constexpr mode_t owner_only = 0600;

Unexpected refuse(int err, std::string_view action, const std::string& path) {
  const Errc code = err == EEXIST ? Errc::exists : Errc::write_failed;
  return fail(Error::system(code, err, fmt::format("{} {}", action, path)));
}

bool present(int directory, const std::string& name) {
  struct stat status {};
  return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::string random_name() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number)
    number = static_cast<std::uint64_t>(::getpid());
  return fmt::format(".pyexc-attach.{:016x}", number);
}

int create_named(int directory, std::string& name) {
  name = random_name();
  const int fd = ::openat(directory, name.c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_only);
  if (fd < 0) name.clear();
  return fd;
}

/// Gives the temporary file its name without ever taking the place of another file.
int move_into_place(int directory, const std::string& from, const std::string& to) {
  if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  // A filesystem without RENAME_NOREPLACE; link() does not replace either.
  if (::linkat(directory, from.c_str(), directory, to.c_str(), 0) != 0) return -1;
  ::unlinkat(directory, from.c_str(), 0);
  return 0;
}

}  // namespace

Result<NewFile> NewFile::create(const std::string& path, How how) {
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  NewFile file;
  file.path_ = path;
  file.name_ = slash == std::string::npos ? path : path.substr(slash + 1);
  if (file.name_.empty() || file.name_ == "." || file.name_ == "..")
    return refuse(EISDIR, "creating", path);
  file.directory_.reset(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!file.directory_) return refuse(errno, "creating", path);
  // Asked again, and then without a race, by commit(); asked here so that no target is stopped in
  // vain.
  if (present(file.directory_.get(), file.name_)) return refuse(EEXIST, "creating", path);

  if (how == How::best)
    file.file_.reset(
        ::openat(file.directory_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, owner_only));
  if (!file.file_) file.file_.reset(create_named(file.directory_.get(), file.temporary_));
  if (!file.file_ || ::fchmod(file.file_.get(), owner_only) != 0)
    return refuse(errno, "creating", path);
  return file;
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      temporary_(std::exchange(other.temporary_, {})),
      directory_(std::move(other.directory_)),
      file_(std::move(other.file_)) {}

NewFile::~NewFile() {
  if (!temporary_.empty()) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
}

Result<> NewFile::write(std::string_view bytes) { return write_all(file_.get(), bytes, path_); }

Result<> NewFile::commit() {
  // Network filesystems tell of a full disk when a descriptor is closed, and then it must not be
  // too late.
  if (const int copy = ::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0); copy < 0 || ::close(copy) != 0)
    return refuse(errno, "writing", path_);
  if (temporary_.empty()) {
    const std::string link = fmt::format("/proc/self/fd/{}", file_.get());
    if (::linkat(AT_FDCWD, link.c_str(), directory_.get(), name_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      return refuse(errno, "creating", path_);
  } else {
    if (move_into_place(directory_.get(), temporary_, name_) != 0)
      return refuse(errno, "creating", path_);
    temporary_.clear();
  }
  file_.reset();
  return {};
}

Result<> write_new_file(const std::string& path, std::string_view bytes) {
  auto file = NewFile::create(path);
  if (!file) return fail(std::move(file).error());
  PYEXC_CHECK(file->write(bytes));
  return file->commit();
}

}  // namespace pyexc::sink
