#include "target/live/tracer.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "target/live/proc_status.hpp"
#include "target/live/task_list.hpp"

namespace pyexc {

namespace {

constexpr std::uint64_t never = ~std::uint64_t{0};
constexpr int event_stop = 128;  // PTRACE_EVENT_STOP; the name is missing from some headers

timespec to_timespec(std::uint64_t ns) {
  return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value, const timespec* timeout) {
  return ::syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout, nullptr, FUTEX_BITSET_MATCH_ANY);
}

/// The signal that ends a wait which has lasted too long: it has a handler that does nothing and does not restart
/// the call. Chosen once, from those nobody uses.
int wake_signal() {
  static const int chosen = [] {
    struct sigaction none {}, current {};
    none.sa_handler = [](int) {};
    for (int signal = SIGRTMAX - 1; signal > SIGRTMIN; --signal)
      if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_DFL &&
          ::sigaction(signal, &none, nullptr) == 0)
        return signal;
    return 0;
  }();
  return chosen;
}

}  // namespace

std::uint64_t monotonic_ns() noexcept {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

void Baton::set(std::uint32_t value) noexcept {
  value_.store(value);
  if (sleepers_.load() != 0) futex(&value_, FUTEX_WAKE, ~0U >> 1, nullptr);
}

bool Baton::wait_for(std::uint32_t wanted, std::uint64_t deadline_ns) noexcept {
  if (get() >= wanted) return true;
  const timespec limit = to_timespec(deadline_ns == never ? 0 : deadline_ns);
  sleepers_.fetch_add(1);
  std::uint32_t now = value_.load();
  bool in_time = true;
  while (now < wanted && in_time) {
    if (futex(&value_, FUTEX_WAIT_BITSET, now, deadline_ns == never ? nullptr : &limit) != 0 && errno == ETIMEDOUT)
      in_time = false;
    now = value_.load();
  }
  sleepers_.fetch_sub(1);
  return now >= wanted;
}

Tracer::Tracer(pid_t pid, UniqueFd task_fd, const FreezeOptions& options, std::size_t threads_expected)
    : pid_(pid), task_fd_(std::move(task_fd)), options_(options) {
  // Room for threads that start meanwhile: nothing is to be allocated while the process is stopped.
  const std::size_t room = threads_expected + threads_expected / 4 + 64;
  tracees_.reserve(room);
  stopped_tids_.reserve(room);
  existing_tids_.reserve(room);
}

Tracer::~Tracer() {
  request_thaw();
  finish();
}

Result<void> Tracer::start() {
  static_cast<void>(wake_signal());
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  progress_.wait_for(stopped, never);
  if (progress_.get() != failed) return {};
  finish();
  return fail(std::move(error_));
}

void Tracer::finish() {
  if (!thread_.joinable()) return;
  thread_.join();
  if (!left_behind_) return;
  // join() returns before the kernel lets go of the tracees of a thread that ends; it has done so once the
  // thread does not exist any more.
  const std::uint64_t limit = monotonic_ns() + 200'000'000;
  while (::syscall(SYS_tgkill, ::getpid(), own_tid_, 0) == 0 && monotonic_ns() < limit) {
    const timespec pause{0, 20'000};
    ::nanosleep(&pause, nullptr);
  }
}

void Tracer::run() noexcept {
  own_tid_ = static_cast<pid_t>(::syscall(SYS_gettid));
  // The target's threads are woken one after the other; on a full machine each of them would take the processor
  // from us before the next is released. Refused without CAP_SYS_NICE, which costs only time.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(own_tid_), -20);
  if (!start_timer() || !seize_all()) {
    left_behind_ = true;  // whatever was seized before it failed
    progress_.set(failed);
    return;
  }
  stop_all();
  record();
  progress_.set(stopped);
  hold();
  thaw();
  progress_.set(thawed);
}

bool Tracer::start_timer() {
  sigset_t wake;
  ::sigemptyset(&wake);
  ::sigaddset(&wake, wake_signal());
  ::pthread_sigmask(SIG_UNBLOCK, &wake, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = wake_signal();
  event._sigev_un._tid = own_tid_;
  if (wake_signal() != 0 && ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0) return true;
  error_ = Error::system(Errc::internal, errno, "creating a timer");
  return false;
}

Tracer::Tracee* Tracer::find(pid_t tid) {
  const auto end = tracees_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto at = std::lower_bound(tracees_.begin(), end, tid,
                                   [](const Tracee& tracee, pid_t wanted) { return tracee.tid < wanted; });
  if (at != end && at->tid == tid) return &*at;
  for (std::size_t i = sorted_; i < tracees_.size(); ++i)
    if (tracees_[i].tid == tid) return &tracees_[i];
  return nullptr;
}

std::size_t Tracer::existing() const {
  const auto gone = std::ranges::count(tracees_, State::gone, &Tracee::state);
  return tracees_.size() - static_cast<std::size_t>(gone) + untraceable_;
}

/// The thread that traces `tid`, 0 if none; its process goes to `process`. (TracerPid names a thread.)
pid_t Tracer::tracer_of(pid_t tid, pid_t& process) const {
  char path[64];
  std::snprintf(path, sizeof path, "%d/status", tid);
  const auto text = read_file_at(task_fd_.get(), path);
  const auto tracer = text ? static_cast<pid_t>(parse_proc_status(*text).tracer) : 0;
  process = tracer;
  if (tracer == 0) return 0;
  std::snprintf(path, sizeof path, "/proc/%d/status", tracer);
  if (const auto own = read_file_at(AT_FDCWD, path)) {
    const auto tgid = static_cast<pid_t>(parse_proc_status(*own).tgid);
    if (tgid > 0) process = tgid;
  }
  return tracer;
}

/// False: the whole freeze has failed (error_ is set).
bool Tracer::seize(pid_t tid) {
  constexpr int patience = 50;
  for (int attempt = 0;; ++attempt) {
    if (::ptrace(PTRACE_SEIZE, tid, nullptr, nullptr) == 0) {
      tracees_.push_back({tid, State::seized, listing_, 0});
      return true;
    }
    const int error = errno;
    if (error == ESRCH) return true;  // it ended between the listing and now
    const char state = task_state(task_fd_.get(), tid);
    if (state == 'X') return true;
    if (state == 'Z') {
      ++untraceable_;
      return true;
    }
    pid_t process = 0;
    const pid_t tracer = tracer_of(tid, process);
    if (tracer == own_tid_) {  // a thread we have already, renamed by execve
      tracees_.push_back({tid, State::seized, listing_, 0});
      return true;
    }
    // Our own previous round may still be letting go; and what was refused may have been a thread that has ended, and
    // what was looked at after that the one that took its number in execve.
    const bool may_change = process == ::getpid() || (tracer == 0 && attempt < 3);
    if (!may_change || attempt == patience) {
      if (tracer != 0) {
        error_ = Error(Errc::already_traced, fmt::format("process {} is already traced by process {}", pid_, process));
        error_.number = process;
      } else {
        error_ = Error::system(Errc::not_permitted, error, fmt::format("ptrace of process {}", pid_));
      }
      return false;
    }
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

bool Tracer::list_and_seize(bool interrupt, std::size_t& added) {
  ++listing_;
  untraceable_ = 0;
  added = 0;
  bool good = true;
  const std::size_t before = tracees_.size();
  const bool listed = for_each_task(task_fd_.get(), [&](pid_t tid) {
    if (!good) return;
    if (Tracee* known = find(tid)) {
      known->seen = listing_;
      return;
    }
    const std::size_t size = tracees_.size();
    good = seize(tid);
    if (tracees_.size() == size) return;
    ++added;
    if (interrupt && ::ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr) == 0)
      tracees_.back().state = State::interrupted;
  });
  if (!listed) {
    error_ = Error(Errc::process_ended, fmt::format("process {} ended", pid_));
    return false;
  }
  if (interrupt)
    for (std::size_t i = before; i < tracees_.size(); ++i) wait_for_stop(tracees_[i]);
  std::ranges::sort(tracees_, {}, &Tracee::tid);
  sorted_ = tracees_.size();
  return good;
}

/// Becomes the tracer of every thread while all still run. A traced thread cannot be reaped without us, so its tid
/// means the same thread from here on; one that a later listing of this process does not have is not ours to stop.
bool Tracer::seize_all() {
  const std::uint64_t limit = monotonic_ns() + 5'000'000;
  std::size_t added = 0;
  do {
    if (!list_and_seize(false, added)) return false;
  } while (added > 0 && monotonic_ns() < limit);
  if (added > 0 && !list_and_seize(false, added)) return false;
  for (Tracee& tracee : tracees_) {
    if (tracee.seen == listing_) continue;
    tracee.state = State::gone;
    left_behind_ = true;
  }
  if (existing() > untraceable_) return true;
  error_ = Error(Errc::process_ended, fmt::format("process {} ended", pid_));
  return false;
}

void Tracer::stop_all() {
  constexpr long check_every = 1'000'000;
  const itimerspec ticking{{0, check_every}, {0, check_every}};
  const itimerspec off{};
  first_stop_ns_ = monotonic_ns();
  const std::int64_t wait = std::clamp<std::int64_t>(options_.stop_wait.count(), 0, options_.max_freeze.count());
  deadline_ns_ = first_stop_ns_ + static_cast<std::uint64_t>(wait);
  last_deadline_ns_ = first_stop_ns_ + static_cast<std::uint64_t>(std::min(10 * wait, options_.max_freeze.count()));
  ::timer_settime(timer_, 0, &ticking, nullptr);
  for (Tracee& tracee : tracees_)
    if (tracee.state == State::seized && ::ptrace(PTRACE_INTERRUPT, tracee.tid, nullptr, nullptr) == 0)
      tracee.state = State::interrupted;
  for (Tracee& tracee : tracees_) wait_for_stop(tracee);
  // Threads started meanwhile. Every thread we trace and have not reaped exists, so equal numbers mean equal sets.
  std::size_t quiet = 0;
  for (;;) {
    const std::size_t count = count_tasks(task_fd_.get());
    if (count == existing() || count == 0) break;
    std::size_t added = 0;
    if (!list_and_seize(true, added)) break;
    quiet = added == 0 ? quiet + 1 : 0;
    if (quiet == 2) break;
    if (added > 0 && monotonic_ns() >= last_deadline_ns_) {
      outcome_.complete = false;
      break;
    }
  }
  ::timer_settime(timer_, 0, &off, nullptr);
}

void Tracer::wait_for_stop(Tracee& tracee) {
  while (tracee.state == State::interrupted || tracee.state == State::seized) {
    // After the deadline what has stopped by now is seen, and of the rest only one that runs is waited for: it stops
    // as soon as it gets a processor, while a sleep that is not interrupted has no known end.
    const std::uint64_t now = monotonic_ns();
    if (look(tracee, now < deadline_ns_)) return;
    const char state = task_state(task_fd_.get(), tracee.tid);
    if (state == 'Z' && tracee.tid == pid_)
      tracee.state = State::zombie;  // the kernel tells of a main thread's end only after the last other one's
    else if (now >= deadline_ns_ && (state != 'R' || now >= last_deadline_ns_ || look(tracee, true)))
      return;
  }
}

/// Looks once whether the thread has stopped or ended; `block`: waits for that until the timer's next tick.
/// The stop is not consumed (WNOWAIT): if we are killed now, the kernel still has the signal and delivers it.
bool Tracer::look(Tracee& tracee, bool block) {
  constexpr int options = WSTOPPED | WEXITED | __WALL | __WNOTHREAD;
  siginfo_t info;
  info.si_pid = 0;
  const auto tid = static_cast<id_t>(tracee.tid);
  if (::waitid(P_PID, tid, &info, options | WNOWAIT | (block ? 0 : WNOHANG)) != 0) {
    if (errno == EINTR) return false;
    tracee.state = State::gone;  // ECHILD: execve in another thread took its place
    return true;
  }
  if (info.si_pid == 0) return false;
  if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED) {
    const int signal = info.si_status & 0xff;
    const int event = info.si_status >> 8;
    // Event stops are ours, or of a process that is stopped as a whole; the kernel itself goes back to that state.
    // Anything else is a signal on its way to the thread.
    tracee.signal = event == 0 ? signal : 0;
    static_assert(event_stop == 128);
    tracee.state = State::held;
    return true;
  }
  if (tracee.tid == pid_) {
    tracee.state = State::zombie;  // for its parent to reap
  } else {
    // Reaped at once: an execve in another thread waits for this.
    ::waitid(P_PID, tid, &info, options | WNOHANG);
    tracee.state = State::gone;
  }
  return true;
}

void Tracer::record() {
  for (const Tracee& tracee : tracees_) {
    if (tracee.state == State::gone || tracee.state == State::zombie) continue;
    existing_tids_.push_back(tracee.tid);
    if (tracee.state == State::held)
      stopped_tids_.push_back(tracee.tid);
    else
      outcome_.not_stopped.push_back(tracee.tid);
  }
  outcome_.threads_stopped = stopped_tids_.size();
  outcome_.stop_ns = monotonic_ns() - first_stop_ns_;
}

void Tracer::hold() {
  const auto hold_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, options_.max_freeze.count()));
  outcome_.expired = !thaw_wanted_.wait_for(1, first_stop_ns_ + hold_ns);
}

void Tracer::detach(const Tracee& tracee) {
  if (tracee.state != State::held) return;
  if (::ptrace(PTRACE_DETACH, tracee.tid, nullptr, static_cast<std::intptr_t>(tracee.signal)) != 0)
    left_behind_ = outcome_.ended = true;  // killed meanwhile, and SIGKILL and execve leave none
  else if (tracee.signal != 0) ++outcome_.signals_returned;
}

void Tracer::thaw() {
  for (const Tracee& tracee : tracees_) detach(tracee);
  // One that did not stop in time may have done so since. What even now has not cannot be detached: the end of
  // this thread releases it, and takes back the request to stop.
  for (Tracee& tracee : tracees_) {
    if (tracee.state != State::interrupted && tracee.state != State::seized) continue;
    left_behind_ = true;
    if (look(tracee, false)) detach(tracee);
  }
  outcome_.duration_ns = monotonic_ns() - first_stop_ns_;
}

}  // namespace pyexc
