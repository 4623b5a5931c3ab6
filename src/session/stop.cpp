#include "session/stop.hpp"

#include <utility>

namespace pyexc {

namespace {

std::timed_mutex gate;  // held while a target is

std::mutex state;       // guards the two below; never held while waiting for anything
std::optional<Error> stop;
std::function<void()> thaw_now;

}  // namespace

void request_stop(Errc code, int signal) {
  const std::lock_guard lock(state);
  if (stop) return;
  stop.emplace(code, code == Errc::timeout ? "the time for the whole run has passed" : "told to stop");
  stop->number = signal;
  if (thaw_now) thaw_now();
}

std::optional<Error> interrupted() {
  const std::lock_guard lock(state);
  return stop;
}

FreezeScope::FreezeScope(std::function<void()> thaw) {
  gate.lock();
  const std::lock_guard lock(state);
  thaw_now = std::move(thaw);
}

FreezeScope::~FreezeScope() {
  {
    const std::lock_guard lock(state);
    thaw_now = nullptr;
  }
  gate.unlock();
}

std::unique_lock<std::timed_mutex> hold_off_freezes(std::chrono::nanoseconds limit) {
  std::unique_lock lock(gate, std::defer_lock);
  (void)lock.try_lock_for(limit);
  return lock;
}

}  // namespace pyexc
