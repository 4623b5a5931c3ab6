#include "host/call_arguments.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <limits.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

namespace pyexc::host {

namespace {

template <class T>
bool read_items(const ReadMemory& memory, std::uint64_t address, std::span<T> out) {
  return memory && address != 0 && memory(address, std::as_writable_bytes(out));
}

}  // namespace

std::optional<WaitedFds> polled_fds(const SyscallLine& line, const ReadMemory& memory,
                                    std::size_t max) {
  WaitedFds result;
  const auto count = static_cast<std::uint32_t>(line.arguments[1]);
  if (count == 0) return result;
  std::vector<pollfd> entries(std::min<std::size_t>(count, max));
  if (!read_items(memory, line.arguments[0], std::span(entries))) return std::nullopt;
  result.count = count;
  // A negative one is not looked at by the kernel.
  for (const pollfd& entry : entries) {
    if (entry.fd >= 0) result.fds.push_back(entry.fd);
    else --result.count;
  }
  return result;
}

std::optional<WaitedFds> selected_fds(const SyscallLine& line, const ReadMemory& memory,
                                      std::size_t max) {
  constexpr std::int32_t max_bits = 1 << 16;
  constexpr std::size_t word_bits = 64;
  WaitedFds result;
  const std::int32_t bits = std::clamp(line.integer(0), 0, max_bits);
  std::vector<std::uint64_t> all((static_cast<std::size_t>(bits) + word_bits - 1) / word_bits),
      set(all.size());
  for (std::size_t i = 1; i <= 3; ++i) {
    if (line.arguments[i] == 0 || all.empty()) continue;
    if (!read_items(memory, line.arguments[i], std::span(set))) return std::nullopt;
    for (std::size_t word = 0; word < set.size(); ++word) all[word] |= set[word];
  }
  for (std::size_t bit = 0; bit < static_cast<std::size_t>(bits); ++bit) {
    if (((all[bit / word_bits] >> (bit % word_bits)) & 1U) == 0) continue;
    ++result.count;
    if (result.fds.size() < max) result.fds.push_back(static_cast<std::int64_t>(bit));
  }
  return result;
}

std::optional<std::string> path_argument(std::uint64_t address, const ReadMemory& memory) {
  std::string path;
  while (path.size() < PATH_MAX) {
    // Up to the end of the page: what is behind it need not be there.
    std::array<char, 4096> piece;
    const std::size_t size = std::min<std::size_t>(256, 4096 - (address + path.size()) % 4096);
    if (address == 0 || !read_items(memory, address + path.size(), std::span(piece).first(size)))
      return std::nullopt;
    const std::string_view text(piece.data(), size);
    const std::size_t end = text.find('\0');
    path += text.substr(0, end);
    if (end != std::string_view::npos) return path;
  }
  return std::nullopt;
}

std::string socket_address(std::uint64_t address, std::uint64_t size, const ReadMemory& memory) {
  sockaddr_storage storage{};
  if (size < sizeof(sa_family_t) || size > sizeof storage) return {};
  std::array<std::byte, sizeof storage> bytes{};
  if (!read_items(memory, address, std::span(bytes).first(static_cast<std::size_t>(size))))
    return {};
  std::memcpy(&storage, bytes.data(), bytes.size());
  char text[INET6_ADDRSTRLEN];
  if (storage.ss_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in in;
    std::memcpy(&in, bytes.data(), sizeof in);
    if (::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text) == nullptr) return {};
    return fmt::format("{}:{}", text, ntohs(in.sin_port));
  }
  if (storage.ss_family == AF_INET6 && size >= offsetof(sockaddr_in6, sin6_scope_id)) {
    sockaddr_in6 in;
    std::memcpy(&in, bytes.data(), sizeof in);
    if (::inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text) == nullptr) return {};
    return fmt::format("[{}]:{}", text, ntohs(in.sin6_port));
  }
  if (storage.ss_family == AF_UNIX && size > offsetof(sockaddr_un, sun_path)) {
    std::string path(reinterpret_cast<const char*>(bytes.data()) + offsetof(sockaddr_un, sun_path),
                     static_cast<std::size_t>(size) - offsetof(sockaddr_un, sun_path));
    if (path[0] != '\0') return path.substr(0, path.find('\0'));
    std::ranges::replace(path, '\0', '@');  // as /proc/net/unix shows an abstract name
    return path;
  }
  return {};
}

std::string_view futex_operation(std::int32_t operation) noexcept {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI: return "wait";
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2: return "lock_pi";
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
    case FUTEX_WAKE_OP: return "wake";
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_CMP_REQUEUE_PI: return "requeue";
    case FUTEX_UNLOCK_PI: return "unlock_pi";
    case FUTEX_TRYLOCK_PI: return "trylock_pi";
    default: return {};
  }
}

std::optional<Deadline> deadline_of(Shape shape, const SyscallLine& line,
                                    const ReadMemory& memory) {
  Deadline deadline;
  std::uint64_t address = 0;
  if (shape == Shape::clock_sleep) {
    if ((line.integer(1) & TIMER_ABSTIME) == 0) return std::nullopt;
    deadline.clock = line.integer(0);
    address = line.arguments[2];
  } else if (shape == Shape::futex) {
    const std::int32_t operation = line.integer(1), command = operation & FUTEX_CMD_MASK;
    const bool absolute = command == FUTEX_WAIT_BITSET || command == FUTEX_WAIT_REQUEUE_PI ||
                          command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2;
    if (!absolute) return std::nullopt;
    const bool realtime = (operation & FUTEX_CLOCK_REALTIME) != 0 || command == FUTEX_LOCK_PI;
    deadline.clock = realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    address = line.arguments[3];
  } else {
    return std::nullopt;
  }
  if (deadline.clock != CLOCK_REALTIME && deadline.clock != CLOCK_MONOTONIC &&
      deadline.clock != CLOCK_BOOTTIME)
    return std::nullopt;
  std::array<std::int64_t, 2> time{};
  constexpr std::int64_t billion = 1'000'000'000, max_seconds = 9'000'000'000;
  if (!read_items(memory, address, std::span<std::int64_t>(time)) || time[0] < 0 ||
      time[0] > max_seconds || time[1] < 0 || time[1] >= billion)
    return std::nullopt;
  deadline.ns = time[0] * billion + time[1];
  return deadline;
}

}  // namespace pyexc::host
