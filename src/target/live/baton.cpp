#include "target/live/baton.hpp"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>

namespace pyexc {

namespace {
long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value,
           const timespec* limit) {
  return ::syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, limit, nullptr,
                   FUTEX_BITSET_MATCH_ANY);
}
}  // namespace

std::uint64_t monotonic_ns() noexcept {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

void Baton::raise(std::uint32_t value) noexcept {
  std::uint32_t now = value_.load();
  while (now < value && !value_.compare_exchange_weak(now, value)) {
  }
  if (sleepers_.load() != 0) futex(&value_, FUTEX_WAKE, INT_MAX, nullptr);
}

bool Baton::wait_for(std::uint32_t wanted, std::uint64_t deadline_ns) noexcept {
  if (get() >= wanted) return true;
  const timespec limit{static_cast<time_t>(deadline_ns / 1'000'000'000),
                       static_cast<long>(deadline_ns % 1'000'000'000)};
  sleepers_.fetch_add(1);
  std::uint32_t now = value_.load();
  for (bool in_time = true; now < wanted && in_time; now = value_.load())
    in_time =
        futex(&value_, FUTEX_WAIT_BITSET, now, deadline_ns == never ? nullptr : &limit) == 0 ||
        errno != ETIMEDOUT;
  sleepers_.fetch_sub(1);
  return now >= wanted;
}

}  // namespace pyexc
