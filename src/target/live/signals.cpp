#include "target/live/signals.hpp"

#include <pthread.h>

#include <ctime>

namespace pyexc {

namespace {

constexpr int end_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

timespec to_timespec(std::chrono::nanoseconds duration) {
  constexpr long billion = 1'000'000'000;
  if (duration.count() < 0) return {0, 0};
  return {static_cast<time_t>(duration.count() / billion),
          static_cast<long>(duration.count() % billion)};
}

}  // namespace

SignalShield::SignalShield() noexcept {
  sigset_t block;
  ::sigfillset(&block);
  // Blocking a fault of our own would only turn its report into a silent end.
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT})
    ::sigdelset(&block, fault);
  active_ = ::pthread_sigmask(SIG_BLOCK, &block, &before_) == 0;
}

void SignalShield::lift() noexcept {
  if (active_) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  active_ = false;
}

int SignalShield::pending() noexcept {
  sigset_t waiting;
  if (::sigpending(&waiting) != 0) return 0;
  for (const int signal : end_signals)
    if (::sigismember(&waiting, signal) == 1) return signal;
  return 0;
}

int SignalShield::wait(std::chrono::nanoseconds timeout) noexcept {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int signal : end_signals) ::sigaddset(&wanted, signal);
  const timespec limit = to_timespec(timeout);
  const int signal = ::sigtimedwait(&wanted, nullptr, &limit);
  return signal > 0 ? signal : 0;
}

}  // namespace pyexc
