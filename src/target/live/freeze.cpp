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
    return fail(Errc::internal, "Freeze::begin() without a SignalShield: Ctrl-Z would stop the tool while it holds a process");
  if (target_.status().dumping_core)  // an interrupt would cut its core file short
    return fail(Errc::process_ended, fmt::format("process {} is writing a core dump", target_.pid()));
  if (!target_.alive()) return fail(Errc::process_ended, fmt::format("process {} ended", target_.pid()));
  // An fd of its own: the directory's position is state, and the reader may list threads too.
  UniqueFd task_fd(::openat(target_.task_fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!task_fd) {
    const int error = errno;
    return fail(Error::system(error == ENOENT || error == ESRCH ? Errc::process_ended : Errc::internal, error,
                              "listing the threads"));
  }
  tracer_ = std::make_unique<Tracer>(static_cast<pid_t>(target_.pid()), std::move(task_fd), options_,
                                     target_.threads().size());
  if (auto started = tracer_->start(); !started) {
    tracer_.reset();
    return started;
  }
  target_.apply_stopped(tracer_->stopped_tids(), tracer_->existing_tids());
  return {};
}

bool Freeze::thawed() const noexcept { return !tracer_ || tracer_->is_thawed(); }

void Freeze::request_thaw() noexcept {
  if (tracer_) tracer_->request_thaw();
}

FreezeOutcome Freeze::end() {
  if (!tracer_) return {};
  tracer_->request_thaw();
  tracer_->finish();
  FreezeOutcome outcome = tracer_->outcome();
  tracer_.reset();
  outcome.ended = outcome.ended || !target_.alive();
  // After an expired freeze a reader may still be using the list.
  if (!outcome.expired) target_.describe_new_threads();
  return outcome;
}

}  // namespace pyexc
