#pragma once
// Which unix socket is connected to which: /proc/net/unix does not say, sock_diag(7) does.

#include <cstdint>
#include <unordered_map>

namespace pyexc::host {

/// Inode of each connected unix socket of a network namespace to the inode of its peer. `netns` is
/// a descriptor of the namespace, or -1 for our own. Empty if the kernel does not tell.
[[nodiscard]] std::unordered_map<std::uint64_t, std::uint64_t> unix_peers(int netns);

}  // namespace pyexc::host
