#include "host/wait_places.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "host/process.hpp"
#include "host/unix_peers.hpp"
#include "host/waits.hpp"
#include "host/words.hpp"
#include "target/live/proc_status.hpp"

namespace pyexc::host {

namespace {

constexpr std::size_t max_table = 4U << 20;  // bytes of mountinfo and of locks

std::string socket_text(const SocketFacts& socket) {
  std::string text = socket.family;
  if (!socket.local.empty()) text += ' ' + socket.local;
  if (!socket.remote.empty()) text += " → " + socket.remote;
  if (!socket.state.empty() && socket.state != "ESTABLISHED" && socket.state != "LISTEN")
    text += ", " + socket.state;
  return text;
}

bool exists(int proc_fd, std::int64_t pid) {
  return ::faccessat(proc_fd, std::to_string(pid).c_str(), F_OK, 0) == 0;
}

void limit(std::vector<std::int64_t>& pids) {
  if (pids.size() > Wait::max_peers) pids.resize(Wait::max_peers);
}

}  // namespace

void WaitPlaces::begin(std::size_t index, std::int64_t tid) {
  current_ = {};
  current_.index = index;
  current_.tid = tid;
}

void WaitPlaces::descriptor(std::int64_t fd, Wait& wait) {
  if (fd < 0) return;
  wait.fd = fd;
  current_.described = true;
  current_.descriptor = read_descriptor(sources_.task_fd, current_.tid, fd);
  wait.file = current_.descriptor.link;
  if (!inode_of(wait.file, "socket")) return;
  char link[64];
  const ssize_t size = ::readlinkat(
      sources_.task_fd, fmt::format("{}/ns/net", current_.tid).c_str(), link, sizeof link);
  if (size > 0) current_.network.assign(link, static_cast<std::size_t>(size));
}

void WaitPlaces::epoll(std::int64_t fd, Wait& wait) {
  if (fd < 0) return;
  wait.fd = fd;
  wait.file = read_descriptor(sources_.task_fd, current_.tid, fd).link;
  wait.text = fmt::format("{}(fd {})", wait.call, fd);
  wait.fds = epoll_watches(read_fdinfo(sources_.task_fd, current_.tid, fd), Wait::max_fds);
}

void WaitPlaces::lock(Wait& wait) {
  if (!wait.fd) return;
  current_.lock = true;
  const auto place = parse_fd_place(read_fdinfo(sources_.task_fd, current_.tid, *wait.fd));
  if (!place) return;
  if (!mountinfo_) {
    auto text = read_file_at(sources_.task_fd, fmt::format("{}/mountinfo", current_.tid).c_str(),
                             max_table);
    mountinfo_ = text ? *std::move(text) : std::string();
  }
  current_.locked = file_id(*mountinfo_, *place);
}

void WaitPlaces::child(std::optional<std::int64_t> pid, Wait& wait) {
  if (!pid) {
    wait.peers = children();
  } else if (!sources_.other_pid_namespace) {
    if (exists(sources_.proc_fd, *pid)) wait.peers = {*pid};
  } else {
    for (const std::int64_t child : children()) {
      const auto text = read_file_at(sources_.proc_fd, fmt::format("{}/status", child).c_str());
      if (!text) continue;
      const auto pids = parse_proc_status(*text).ns_pids;
      if (!pids.empty() && pids.back() == *pid) wait.peers = {child};
    }
  }
  if (wait.peers) limit(*wait.peers);
  if (wait.peers && wait.peers->empty()) wait.peers.reset();
}

void WaitPlaces::pidfd(std::int64_t fd, Wait& wait) {
  if (fd < 0) return;
  wait.fd = fd;
  const auto pid = pidfd_process(read_fdinfo(sources_.task_fd, current_.tid, fd));
  wait.file = read_descriptor(sources_.task_fd, current_.tid, fd).link;
  wait.text = fmt::format("{}(pidfd {})", wait.call, fd);
  if (pid) wait.peers = {*pid};
}

const std::vector<std::int64_t>& WaitPlaces::children() {
  if (!children_) children_ = children_of(sources_.pid);
  return *children_;
}

void WaitPlaces::keep() { places_.push_back(std::move(current_)); }

void WaitPlaces::resolve(std::vector<Activity>& all, bool search) {
  std::set<FarEnd> wanted;
  std::vector<std::optional<FarEnd>> ends;
  std::erase_if(places_, [&](const Place& place) {
    return place.index >= all.size() || !all[place.index].wait;
  });
  for (const Place& place : places_) {
    Wait& wait = *all[place.index].wait;
    resolve_socket(place, wait);
    ends.push_back(wait.peers ? std::nullopt : far_end(place));
    if (ends.back()) wanted.insert(*ends.back());
  }
  const auto owners = search ? find_owners(sources_.proc_fd, wanted, deadline_) : Owners();
  std::optional<std::string> locks;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    Wait& wait = *all[place.index].wait;
    const auto found = ends[i] ? owners.find(*ends[i]) : owners.end();
    if (found != owners.end()) limit(wait.peers.emplace(found->second));
    if (place.locked) {
      if (!locks) locks = read_file_at(sources_.proc_fd, "locks", max_table).value_or("");
      wait.holders = lock_holders(*locks, sources_.pid, *place.locked);
      // A lock that was taken before a fork outlives the process that took it.
      std::erase_if(wait.holders,
                    [this](std::int64_t pid) { return !exists(sources_.proc_fd, pid); });
      limit(wait.holders);
    }
    if (place.described) describe(place, wait);
  }
  places_.clear();
}

