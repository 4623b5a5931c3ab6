// The side of a freeze that waits for the stops, in the thread that called begin().

#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "target/live/task_list.hpp"
#include "target/live/tracer.hpp"

namespace pyexc {

namespace {

constexpr std::int64_t patience = 10;  // with a thread that would run: this many times stop_wait

}  // namespace

/// Has a handler that does not restart the call it interrupts. Chosen once, from those that nobody
/// uses.
int Tracer::wake_signal() {
  static const int chosen = [] {
    struct sigaction wake = {};
    struct sigaction current = {};
    wake.sa_handler = on_wake_signal;
    for (int signal = SIGRTMAX - 1; signal > SIGRTMIN; --signal)
      if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_DFL &&
          ::sigaction(signal, &wake, nullptr) == 0)
        return signal;
    return 0;
  }();
  return chosen;
}

Tracer::Tracer(pid_t pid, UniqueFd task_fd, const FreezeOptions& options,
               std::size_t threads_expected)
    : pid_(pid), task_fd_(std::move(task_fd)), options_(options) {
  // Room for threads that start meanwhile: nothing is to be allocated while the process is stopped.
  const std::size_t room = threads_expected + threads_expected / 4 + 64;
  tracees_.reserve(room);
  seized_.resize(room);
  stopped_tids_.reserve(room);
  existing_tids_.reserve(room);
  if (options_.registers) registers_.resize(room);
}

Tracer::~Tracer() {
  request_thaw();
  finish();
  if (have_timer_) ::timer_delete(timer_);
}

/// Ends waits that last longer than stop_wait, and then every millisecond, so that none is missed
/// by coming a moment early. Armed before anything is stopped and left alone until after the thaw:
/// a system call less in between.
Result<void> Tracer::create_timer() {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = wake_signal();
  event._sigev_un._tid = reader_tid_;
  if (event.sigev_signo == 0 || ::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
    return fail(Error::system(Errc::internal, errno, "creating a timer"));
  have_timer_ = true;
  sigset_t wake;
  ::sigemptyset(&wake);
  ::sigaddset(&wake, wake_signal());
  ::pthread_sigmask(SIG_UNBLOCK, &wake, nullptr);
  return {};
}

void Tracer::arm_timer() {
  constexpr long billion = 1'000'000'000, every = 1'000'000;
  const long first =
      std::clamp<long>(options_.stop_wait.count(), every, options_.max_freeze.count() + every);
  const itimerspec ticking{{0, every}, {first / billion, first % billion}};
  ::timer_settime(timer_, 0, &ticking, nullptr);
}

void Tracer::disarm_timer() {
  const itimerspec off{};
  ::timer_settime(timer_, 0, &off, nullptr);
}

/// What the reader does while the target is held must not wait for others on a full machine either.
void Tracer::raise_priority() {
  errno = 0;
  reader_nice_ = ::getpriority(PRIO_PROCESS, static_cast<id_t>(reader_tid_));
  if (errno == 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(reader_tid_), -20);
}

Result<void> Tracer::start() {
  reader_tid_ = static_cast<pid_t>(::syscall(SYS_gettid));
  PYEXC_CHECK(create_timer());
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  raise_priority();
  const auto max_freeze =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, options_.max_freeze.count()));
  if (await(progress_, stopping, monotonic_ns() + max_freeze) && progress_.get() != failed)
    wait_for_stops();
  if (progress_.get() == stopping && handed_over_) return {};
  request_thaw();
  finish();
  if (progress_.get() != failed)
    return fail(Errc::timeout, fmt::format("process {} could not be stopped in time", pid_));
  return fail(std::move(error_));
}

/// Waits for the tracer, and sees to it that the tracer gets on. False: it did not until
/// `limit_ns`, or has ended.
bool Tracer::await(Baton& baton, std::uint32_t wanted, std::uint64_t limit_ns) {
  const auto every =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, options_.look_after.count()));
  while (!baton.wait_for(wanted, monotonic_ns() + every)) {
    if (progress_.get() >= failed) return false;
    reap_exited();
    if (monotonic_ns() < limit_ns + every) continue;
    abandon();
    return false;
  }
  return true;
}

void Tracer::reap_exited() {
  const std::size_t count = seized_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) {
    if (seized_[i] == pid_) continue;  // its parent waits for that
    const auto tid = static_cast<id_t>(seized_[i]);
    siginfo_t info;
    info.si_pid = 0;
    // The stops of a tracee are reported whether asked for or not, and what is taken here without
    // WNOWAIT is lost.
    if (::waitid(P_PID, tid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 || info.si_pid == 0)
      continue;
    if (info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED)
      ::waitid(P_PID, tid, &info, WEXITED | WNOHANG | __WALL);
  }
}

