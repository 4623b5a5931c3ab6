#include "target/live/freeze.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "target/live/live_target.hpp"
#include "target/live/tracer.hpp"

namespace pyexc {

Freeze::Freeze(LiveTarget& target, FreezeOptions options) : target_(target), options_(options) {}

Freeze::~Freeze() { end(); }

Result<void> Freeze::begin() {
  end();
  sigset_t mask;
  if (::pthread_sigmask(SIG_BLOCK, nullptr, &mask) != 0 || ::sigismember(&mask, SIGTSTP) != 1)
    return fail(Errc::internal,
                "Freeze::begin() without a SignalShield: Ctrl-Z would stop the tool while it holds "
                "a process");
  if (target_.status().dumping_core)  // an interrupt would cut its core file short
    return fail(Errc::process_ended,
                fmt::format("process {} is writing a core dump", target_.pid()));
  if (!target_.alive())
    return fail(Errc::process_ended, fmt::format("process {} ended", target_.pid()));
  // An fd of its own: the directory's position is state, and the reader may list threads too.
  UniqueFd task_fd(::openat(target_.task_fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!task_fd) {
    const int error = errno;
    return fail(
        Error::system(error == ENOENT || error == ESRCH ? Errc::process_ended : Errc::internal,
                      error, "listing the threads"));
  }
  rounds_.push_back(std::make_unique<Tracer>(static_cast<pid_t>(target_.pid()), std::move(task_fd),
                                             options_, target_.threads().size()));
  Tracer& tracer = *rounds_.back();
  tracer_ = &tracer;
  if (thaw_wanted_) tracer.request_thaw();
  if (auto started = tracer.start(); !started) {
    tracer_ = nullptr;
    if (thaw_wanted_) return fail(Errc::interrupted, "told to let the process go");
    return started;
  }
  if (options_.registers) tracer.request_registers();
  target_.apply_stopped(tracer.stopped_tids(), tracer.existing_tids());
  return {};
}

bool Freeze::await_registers() {
  Tracer* tracer = tracer_;
  if (tracer == nullptr || !tracer->await_registers()) return false;
  target_.apply_registers(tracer->stopped_tids(), tracer->registers());
  return true;
}

bool Freeze::thawed() const noexcept {
  const Tracer* tracer = tracer_;
  return tracer == nullptr || tracer->is_thawed();
}

void Freeze::request_thaw() noexcept {
  thaw_wanted_ = true;
  if (Tracer* tracer = tracer_) tracer->request_thaw();
}

FreezeOutcome Freeze::end() {
  Tracer* tracer = tracer_;
  if (tracer == nullptr) return {};
  tracer->request_thaw();
  tracer->finish();
  tracer_ = nullptr;
  FreezeOutcome outcome = tracer->outcome();
  outcome.ended = outcome.ended || !target_.alive();
  // After an expired freeze a reader may still be using the list.
  if (!outcome.expired) target_.describe_new_threads();
  return outcome;
}

}  // namespace pyexc
