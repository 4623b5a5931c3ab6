#include "host/unix_peers.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/fd.hpp"

namespace pyexc::host {

namespace {

using Peers = std::unordered_map<std::uint64_t, std::uint64_t>;
constexpr std::size_t max_peers = 1U << 20;

template <class T>
bool take(const char* from, std::size_t size, T& out) {
  if (size < sizeof(T)) return false;
  std::memcpy(&out, from, sizeof(T));
  return true;
}

/// One answer: a unix_diag_msg and its attributes.
void add(const char* body, std::size_t size, Peers& peers) {
  unix_diag_msg message{};
  if (!take(body, size, message)) return;
  std::size_t at = NLMSG_ALIGN(sizeof message);
  rtattr attribute{};
  while (at < size && take(body + at, size - at, attribute)) {
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > size - at) return;
    std::uint32_t peer = 0;
    if (attribute.rta_type == UNIX_DIAG_PEER &&
        take(body + at + RTA_LENGTH(0), attribute.rta_len - RTA_LENGTH(0), peer))
      peers.emplace(message.udiag_ino, peer);
    at += RTA_ALIGN(attribute.rta_len);
  }
}

Peers ask() {
  Peers peers;
  const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!socket) return peers;
  const timeval patience{1, 0};
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  struct {
    nlmsghdr head;
    unix_diag_req request;
  } question{};
  question.head.nlmsg_len = sizeof question;
  question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.request.sdiag_family = AF_UNIX;
  question.request.udiag_states = ~0U;
  question.request.udiag_show = UDIAG_SHOW_PEER;
  if (::send(socket.get(), &question, sizeof question, 0) != static_cast<ssize_t>(sizeof question))
    return peers;
  std::vector<char> buffer(64U << 10);
  while (peers.size() < max_peers) {
    const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return peers;
    const auto size = static_cast<std::size_t>(got);
    std::size_t at = 0;
    nlmsghdr head{};
    while (at < size && take(buffer.data() + at, size - at, head)) {
      if (head.nlmsg_len < sizeof head || head.nlmsg_len > size - at) return peers;
      if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) return peers;
      if (head.nlmsg_type == SOCK_DIAG_BY_FAMILY)
        add(buffer.data() + at + NLMSG_HDRLEN, head.nlmsg_len - NLMSG_HDRLEN, peers);
      at += NLMSG_ALIGN(head.nlmsg_len);
    }
  }
  return peers;
}

}  // namespace

Peers unix_peers(int netns) {
  if (netns < 0) return ask();
  // setns moves the calling thread only; this one ends with the answer.
  Peers peers;
  std::thread([&] {
    if (::setns(netns, CLONE_NEWNET) == 0) peers = ask();
  }).join();
  return peers;
}

}  // namespace pyexc::host