void Tracer::abandon() {
  abandoned_ = true;
  request_thaw();
  // A signal may come when it has just left the call; it is then about to thaw by itself, or to
  // call again.
  while (progress_.get() < failed &&
         ::syscall(SYS_tgkill, ::getpid(), own_tid_.load(), wake_signal()) == 0) {
    reap_exited();
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  if (progress_.get() >= failed) return;
  left_behind_ = outcome_.expired = true;
  const std::uint64_t first_stop = first_stop_ns_;
  outcome_.duration_ns = first_stop == 0 ? 0 : monotonic_ns() - first_stop;
  progress_.raise(thawed);
}

void Tracer::finish() {
  if (!thread_.joinable()) return;
  thread_.join();
  disarm_timer();
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(reader_tid_), reader_nice_);
  if (!left_behind_) return;
  // join() returns before the kernel lets go of the tracees of a thread that ends; it has done so
  // once the thread does not exist any more.
  const std::uint64_t limit = monotonic_ns() + 200'000'000;
  while (::syscall(SYS_tgkill, ::getpid(), own_tid_.load(), 0) == 0 && monotonic_ns() < limit) {
    const timespec pause{0, 20'000};
    ::nanosleep(&pause, nullptr);
  }
}

void Tracer::wait_for_stops() {
  const std::uint64_t begin = monotonic_ns();
  std::size_t quiet = 0;
  for (std::uint32_t round = 1;; ++round) {
    for (Tracee& tracee : tracees_) wait_for_stop(tracee);
    // Threads started meanwhile. Every thread we trace and have not reaped exists, so equal numbers
    // mean equal sets; without that, two listings one after the other with nothing new.
    const std::size_t count = count_tasks(task_fd_.get());
    if (count == existing() || count == 0 || quiet == 2) break;
    command_round_ = round;
    command_.raise(round);
    const auto max_freeze =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, options_.max_freeze.count()));
    if (!await(rounds_, round, begin + max_freeze)) return;
    if (!listed_) break;
    quiet = added_ == 0 ? quiet + 1 : 0;
    if (added_ > 0 && passed(patience * options_.stop_wait.count())) {
      for (Tracee& tracee : tracees_) wait_for_stop(tracee);
      outcome_.complete = false;
      break;
    }
  }
  outcome_.stop_ns = monotonic_ns() - begin;
  record();
  handed_over_.store(true, std::memory_order_release);
}

void Tracer::request_registers() {
  registers_.resize(stopped_tids_.size());
  registers_wanted_ = true;
  command_.raise(++command_round_);
}

bool Tracer::await_registers() {
  const auto every = static_cast<std::uint64_t>(std::max<std::int64_t>(1, options_.look_after.count()));
  while (!rounds_.wait_for(command_round_, monotonic_ns() + every))
    if (progress_.get() >= failed) return rounds_.get() >= command_round_;
  return true;
}

/// Whether that long has passed since every thread was asked to stop.
bool Tracer::passed(std::int64_t wait_ns) const noexcept {
  const std::uint64_t since = all_interrupted_ns_.load(std::memory_order_acquire);
  const std::int64_t wait = std::clamp<std::int64_t>(wait_ns, 0, options_.max_freeze.count());
  return since != 0 && monotonic_ns() >= since + static_cast<std::uint64_t>(wait);
}

void Tracer::wait_for_stop(Tracee& tracee) {
  while (tracee.state == State::traced) {
    // After the deadline what has stopped by now is seen. Of the rest, one in an uninterruptible
    // sleep is given up: that has no known end. Any other only lacks a processor, or has stopped
    // just after the look at it.
    const bool late = passed(options_.stop_wait.count());
    if (look(tracee, !late)) return;
    const char state = task_state(task_fd_.get(), tracee.tid);
    if (state == 'Z' && tracee.tid == pid_)
      tracee.state =
          State::zombie;  // the kernel tells of a main thread's end only after the last other one's
    else if (late &&
             (state == 'D' || passed(patience * options_.stop_wait.count()) || look(tracee, true)))
      return;
  }
}

void Tracer::record() {
  for (const Tracee& tracee : tracees_) {
    if (tracee.state == State::gone || tracee.state == State::zombie) continue;
    existing_tids_.push_back(tracee.tid);
    if (tracee.state == State::held) stopped_tids_.push_back(tracee.tid);
    else outcome_.not_stopped.push_back(tracee.tid);
  }
  outcome_.threads_stopped = stopped_tids_.size();
}

}  // namespace pyexc