void WaitPlaces::describe(const Place& place, Wait& wait) {
  const std::string what =
      wait.socket ? socket_text(*wait.socket) : std::string(place.descriptor.kind());
  if (what.empty()) wait.text = fmt::format("{}(fd {})", wait.call, *wait.fd);
  else if (place.lock) wait.text = fmt::format("{}({})", wait.call, what);
  else wait.text = fmt::format("{}(fd {} → {})", wait.call, *wait.fd, what);
}

WaitPlaces::Network* WaitPlaces::network_of(const Place& place) {
  if (place.network.empty()) return nullptr;
  Network& network = networks_[place.network];
  if (network.table) return &network;
  const auto open = [&](const char* name, int flags) {
    return UniqueFd(::openat(sources_.task_fd, fmt::format("{}/{}", place.tid, name).c_str(),
                             flags | O_CLOEXEC));
  };
  network.net_fd = open("net", O_RDONLY | O_DIRECTORY);
  network.table = std::make_unique<SocketTable>(network.net_fd.get());
  char own[64];
  const ssize_t size = ::readlinkat(sources_.proc_fd, "self/ns/net", own, sizeof own);
  const bool ours =
      size > 0 && place.network == std::string_view(own, static_cast<std::size_t>(size));
  if (!ours) network.namespace_fd = open("ns/net", O_RDONLY);
  return &network;
}

void WaitPlaces::resolve_socket(const Place& place, Wait& wait) {
  const auto inode = inode_of(place.descriptor.link, "socket");
  if (!inode) return;
  Network* network = network_of(place);
  if (network == nullptr) return;
  wait.socket = network->table->find(*inode);
  if (!wait.socket) return;
  if (wait.socket->family == "unix") {
    if (!network->peers)
      network->peers = unix_peers(network->namespace_fd ? network->namespace_fd.get() : -1);
    if (const auto peer = network->peers->find(*inode); peer != network->peers->end())
      wait.socket->remote = network->table->path_of(peer->second);
  }
  if (wait.socket->remote.empty()) wait.socket->remote = place.connects_to;
}

std::optional<FarEnd> WaitPlaces::far_end(const Place& place) {
  const std::string& link = place.descriptor.link;
  if (const auto pipe = inode_of(link, "pipe")) {
    const bool reads = place.descriptor.readable, writes = place.descriptor.writable;
    if (reads == writes) return std::nullopt;
    return FarEnd{reads ? FarEnd::Kind::pipe_writer : FarEnd::Kind::pipe_reader, *pipe};
  }
  const auto inode = inode_of(link, "socket");
  const auto network = networks_.find(place.network);
  if (!inode || network == networks_.end() || !network->second.table) return std::nullopt;
  if (network->second.peers)
    if (const auto peer = network->second.peers->find(*inode); peer != network->second.peers->end())
      return FarEnd{FarEnd::Kind::socket, peer->second};
  if (const auto other = network->second.table->other_end(*inode))
    return FarEnd{FarEnd::Kind::socket, *other};
  return std::nullopt;
}

}  // namespace pyexc::host
