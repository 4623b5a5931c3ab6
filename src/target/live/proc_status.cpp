#include "target/live/proc_status.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/fd.hpp"

namespace pyexc {

namespace {

template <class T>
T number(std::string_view text, T fallback = 0) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? value : fallback;
}

/// Takes the next blank-separated word off the front.
std::string_view next_word(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    rest = {};
    return {};
  }
  const std::size_t end = std::min(rest.find_first_of(" \t", begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

template <class T>
std::vector<T> numbers(std::string_view rest) {
  std::vector<T> values;
  for (auto word = next_word(rest); !word.empty(); word = next_word(rest))
    values.push_back(number<T>(word));
  return values;
}

}  // namespace

ProcStatus parse_proc_status(std::string_view text) {
  ProcStatus status;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, colon);
    std::string_view rest = line.substr(colon + 1);
    if (key == "State") {
      const auto word = next_word(rest);
      if (!word.empty()) status.state = word[0];
    } else if (key == "Tgid") {
      status.tgid = number<std::int64_t>(next_word(rest));
    } else if (key == "PPid") {
      status.parent = number<std::int64_t>(next_word(rest));
    } else if (key == "TracerPid") {
      status.tracer = number<std::int64_t>(next_word(rest));
    } else if (key == "Uid" || key == "Gid") {
      const auto real = number<std::uint32_t>(next_word(rest));
      const auto effective = number<std::uint32_t>(next_word(rest));
      (key == "Uid" ? status.uid_real : status.gid_real) = real;
      (key == "Uid" ? status.uid_effective : status.gid_effective) = effective;
    } else if (key == "Groups") {
      status.groups = numbers<std::uint32_t>(rest);
    } else if (key == "NSpid") {
      status.ns_pids = numbers<std::int64_t>(rest);
    } else if (key == "Threads") {
      status.threads = number<std::uint64_t>(next_word(rest));
    } else if (key == "VmSize") {
      status.has_memory = true;
    } else if (key == "Kthread") {
      status.kernel_thread = next_word(rest) == "1";
    } else if (key == "CoreDumping") {
      status.dumping_core = next_word(rest) == "1";
    }
  }
  return status;
}

std::optional<ProcStat> parse_proc_stat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::nullopt;
  ProcStat stat;
  stat.comm = text.substr(open + 1, close - open - 1);
  std::string_view rest = text.substr(close + 1);
  const auto state = next_word(rest);
  if (state.empty()) return std::nullopt;
  stat.state = state[0];
  for (int field = 4; field <= 39; ++field) {  // numbered as in proc(5)
    const auto word = next_word(rest);
    if (field == 4) stat.parent = number<std::int64_t>(word);
    if (field == 9) stat.flags = number<std::uint64_t>(word);
    if (field == 14 || field == 15) stat.cpu_time += number<std::uint64_t>(word);
    if (field == 22) stat.start_time = number<std::uint64_t>(word);
    if (field == 39) stat.cpu = number<int>(word, -1);
  }
  return stat;
}

Result<std::string> read_file_at(int directory, const char* path, std::size_t max) {
  const UniqueFd fd(::openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) {
    const int error = errno;
    const Errc code = error == ENOENT || error == ESRCH   ? Errc::no_such_file
                      : error == EACCES || error == EPERM ? Errc::not_permitted
                                                          : Errc::internal;
    return fail(Error::system(code, error, std::string("opening ") + path));
  }
  std::string text;
  char buffer[4096];
  while (text.size() < max) {
    const ssize_t got = ::read(fd.get(), buffer, std::min(sizeof buffer, max - text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      return fail(Error::system(error == ESRCH ? Errc::no_such_file : Errc::internal, error,
                                std::string("reading ") + path));
    }
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace pyexc
