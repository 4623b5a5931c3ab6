#include "host/file_locks.hpp"

#include <algorithm>

#include "host/words.hpp"

namespace pyexc::host {

namespace {

struct Lock {
  std::int64_t id = 0;
  bool waits = false;
  std::string_view kind;  // FLOCK, POSIX, OFDLCK
  bool write = false;
  std::int64_t pid = 0;  // -1: of an open file description
};

/// One line of the file: "1: -> FLOCK  ADVISORY  WRITE 812 fe:01:1234 0 EOF". Locks that wait
/// follow the one they wait for and have its number.
std::optional<Lock> parse_lock(std::string_view line, const FileId& file) {
  Lock lock;
  std::string_view id = next_word(line);
  if (!id.ends_with(':')) return std::nullopt;
  id.remove_suffix(1);
  const auto number = number_of<std::int64_t>(id);
  lock.kind = next_word(line);
  if (lock.kind == "->") {
    lock.waits = true;
    lock.kind = next_word(line);
  }
  (void)next_word(line);  // ADVISORY
  lock.write = next_word(line) == "WRITE";
  const auto pid = number_of<std::int64_t>(next_word(line));
  std::string_view place = next_word(line);
  const std::size_t first = place.find(':');
  const std::size_t second = place.find(':', first == std::string_view::npos ? first : first + 1);
  if (!number || !pid || second == std::string_view::npos) return std::nullopt;
  const auto major = number_of<std::uint64_t>(place.substr(0, first), 16);
  const auto minor = number_of<std::uint64_t>(place.substr(first + 1, second - first - 1), 16);
  const auto inode = number_of<std::uint64_t>(place.substr(second + 1));
  if (!major || !minor || !inode || FileId{*major, *minor, *inode} != file) return std::nullopt;
  lock.id = *number;
  lock.pid = *pid;
  return lock;
}

}  // namespace

std::optional<FdPlace> parse_fd_place(std::string_view fdinfo) {
  FdPlace place;
  bool have_mount = false, have_inode = false;
  while (!fdinfo.empty() && !(have_mount && have_inode)) {
    std::string_view line = next_line(fdinfo);
    const auto value = [&line](std::string_view key) -> std::optional<std::uint64_t> {
      if (!line.starts_with(key)) return std::nullopt;
      std::string_view rest = line.substr(key.size());
      return number_of<std::uint64_t>(next_word(rest));
    };
    if (const auto mount = value("mnt_id:")) {
      have_mount = *mount <= std::uint64_t{INT32_MAX};
      place.mount = static_cast<std::int64_t>(*mount);
    } else if (const auto inode = value("ino:")) {
      have_inode = true;
      place.inode = *inode;
    }
  }
  if (!have_mount || !have_inode) return std::nullopt;
  return place;
}

std::optional<FileId> file_id(std::string_view mountinfo, const FdPlace& place) {
  while (!mountinfo.empty()) {
    std::string_view line = next_line(mountinfo);
    if (number_of<std::int64_t>(next_word(line)) != place.mount) continue;
    (void)next_word(line);  // the parent
    const std::string_view device = next_word(line);
    const std::size_t colon = device.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto major = number_of<std::uint64_t>(device.substr(0, colon));
    const auto minor = number_of<std::uint64_t>(device.substr(colon + 1));
    if (!major || !minor) return std::nullopt;
    return FileId{*major, *minor, place.inode};
  }
  return std::nullopt;
}

std::vector<std::int64_t> lock_holders(std::string_view locks, std::int64_t waiter,
                                       const FileId& file) {
  std::vector<Lock> here;
  while (!locks.empty())
    if (auto lock = parse_lock(next_line(locks), file)) here.push_back(*lock);
  std::vector<std::int64_t> holders;
  for (const Lock& wait : here) {
    if (!wait.waits || wait.pid != waiter) continue;
    for (const Lock& held : here) {
      // flock() covers the whole file: every lock of it that conflicts is in the way. Of record
      // locks only the one that the kernel lists in front is known to be.
      const bool conflicts = wait.kind == "FLOCK" ? wait.write || held.write : held.id == wait.id;
      if (!held.waits && held.kind == wait.kind && conflicts && held.pid > 0)
        holders.push_back(held.pid);
    }
  }
  std::ranges::sort(holders);
  const auto repeated = std::ranges::unique(holders);
  holders.erase(repeated.begin(), repeated.end());
  return holders;
}

}  // namespace pyexc::host
