#pragma once
// Where threads wait: the files, pipes, sockets, locks and children that their calls name. Each
// thread's facts are gathered one after the other; what needs a table of the whole machine
// (sockets, locks, the processes at the other ends) is looked up at the end for all of them
// together.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "host/descriptors.hpp"
#include "host/fd_search.hpp"
#include "host/file_locks.hpp"
#include "host/socket_table.hpp"
#include "report/wait.hpp"

namespace pyexc::host {

struct WaitSources;

class WaitPlaces {
 public:
  WaitPlaces(const WaitSources& sources, std::chrono::steady_clock::time_point deadline)
      : sources_(sources), deadline_(deadline) {}

  /// The thread that the next calls are about.
  void begin(std::size_t index, std::int64_t tid);
  void descriptor(std::int64_t fd, Wait& wait);
  void epoll(std::int64_t fd, Wait& wait);
  void lock(Wait& wait);
  void connects_to(std::string address) { current_.connects_to = std::move(address); }
  /// A child by its pid in the target's own namespace; none: any child.
  void child(std::optional<std::int64_t> pid, Wait& wait);
  void pidfd(std::int64_t fd, Wait& wait);
  /// The thread was still in the call: what was gathered for it counts.
  void keep();

  /// Completes the waits of those that were kept since the last time: all[index].wait. `search`:
  /// also for the processes at the other ends.
  void resolve(std::vector<Activity>& all, bool search);

 private:
  struct Place {
    std::size_t index = 0;
    std::int64_t tid = 0;
    Descriptor descriptor;
    std::string network;  ///< link of ns/net, for a socket
    std::string connects_to;
    std::optional<FileId> locked;
    bool described = false;  ///< the text says what the descriptor is
    bool lock = false;
  };
  struct Network {
    UniqueFd net_fd, namespace_fd;
    std::unique_ptr<SocketTable> table;
    std::optional<std::unordered_map<std::uint64_t, std::uint64_t>>
        peers;  ///< of its unix sockets, once asked for
  };

  static void describe(const Place& place, Wait& wait);
  void resolve_socket(const Place& place, Wait& wait);
  Network* network_of(const Place& place);
  std::optional<FarEnd> far_end(const Place& place);
  const std::vector<std::int64_t>& children();

  const WaitSources& sources_;
  std::chrono::steady_clock::time_point deadline_;
  Place current_;
  std::vector<Place> places_;
  std::map<std::string, Network> networks_;
  std::optional<std::string> mountinfo_;
  std::optional<std::vector<std::int64_t>> children_;
};

}  // namespace pyexc::host
