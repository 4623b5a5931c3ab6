#include "target/live/tracer.hpp"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "target/live/proc_status.hpp"
#include "target/live/task_list.hpp"

namespace pyexc {

namespace {
thread_local Tracer* current = nullptr;
}

/// Ends a wait by interrupting it, and nothing more; but a tracer that is given up ends inside
/// PTRACE_SEIZE, which nothing else can get it out of (the kernel restarts that call after any
/// signal).
void Tracer::on_wake_signal(int) {
  if (current != nullptr && current->abandoned_ && current->in_seize_) ::syscall(SYS_exit, 0);
}

void Tracer::run() noexcept {
  current = this;
  own_tid_ = static_cast<pid_t>(::syscall(SYS_gettid));
  sigset_t wake;
  ::sigemptyset(&wake);
  ::sigaddset(&wake, wake_signal());
  ::pthread_sigmask(SIG_UNBLOCK, &wake, nullptr);
  // The target's threads are woken one after the other; on a full machine each of them would take
  // the processor from us before the next is released. Refused without CAP_SYS_NICE, which costs
  // only time.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(own_tid_), -20);
  if (!seize_all()) {
    left_behind_ = true;  // whatever was seized before it failed
    progress_.raise(failed);
    return;
  }
  arm_timer();
  progress_.raise(stopping);
  first_stop_ns_ = monotonic_ns();
  // One that is gone is noticed by who waits for it.
  for (const Tracee& tracee : tracees_)
    if (tracee.seen == listing_) ::ptrace(PTRACE_INTERRUPT, tracee.tid, nullptr, nullptr);
  all_interrupted_ns_.store(monotonic_ns(), std::memory_order_release);
  hold();
  thaw();
  progress_.raise(thawed);
}

Tracer::Tracee* Tracer::find(pid_t tid) {
  const auto end = tracees_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto at =
      std::lower_bound(tracees_.begin(), end, tid,
                       [](const Tracee& tracee, pid_t wanted) { return tracee.tid < wanted; });
  if (at != end && at->tid == tid) return &*at;
  for (std::size_t i = sorted_; i < tracees_.size(); ++i)
    if (tracees_[i].tid == tid) return &tracees_[i];
  return nullptr;
}

/// The thread that traces `tid`, 0 if none; its process goes to `process`. (TracerPid names a
/// thread.)
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

bool Tracer::ptrace_seize(pid_t tid) {
  in_seize_ = true;
  const bool good = ::ptrace(PTRACE_SEIZE, tid, nullptr, nullptr) == 0;
  const int error = errno;
  in_seize_ = false;
  if (const std::size_t count = seized_count_; good && count < seized_.size()) {
    seized_[count] = tid;
    seized_count_.store(count + 1, std::memory_order_release);
  }
  errno = error;
  return good;
}

/// False: the whole freeze has failed (error_ is set).
bool Tracer::seize(pid_t tid) {
  constexpr int patience = 50;
  for (int attempt = 0;; ++attempt) {
    if (ptrace_seize(tid)) {
      tracees_.push_back({tid, State::traced, listing_, 0});
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
      tracees_.push_back({tid, State::traced, listing_, 0});
      return true;
    }
    // Our own previous round may still be letting go; and what was refused may have been a thread
    // that has ended, and what was looked at after that the one that took its number in execve.
    const bool may_change = process == ::getpid() || (tracer == 0 && attempt < 3);
    if (!may_change || attempt == patience) {
      if (tracer != 0) {
        error_ = Error(Errc::already_traced,
                       fmt::format("process {} is already traced by process {}", pid_, process));
        error_.number = process;
      } else {
        error_ =
            Error::system(Errc::not_permitted, error, fmt::format("ptrace of process {}", pid_));
      }
      return false;
    }
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

bool Tracer::list_and_seize(bool interrupt) {
  ++listing_;
  untraceable_ = 0;
  added_ = 0;
  bool good = true;
  const bool listed = for_each_task(task_fd_.get(), [&](pid_t tid) {
    if (!good) return;
    if (Tracee* known = find(tid)) {
      known->seen = listing_;
      return;
    }
    const std::size_t size = tracees_.size();
    good = seize(tid);
    if (tracees_.size() == size) return;
    ++added_;
    if (interrupt) ::ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr);
  });
  if (!listed) error_ = Error(Errc::process_ended, fmt::format("process {} ended", pid_));
  if (added_ > 0) std::ranges::sort(tracees_, {}, &Tracee::tid);
  sorted_ = tracees_.size();
  return listed && good;
}

/// Becomes the tracer of every thread while all still run. A traced thread cannot be reaped without
/// us, so its tid means the same thread from here on; one that a later listing of this process does
/// not have is not ours to stop.
bool Tracer::seize_all() {
  const std::uint64_t limit = monotonic_ns() + 5'000'000;
  do {
    if (!list_and_seize(false)) return false;
  } while (added_ > 0 && monotonic_ns() < limit);
  if (added_ > 0 && !list_and_seize(false)) return false;
  for (Tracee& tracee : tracees_) {
    if (tracee.seen == listing_) continue;
    tracee.state = State::gone;
    left_behind_ = true;
  }
  if (existing() > untraceable_) return true;
  error_ = Error(Errc::process_ended, fmt::format("process {} ended", pid_));
  return false;
}

std::size_t Tracer::existing() const {
  const auto gone = std::ranges::count(tracees_, State::gone, &Tracee::state);
  return tracees_.size() - static_cast<std::size_t>(gone) + untraceable_;
}

/// Looks once whether the thread has stopped or ended; `block`: waits for that until a signal
/// interrupts it. The stop is not consumed (WNOWAIT): if we are killed now, the kernel still has
/// the signal and delivers it.
bool Tracer::look(Tracee& tracee, bool block) const {
  constexpr int options = WSTOPPED | WEXITED | __WALL;
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
    // Event stops (the high byte) are ours, or of a process that is stopped as a whole; the kernel
    // itself goes back to that state. Anything else is a signal on its way to the thread.
    const int event = info.si_status >> 8;
    tracee.signal = event == 0 ? info.si_status & 0x7f : 0;
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

void Tracer::hold() {
  const std::uint64_t end = first_stop_ns_ + static_cast<std::uint64_t>(std::max<std::int64_t>(
                                                 0, options_.max_freeze.count()));
  for (std::uint32_t round = 1; command_.wait_for(round, end); ++round) {
    if (command_.get() == thaw_now) return;
    if (registers_wanted_) read_registers();
    else listed_ = list_and_seize(true);
    rounds_.raise(round);
  }
  outcome_.expired = true;
}

void Tracer::read_registers() {
  for (std::size_t i = 0; i < registers_.size(); ++i) {
    user_regs_struct& regs = registers_[i].emplace();
    iovec room{&regs, sizeof regs};
    // A thread that runs 32-bit code gives fewer bytes.
    if (::ptrace(PTRACE_GETREGSET, stopped_tids_[i], NT_PRSTATUS, &room) != 0 || room.iov_len != sizeof regs)
      registers_[i].reset();
  }
}

void Tracer::detach(const Tracee& tracee) {
  if (tracee.state != State::held) return;
  if (::ptrace(PTRACE_DETACH, tracee.tid, nullptr, static_cast<std::intptr_t>(tracee.signal)) != 0)
    left_behind_ = outcome_.ended = true;  // killed meanwhile, and SIGKILL and execve leave none
  else if (tracee.signal != 0) ++outcome_.signals_returned;
}

void Tracer::thaw() {
  const bool known = handed_over_.load(std::memory_order_acquire);
  if (known)
    for (const Tracee& tracee : tracees_) detach(tracee);
  // One that did not stop in time may have done so since. What even now has not cannot be detached:
  // the end of this thread releases it, and takes back the request to stop.
  for (const Tracee& tracee : tracees_) {
    if (known && tracee.state != State::traced) continue;
    left_behind_ = true;
    Tracee now{tracee.tid, State::traced, 0, 0};
    if (look(now, false)) detach(now);
  }
  outcome_.duration_ns = monotonic_ns() - first_stop_ns_;
}

}  // namespace pyexc
