#pragma once
// The sockets of one network namespace, from the tables of /proc/TID/net. A table is read only when
// a socket is asked for that those before do not have, and once.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "report/wait.hpp"

namespace pyexc::host {

/// One line of net/tcp, net/udp and the like; IPv4 as the mapped IPv6 address.
struct InetSocket {
  using End = std::array<std::uint8_t, 18>;  ///< address and port, in network order
  End local{}, remote{};
  std::uint8_t state = 0;
  std::uint64_t inode = 0;
};

/// `v6`: the table has the long addresses. Absent: a heading, or not a line of such a table.
[[nodiscard]] std::optional<InetSocket> parse_inet_socket(std::string_view line, bool v6);
/// "127.0.0.1:80", "[::1]:80"; "" for no address and no port.
[[nodiscard]] std::string end_text(const InetSocket::End& end, bool v6);

struct UnixSocket {
  std::uint64_t inode = 0;
  std::string_view path;  ///< "@name" for an abstract one, "" for none
};
[[nodiscard]] std::optional<UnixSocket> parse_unix_socket(std::string_view line);

class SocketTable {
 public:
  /// `net_fd`: the directory of /proc/TID/net; it must outlive the table.
  explicit SocketTable(int net_fd) : net_fd_(net_fd) {}

  [[nodiscard]] std::optional<SocketFacts> find(std::uint64_t inode);
  /// The inode of the other end of a TCP connection, if that is in this namespace too.
  [[nodiscard]] std::optional<std::uint64_t> other_end(std::uint64_t inode);
  /// The path of a unix socket, "" if it has none.
  [[nodiscard]] std::string path_of(std::uint64_t inode);

  static constexpr std::size_t max_sockets = 1U << 20;  ///< read from all tables together
  static constexpr std::size_t max_bytes = 256U << 20;  ///< of one table

 private:
  struct Row {
    InetSocket socket;
    std::uint8_t table;
  };
  struct EndsHash {
    std::size_t operator()(const std::array<InetSocket::End, 2>& ends) const noexcept;
  };

  void load(std::size_t table);
  void load_unix();
  void load_others();
  template <class Line>
  void each_line(const char* name, Line&& line);

  int net_fd_;
  std::size_t loaded_ = 0;  // inet tables read
  bool unix_loaded_ = false, others_loaded_ = false;
  std::vector<Row> rows_;
  std::unordered_map<std::uint64_t, std::size_t> by_inode_;
  std::unordered_map<std::array<InetSocket::End, 2>, std::uint64_t, EndsHash> tcp_by_ends_;
  std::unordered_map<std::uint64_t, std::string> unix_;
  std::unordered_map<std::uint64_t, std::string> others_;  // their family
};

}  // namespace pyexc::host
