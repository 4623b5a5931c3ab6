#include "host/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstring>
#include <memory>
#include <string_view>

#include <elf.h>
#include <fmt/format.h>

#include "base/fd.hpp"
#include "target/live/proc_status.hpp"

namespace pyexc::host {

namespace {

std::optional<std::string> read_of(std::int64_t pid, const char* file) {
  auto text = read_file_at(AT_FDCWD, fmt::format("/proc/{}/{}", pid, file).c_str());
  if (!text) return std::nullopt;
  return *std::move(text);
}

std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error == std::errc{}) numbers.push_back(value);
    at = error == std::errc{} ? next : at + 1;
  }
  return numbers;
}

/// The numeric names of a directory of /proc.
std::vector<std::int64_t> numeric_entries(const std::string& path) {
  std::vector<std::int64_t> entries;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()),
                                                      [](DIR* d) { return ::closedir(d); });
  if (!directory) return entries;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name(entry->d_name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (error == std::errc{} && end == name.data() + name.size()) entries.push_back(value);
  }
  return entries;
}

/// python, python3, python3.11, python3.13t, python3.14-dbg, libpython3.11.so.1.0; not
/// python3-config.
bool is_python_name(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  constexpr std::string_view deleted = " (deleted)";
  if (name.ends_with(deleted)) name.remove_suffix(deleted.size());
  const bool library = name.starts_with("libpython");
  if (library) name.remove_prefix(3);
  if (!name.starts_with("python")) return false;
  name.remove_prefix(6);
  if (library) return name.find(".so") != std::string_view::npos;
  while (!name.empty() && ((name[0] >= '0' && name[0] <= '9') || name[0] == '.'))
    name.remove_prefix(1);
  return name.empty() || name == "t" || name == "d" || name == "td" || name == "-dbg";
}

}  // namespace

std::vector<std::int64_t> children_of(std::int64_t pid) {
  std::vector<std::int64_t> children;
  bool listed = false;  // the file needs CONFIG_PROC_CHILDREN
  for (const std::int64_t tid : numeric_entries(fmt::format("/proc/{}/task", pid))) {
    if (const auto text = read_of(pid, fmt::format("task/{}/children", tid).c_str())) {
      listed = true;
      const auto found = numbers_in(*text);
      children.insert(children.end(), found.begin(), found.end());
    }
  }
  if (!listed) {
    for (const std::int64_t other : numeric_entries("/proc")) {
      const auto text = read_of(other, "stat");
      const auto stat = text ? parse_proc_stat(*text) : std::nullopt;
      if (stat && stat->parent == pid) children.push_back(other);
    }
  }
  std::ranges::sort(children);
  return children;
}

bool looks_like_python(std::int64_t pid) {
  char link[PATH_MAX];
  const ssize_t size = ::readlink(fmt::format("/proc/{}/exe", pid).c_str(), link, sizeof link);
  if (size > 0 && is_python_name({link, static_cast<std::size_t>(size)})) return true;
  const auto maps = read_of(pid, "maps");
  if (!maps) return false;
  std::string_view rest = *maps;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t path = line.find('/');
    if (path != std::string_view::npos && is_python_name(line.substr(path))) return true;
  }
  return false;
}

std::vector<std::int64_t> python_descendants(std::int64_t pid, std::size_t max) {
  constexpr int max_depth = 3;
  constexpr std::size_t max_looked_at = 1'000;
  std::vector<std::int64_t> found, level{pid}, next;
  std::size_t looked_at = 0;
  for (int depth = 0; depth < max_depth && !level.empty(); ++depth) {
    next.clear();
    for (const std::int64_t parent : level) {
      for (const std::int64_t child : children_of(parent)) {
        if (++looked_at > max_looked_at || found.size() >= max) return found;
        if (looks_like_python(child)) found.push_back(child);
        next.push_back(child);
      }
    }
    std::swap(level, next);
  }
  return found;
}

std::optional<std::string> comm_of(std::int64_t pid) {
  auto text = read_of(pid, "comm");
  if (text && text->ends_with('\n')) text->pop_back();
  return text;
}

std::vector<std::string> command_line_of(std::int64_t pid) {
  std::vector<std::string> words;
  const auto text = read_of(pid, "cmdline");
  if (!text) return words;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

std::int64_t tracer_of(std::int64_t pid) {
  const auto text = read_of(pid, "status");
  return text ? parse_proc_status(*text).tracer : 0;
}

bool is_kernel_thread(std::int64_t pid) {
  const auto text = read_of(pid, "stat");
  const auto stat = text ? parse_proc_stat(*text) : std::nullopt;
  return stat && stat->kernel_thread();
}

std::optional<bool> is_32_bit(std::int64_t pid) {
  const UniqueFd exe(::open(fmt::format("/proc/{}/exe", pid).c_str(),
                            O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  unsigned char ident[EI_NIDENT];
  if (exe && ::pread(exe.get(), ident, sizeof ident, 0) == EI_NIDENT &&
      std::memcmp(ident, ELFMAG, SELFMAG) == 0)
    return ident[EI_CLASS] == ELFCLASS32;
  // Entries are pairs of longs of the process's own size; AT_NULL ends them. Read as 64-bit pairs,
  // a 32-bit vector has no small keys.
  const auto auxv = read_of(pid, "auxv");
  if (!auxv || auxv->size() < 16) return std::nullopt;
  std::array<std::uint64_t, 2> first{};
  std::memcpy(first.data(), auxv->data(), sizeof first);
  return first[0] > 0xffffffffU;
}

std::optional<int> yama_ptrace_scope() {
  const auto text = read_file_at(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope");
  if (!text || text->empty()) return std::nullopt;
  const auto values = numbers_in(*text);
  if (values.empty()) return std::nullopt;
  return static_cast<int>(values[0]);
}

namespace {
/// One field of our own status, e.g. "CapEff".
std::optional<std::string> own_status(std::string_view key) {
  const auto text = read_file_at(AT_FDCWD, "/proc/self/status");
  if (!text) return std::nullopt;
  const std::size_t at = text->find(fmt::format("\n{}:\t", key));
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + key.size() + 3;
  return text->substr(begin, text->find('\n', begin) - begin);
}
}  // namespace

bool have_cap_sys_ptrace() {
  constexpr unsigned cap_sys_ptrace = 19;
  const auto text = own_status("CapEff");
  if (!text) return false;
  std::uint64_t set = 0;
  std::from_chars(text->data(), text->data() + text->size(), set, 16);
  return ((set >> cap_sys_ptrace) & 1U) != 0;
}

std::optional<bool> same_user_namespace(std::int64_t pid) {
  struct stat own, other;
  if (::stat("/proc/self/ns/user", &own) != 0 ||
      ::stat(fmt::format("/proc/{}/ns/user", pid).c_str(), &other) != 0)
    return std::nullopt;
  return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

int own_seccomp_mode() {
  const auto text = own_status("Seccomp");
  const auto values = numbers_in(text.value_or(""));
  return values.empty() ? 0 : static_cast<int>(values[0]);
}

}  // namespace pyexc::host
