#include "host/proc_thread.hpp"

#include "host/words.hpp"

namespace pyexc::host {

std::optional<SyscallLine> parse_syscall(std::string_view text) {
  std::string_view rest = next_line(text);
  SyscallLine line;
  const auto number = number_of<std::int64_t>(next_word(rest));
  if (!number || *number < 0) return std::nullopt;
  line.number = *number;
  const auto hexadecimal = [&rest](std::uint64_t& out) {
    std::string_view word = next_word(rest);
    if (!word.starts_with("0x")) return false;
    word.remove_prefix(2);
    const auto value = number_of<std::uint64_t>(word, 16);
    out = value.value_or(0);
    return value.has_value();
  };
  for (std::uint64_t& argument : line.arguments)
    if (!hexadecimal(argument)) return std::nullopt;
  if (!hexadecimal(line.stack) || !hexadecimal(line.instruction)) return std::nullopt;
  return line;
}

std::optional<std::int64_t> parse_exec_start(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (!line.starts_with("se.exec_start")) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    line.remove_prefix(colon + 1);
    // Milliseconds with six digits behind the point (kernel/sched/debug.c, SPLIT_NS).
    const std::string_view word = next_word(line);
    const std::size_t point = word.find('.');
    if (point == std::string_view::npos) return std::nullopt;
    const auto whole = number_of<std::int64_t>(word.substr(0, point));
    const auto fraction = number_of<std::int64_t>(word.substr(point + 1));
    constexpr std::int64_t million = 1'000'000, max_ms = std::int64_t{1} << 43;
    if (!whole || !fraction || *whole < 0 || *whole > max_ms || *fraction < 0 ||
        *fraction >= million)
      return std::nullopt;
    return *whole * million + *fraction;
  }
  return std::nullopt;
}

}  // namespace pyexc::host
