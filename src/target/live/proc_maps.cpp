#include "target/live/proc_maps.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace pyexc {

namespace {

constexpr std::size_t max_maps_text = 64U << 20;  // vm.max_map_count lines are some 6 MiB

/// Parses a number at the front and the separator that must follow it.
template <class T>
bool take_number(std::string_view& rest, T& value, int base, char separator) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
  if (error != std::errc{} || end == rest.data() + rest.size() || *end != separator) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  return true;
}

/// The kernel writes a newline in a path as \012, and nothing else that way.
std::string unescape_path(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    if (path.starts_with("\\012")) {
      out += '\n';
      path.remove_prefix(4);
    } else {
      out += path.front();
      path.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

std::optional<Mapping> parse_maps_line(std::string_view line) {
  Mapping mapping;
  if (!take_number(line, mapping.start, 16, '-') || !take_number(line, mapping.end, 16, ' ') ||
      mapping.end <= mapping.start || line.size() < 5 || line[4] != ' ')
    return std::nullopt;
  mapping.readable = line[0] == 'r';
  mapping.writable = line[1] == 'w';
  mapping.executable = line[2] == 'x';
  mapping.shared = line[3] == 's';
  line.remove_prefix(5);
  if (!take_number(line, mapping.offset, 16, ' ') ||
      !take_number(line, mapping.dev_major, 16, ':') ||
      !take_number(line, mapping.dev_minor, 16, ' '))
    return std::nullopt;
  const auto [end, error] =
      std::from_chars(line.data(), line.data() + line.size(), mapping.inode, 10);
  if (error != std::errc{}) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  const std::size_t path = line.find_first_not_of(' ');
  if (path != std::string_view::npos) {
    line.remove_prefix(path);
    constexpr std::string_view suffix = " (deleted)";
    if (line.ends_with(suffix)) {
      mapping.deleted = true;
      line.remove_suffix(suffix.size());
    }
    mapping.path =
        line.find('\\') == std::string_view::npos ? std::string(line) : unescape_path(line);
  }
  return mapping;
}

std::vector<Mapping> parse_maps(std::string_view text) {
  std::vector<Mapping> mappings;
  mappings.reserve(text.size() / 80 + 1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto mapping = parse_maps_line(text.substr(0, end)))
      mappings.push_back(*std::move(mapping));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mappings;
}

Result<std::string> read_maps(int fd) {
  std::string text;
  std::size_t used = 0;
  if (::lseek(fd, 0, SEEK_SET) < 0)
    return fail(Error::system(Errc::internal, errno, "rewinding the maps"));
  while (used < max_maps_text) {
    if (text.size() - used < 4096) text.resize(text.size() + (used == 0 ? 32U << 10 : used));
    const ssize_t got = ::read(fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      return fail(Error::system(error == ESRCH ? Errc::process_ended : Errc::not_permitted, error,
                                "reading the maps"));
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  text.resize(used);
  return text;
}

}  // namespace pyexc
