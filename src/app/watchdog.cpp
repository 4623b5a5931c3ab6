#include "app/watchdog.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <thread>
#include <utility>

#include "session/exit_status.hpp"
#include "session/session.hpp"

namespace pyexc::app {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A freeze that cannot be ended in this time ends with the program: the kernel then lets the target
// go.
constexpr auto thaw_limit = 1s;
// What the rest of the program gets to unwind or to finish its output.
constexpr auto grace = 100ms;

bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Those that the watchdog acts on, but for what our parent (nohup, a shell's `&`) has us ignore.
sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGTSTP})
    if (!ignored(signal)) ::sigaddset(&set, signal);
  return set;
}

void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  // Blocking a fault of our own would only turn its report into a silent end.
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT})
    ::sigdelset(&all, fault);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

timespec until(Clock::time_point when) {
  const auto left = std::max<Clock::duration>(when - Clock::now(), Clock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((left - seconds) / 1ns)};
}

void wait_until_let_go() {
  for (const auto limit = Clock::now() + thaw_limit; holding_target() && Clock::now() < limit;)
    std::this_thread::sleep_for(1ms);
}

/// Not done at all if it would have to wait longer than anybody expects of Ctrl-Z.
void stop_ourselves() {
  for (const auto limit = Clock::now() + thaw_limit; Clock::now() < limit;) {
    if (suspend_unless_holding()) return;
    std::this_thread::sleep_for(1ms);
  }
}

}  // namespace

Watchdog::Watchdog(std::optional<std::chrono::nanoseconds> timeout, Explain explain)
    : deadline_(timeout ? std::optional(Clock::now() + *timeout) : std::nullopt),
      explain_(std::move(explain)) {
  block_signals();
  std::thread([this] { watch(); }).detach();
}

void Watchdog::watch() {
  const sigset_t watched = watched_signals();
  for (;;) {
    int signal = 0;
    if (deadline_) {
      const timespec left = until(*deadline_);
      signal = ::sigtimedwait(&watched, nullptr, &left);
      if (signal < 0 && errno == EAGAIN) return end(Errc::timeout, 0);
    } else {
      signal = ::sigwaitinfo(&watched, nullptr);
    }
    if (signal == SIGTSTP) stop_ourselves();
    else if (signal > 0) return end(Errc::interrupted, signal);
  }
}

void Watchdog::end(Errc code, int signal) {
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    ending_ = true;
  }
  request_stop(code, signal);
  wait_until_let_go();
  Error error(code);
  error.number = signal;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, grace, [&] { return finished_; });
  if (finished_ && delivering_) return;  // its output got through: its own status stands
  explain_(error);
  ::_exit(code == Errc::timeout ? static_cast<int>(ExitStatus::timeout) : 128 + signal);
}

void Watchdog::delivering() {
  const std::lock_guard lock(mutex_);
  if (!ending_) delivering_ = true;
}

void Watchdog::finish() {
  std::unique_lock lock(mutex_);
  finished_ = true;
  changed_.notify_all();
  if (ending_ && !delivering_) changed_.wait(lock, [] { return false; });
}

}  // namespace pyexc::app
