// One line of a socket table at a time.

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "host/socket_table.hpp"
#include "host/words.hpp"

namespace pyexc::host {

namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// "0100007F:1538": each 32 bits of the address as a number of the host's order, then the port.
bool parse_end(std::string_view word, bool v6, InetSocket::End& end) {
  const std::size_t digits = v6 ? 32 : 8;
  if (word.size() != digits + 5 || word[digits] != ':') return false;
  std::size_t at = v6 ? 0 : mapped.size();
  if (!v6) std::ranges::copy(mapped, end.begin());
  for (std::size_t i = 0; i < digits; i += 8, at += 4) {
    const auto part = number_of<std::uint32_t>(word.substr(i, 8), 16);
    if (!part) return false;
    std::memcpy(end.data() + at, &*part, sizeof *part);
  }
  const auto port = number_of<std::uint16_t>(word.substr(digits + 1), 16);
  if (!port) return false;
  end[16] = static_cast<std::uint8_t>(*port >> 8);
  end[17] = static_cast<std::uint8_t>(*port & 0xff);
  return true;
}

}  // namespace

std::optional<InetSocket> parse_inet_socket(std::string_view line, bool v6) {
  // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
  InetSocket socket;
  if (!next_word(line).ends_with(':')) return std::nullopt;
  if (!parse_end(next_word(line), v6, socket.local) ||
      !parse_end(next_word(line), v6, socket.remote))
    return std::nullopt;
  const auto state = number_of<std::uint8_t>(next_word(line), 16);
  for (int skipped = 0; skipped < 5; ++skipped) (void)next_word(line);
  const auto inode = number_of<std::uint64_t>(next_word(line));
  if (!state || !inode) return std::nullopt;
  socket.state = *state;
  socket.inode = *inode;
  return socket;
}

std::string end_text(const InetSocket::End& end, bool v6) {
  const auto port = static_cast<unsigned>(end[16]) << 8 | end[17];
  const std::size_t begin = v6 ? 0 : mapped.size();
  if (port == 0 && std::all_of(end.begin() + static_cast<std::ptrdiff_t>(begin), end.begin() + 16,
                               [](std::uint8_t byte) { return byte == 0; }))
    return {};
  char text[INET6_ADDRSTRLEN];
  if (::inet_ntop(v6 ? AF_INET6 : AF_INET, end.data() + begin, text, sizeof text) == nullptr)
    return {};
  return v6 ? fmt::format("[{}]:{}", text, port) : fmt::format("{}:{}", text, port);
}

std::optional<UnixSocket> parse_unix_socket(std::string_view line) {
  // Num RefCount Protocol Flags Type St Inode Path
  if (!next_word(line).ends_with(':')) return std::nullopt;
  for (int skipped = 0; skipped < 5; ++skipped) (void)next_word(line);
  const auto inode = number_of<std::uint64_t>(next_word(line));
  if (!inode) return std::nullopt;
  if (line.starts_with(' ')) line.remove_prefix(1);
  return UnixSocket{*inode, line};
}

}  // namespace pyexc::host
