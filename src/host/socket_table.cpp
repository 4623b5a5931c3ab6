#include "host/socket_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "base/fd.hpp"
#include "host/words.hpp"

namespace pyexc::host {

namespace {

struct InetTable {
  const char* name;
  std::string_view family;
  bool v6;
};

constexpr std::array<InetTable, 8> inet_tables = {{{"tcp", "tcp", false},
                                                   {"tcp6", "tcp", true},
                                                   {"udp", "udp", false},
                                                   {"udp6", "udp", true},
                                                   {"raw", "raw", false},
                                                   {"raw6", "raw", true},
                                                   {"udplite", "udplite", false},
                                                   {"udplite6", "udplite", true}}};
constexpr std::size_t tcp_tables = 2;

/// include/net/tcp_states.h
constexpr std::string_view tcp_states[] = {"",           "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
                                           "FIN_WAIT1",  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",
                                           "CLOSE_WAIT", "LAST_ACK",    "LISTEN",    "CLOSING"};

}  // namespace

std::size_t SocketTable::EndsHash::operator()(
    const std::array<InetSocket::End, 2>& ends) const noexcept {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(ends.data()), sizeof ends});
}

template <class Line>
void SocketTable::each_line(const char* name, Line&& line) {
  const UniqueFd fd(::openat(net_fd_, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return;
  std::string text;
  std::size_t total = 0;
  std::vector<char> buffer(64U << 10);
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    total += static_cast<std::size_t>(got);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    const std::size_t end = text.rfind('\n');
    // A line is short; what goes on for pages without an end is none.
    if (end == std::string::npos && text.size() > buffer.size()) return;
    if (end == std::string::npos) continue;
    std::string_view whole(text.data(), end);
    while (!whole.empty())
      if (!line(next_line(whole))) return;
    text.erase(0, end + 1);
    if (total > max_bytes) return;
  }
}

void SocketTable::load(std::size_t table) {
  const InetTable& kind = inet_tables[table];
  each_line(kind.name, [&](std::string_view line) {
    const auto socket = parse_inet_socket(line, kind.v6);
    if (!socket || socket->inode == 0) return true;
    by_inode_.emplace(socket->inode, rows_.size());
    if (table < tcp_tables)
      tcp_by_ends_.emplace(std::array{socket->local, socket->remote}, socket->inode);
    rows_.push_back({*socket, static_cast<std::uint8_t>(table)});
    return rows_.size() < max_sockets;
  });
}

void SocketTable::load_unix() {
  if (unix_loaded_) return;
  unix_loaded_ = true;
  each_line("unix", [&](std::string_view line) {
    if (const auto socket = parse_unix_socket(line)) unix_.emplace(socket->inode, socket->path);
    return unix_.size() < max_sockets;
  });
}

void SocketTable::load_others() {
  others_loaded_ = true;
  for (const char* name : {"netlink", "packet"}) {
    // The inode is the last column of both.
    each_line(name, [&](std::string_view line) {
      while (line.ends_with(' ')) line.remove_suffix(1);
      const std::size_t space = line.rfind(' ');
      if (const auto inode =
              number_of<std::uint64_t>(line.substr(space == line.npos ? 0 : space + 1)))
        others_.emplace(*inode, name);
      return others_.size() < max_sockets;
    });
  }
}

std::optional<SocketFacts> SocketTable::find(std::uint64_t inode) {
  const auto inet = [&]() -> std::optional<SocketFacts> {
    const auto found = by_inode_.find(inode);
    if (found == by_inode_.end()) return std::nullopt;
    const auto& [socket, table] = rows_[found->second];
    const InetTable& kind = inet_tables[table];
    SocketFacts facts{std::string(kind.family), end_text(socket.local, kind.v6),
                      end_text(socket.remote, kind.v6), ""};
    if (table < tcp_tables && socket.state < std::size(tcp_states))
      facts.state = tcp_states[socket.state];
    return facts;
  };
  const auto load_next = [&] { load(loaded_++); };
  while (loaded_ < tcp_tables) load_next();
  if (auto facts = inet()) return facts;
  load_unix();
  if (const auto found = unix_.find(inode); found != unix_.end())
    return SocketFacts{"unix", found->second, "", ""};
  while (loaded_ < inet_tables.size()) {
    load_next();
    if (auto facts = inet()) return facts;
  }
  if (!others_loaded_) load_others();
  if (const auto found = others_.find(inode); found != others_.end())
    return SocketFacts{found->second, "", "", ""};
  return std::nullopt;
}

std::optional<std::uint64_t> SocketTable::other_end(std::uint64_t inode) {
  const auto found = by_inode_.find(inode);
  if (found == by_inode_.end() || rows_[found->second].table >= tcp_tables) return std::nullopt;
  const InetSocket& socket = rows_[found->second].socket;
  const auto other = tcp_by_ends_.find(std::array{socket.remote, socket.local});
  if (other == tcp_by_ends_.end() || other->second == inode) return std::nullopt;
  return other->second;
}

std::string SocketTable::path_of(std::uint64_t inode) {
  load_unix();
  const auto found = unix_.find(inode);
  return found == unix_.end() ? std::string() : found->second;
}

}  // namespace pyexc::host
