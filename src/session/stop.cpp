#include "session/stop.hpp"

#include <csignal>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "session/session.hpp"
#include "target/live/freeze.hpp"

namespace pyexc {

namespace {
std::mutex held_mutex;
Freeze* held = nullptr;
std::atomic<bool> holding{false};
// Code in the high half, signal in the low half; 0: nobody asked.
std::atomic<std::uint64_t> requested{0};
}  // namespace

HeldTarget::HeldTarget(Freeze& freeze) noexcept {
  const std::lock_guard lock(held_mutex);
  held = &freeze;
  holding.store(true);
  if (requested.load() != 0) freeze.request_thaw();
}

HeldTarget::~HeldTarget() { forget(); }

void HeldTarget::forget() noexcept {
  const std::lock_guard lock(held_mutex);
  held = nullptr;
  holding.store(false);
}

void request_stop(Errc code, int signal) noexcept {
  std::uint64_t nobody = 0;
  const auto request = (std::uint64_t{1} << 63) | (static_cast<std::uint64_t>(code) << 32) | static_cast<std::uint32_t>(signal);
  requested.compare_exchange_strong(nobody, request);
  const std::lock_guard lock(held_mutex);
  if (held != nullptr) held->request_thaw();
}

std::optional<Error> interrupted() {
  const std::uint64_t request = requested.load();
  if (request == 0) return std::nullopt;
  Error error(static_cast<Errc>((request >> 32) & 0xff), "stopped before the report was complete");
  error.number = static_cast<std::int32_t>(request & 0xffffffff);
  if (error.code == Errc::timeout) error.what = "the time limit of the run passed";
  return error;
}

bool holding_target() noexcept { return holding.load(); }

bool suspend_unless_holding() noexcept {
  const std::lock_guard lock(held_mutex);  // a run that wants to stop a target waits here until we go on
  if (held != nullptr) return false;
  ::kill(::getpid(), SIGSTOP);
  return true;
}

Result<void> check_not_stopped() {
  if (auto error = interrupted()) return fail(std::move(*error));
  return {};
}

}  // namespace pyexc
