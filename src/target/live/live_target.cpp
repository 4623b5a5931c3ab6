#include "target/live/live_target.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "base/log.hpp"
#include "target/live/proc_maps.hpp"
#include "target/live/task_list.hpp"

namespace pyexc {

namespace {

Error access_error(int error, std::string what) {
  const Errc code = error == ENOENT || error == ESRCH   ? Errc::no_such_process
                    : error == EACCES || error == EPERM ? Errc::not_permitted
                                                        : Errc::internal;
  return Error::system(code, error, std::move(what));
}

std::string read_link_at(int directory, const char* name) {
  char buffer[PATH_MAX];
  const ssize_t size = ::readlinkat(directory, name, buffer, sizeof buffer);
  return size < 0 ? std::string{} : std::string(buffer, static_cast<std::size_t>(size));
}

std::vector<std::string> split_command_line(std::string_view text) {
  std::vector<std::string> words;
  if (text.ends_with('\0')) text.remove_suffix(1);
  if (text.empty()) return words;
  for (;;) {
    const std::size_t end = text.find('\0');
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

/// NSpid of one thread, innermost; 0 if it cannot be had.
std::int64_t inner_tid(int task_fd, std::int64_t tid) {
  const auto text = read_file_at(task_fd, fmt::format("{}/status", tid).c_str());
  if (!text) return 0;
  const auto pids = parse_proc_status(*text).ns_pids;
  return pids.empty() ? 0 : pids.back();
}

}  // namespace

Result<std::unique_ptr<LiveTarget>> LiveTarget::open(std::int64_t pid) {
  if (pid <= 0 || pid > INT_MAX)
    return fail(Errc::no_such_process, fmt::format("no process {}", pid));
  std::unique_ptr<LiveTarget> target(new LiveTarget);
  target->identity_.pid = pid;
  const std::string path = fmt::format("/proc/{}", pid);
  target->proc_.reset(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int open_error = errno;
  // Not available before Linux 5.3 or under a filter: then start times alone tell processes apart.
  target->pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  if (!target->proc_) {
    if (target->pidfd_)  // it exists, and this /proc does not show it
      return fail(Errc::not_permitted,
                  fmt::format("process {} is hidden (/proc is mounted with hidepid)", pid));
    return fail(access_error(open_error, fmt::format("no process {}", pid)));
  }

  auto text = read_file_at(target->proc_.get(), "status");
  if (!text) return fail(Errc::no_such_process, fmt::format("no process {}", pid));
  target->status_ = parse_proc_status(*text);
  ProcStatus& status = target->status_;
  if (status.tgid != pid && status.tgid > 0) {
    Error error(Errc::no_such_process,
                fmt::format("{} is a thread of process {}", pid, status.tgid));
    error.number = status.tgid;
    return fail(std::move(error));
  }
  text = read_file_at(target->proc_.get(), "stat");
  const auto stat = text ? parse_proc_stat(*text) : std::nullopt;
  if (!stat) return fail(Errc::no_such_process, fmt::format("process {} has just ended", pid));
  target->start_time_ = stat->start_time;
  if (stat->kernel_thread() || status.kernel_thread)
    return fail(Errc::not_python, fmt::format("{} is a kernel thread ({})", pid, stat->comm));

  target->task_.reset(::openat(target->proc_.get(), "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!target->task_)
    return fail(access_error(errno, fmt::format("listing the threads of {}", pid)));
  if (status.state == 'Z' || status.state == 'X') PYEXC_CHECK(target->choose_view());

  PYEXC_CHECK(target->read_identity());
  PYEXC_CHECK(target->rescan_mappings());
  PYEXC_CHECK(target->rescan_threads());
  const pid_t memory_tid =
      target->view_ ? static_cast<pid_t>(target->threads_.back().tid) : static_cast<pid_t>(pid);
  target->pages_ = std::make_unique<LivePages>(memory_tid, target->task_.get());
  log::debug("target", "opened {}: {}, {} mappings, {} threads", pid, target->identity_.executable,
             target->mappings_.size(), target->threads_.size());
  return target;
}

Result<void> LiveTarget::choose_view() {
  // The main thread has exited. With others alive this is a process like any other.
  pid_t alive_tid = 0;
  const bool listed = for_each_task(task_.get(), [&](pid_t tid) {
    if (alive_tid != 0 || tid == identity_.pid) return;
    const char state = task_state(task_.get(), tid);
    if (state != 'Z' && state != 'X') alive_tid = tid;
  });
  if (!listed || alive_tid == 0)
    return fail(Errc::no_such_process,
                fmt::format("process {} has ended (it is a zombie)", identity_.pid));
  view_.reset(
      ::openat(task_.get(), std::to_string(alive_tid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!view_)
    return fail(Errc::no_such_process, fmt::format("process {} has just ended", identity_.pid));
  return {};
}

Result<void> LiveTarget::read_identity() {
  identity_.ns_pid = status_.ns_pids.empty() ? identity_.pid : status_.ns_pids.back();
  identity_.uid = status_.uid_effective;
  identity_.gid = status_.gid_effective;
  identity_.groups = status_.groups;
  // The first thing that needs the right to trace: everything after it will work or fail alike.
  maps_.reset(::openat(proc_fd(), "maps", O_RDONLY | O_CLOEXEC));
  if (!maps_) {
    return fail(access_error(errno, fmt::format("reading the memory map of {}", identity_.pid)));
  }
  identity_.executable = read_link_at(proc_fd(), "exe");
  constexpr std::string_view deleted = " (deleted)";
  if (identity_.executable.ends_with(deleted))
    identity_.executable.resize(identity_.executable.size() - deleted.size());
  if (const auto words = read_file_at(proc_fd(), "cmdline"))
    identity_.command_line = split_command_line(*words);
  identity_.cwd = read_link_at(proc_fd(), "cwd");
  root_.reset(::openat(proc_fd(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  cwd_.reset(::openat(proc_fd(), "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return {};
}

Result<void> LiveTarget::rescan_mappings() {
  PYEXC_TRY(const std::string text, read_maps(maps_.get()));
  if (text.empty())
    return fail(Errc::process_ended, fmt::format("process {} has just ended", identity_.pid));
  mappings_ = parse_maps(text);
  return {};
}

Result<void> LiveTarget::rescan_threads() {
  std::vector<TargetThread> found;
  found.reserve(status_.threads + 8);
  const bool listed = for_each_task(task_.get(), [&](pid_t tid) {
    found.push_back({});
    found.back().tid = tid;
  });
  if (!listed)
    return fail(Errc::process_ended, fmt::format("process {} has just ended", identity_.pid));
  for (TargetThread& thread : found) {
    const auto text = read_file_at(task_.get(), fmt::format("{}/stat", thread.tid).c_str());
    auto stat = text ? parse_proc_stat(*text) : std::nullopt;
    if (!stat) {
      thread.state = 'X';
      continue;
    }
    thread.state = stat->state;
    thread.comm = std::move(stat->comm);
    thread.start_time = stat->start_time;
    thread.cpu_time = stat->cpu_time;
    thread.cpu = stat->cpu;
    thread.ns_tid = other_pid_namespace() ? inner_tid(task_.get(), thread.tid) : thread.tid;
  }
  // One that has exited has no stack and no memory of its own; the main thread's zombie may stay
  // for ever.
  std::erase_if(found, [](const TargetThread& t) { return t.state == 'X' || t.state == 'Z'; });
  std::ranges::sort(found, {}, &TargetThread::tid);
  if (found.empty())
    return fail(Errc::process_ended, fmt::format("process {} has just ended", identity_.pid));
  threads_ = std::move(found);
  return {};
}

void LiveTarget::apply_registers(const std::vector<pid_t>& stopped,
                                 const std::vector<std::optional<user_regs_struct>>& registers) {
  for (TargetThread& thread : threads_) {
    const auto tid = std::ranges::lower_bound(stopped, static_cast<pid_t>(thread.tid));
    if (tid == stopped.end() || *tid != thread.tid) continue;
    const auto& regs = registers[static_cast<std::size_t>(tid - stopped.begin())];
    if (regs) thread.registers = Registers::of(*regs);
  }
}

void LiveTarget::apply_stopped(const std::vector<pid_t>& stopped,
                               const std::vector<pid_t>& existing) {
  std::erase_if(threads_, [&](const TargetThread& thread) {
    return !std::ranges::binary_search(existing, static_cast<pid_t>(thread.tid));
  });
  const std::size_t known = threads_.size();
  for (const pid_t tid : existing) {
    if (std::binary_search(threads_.begin(), threads_.begin() + static_cast<std::ptrdiff_t>(known),
                           tid, [](const auto& a, const auto& b) {
                             const auto number = [](const auto& x) {
                               if constexpr (requires { x.tid; }) return x.tid;
                               else return static_cast<std::int64_t>(x);
                             };
                             return number(a) < number(b);
                           }))
      continue;
    TargetThread thread;
    thread.tid = tid;
    thread.ns_tid = other_pid_namespace() ? inner_tid(task_.get(), tid) : tid;
    threads_.push_back(std::move(thread));
  }
  if (threads_.size() > known) std::ranges::sort(threads_, {}, &TargetThread::tid);
  for (TargetThread& thread : threads_) {
    thread.stopped = std::ranges::binary_search(stopped, static_cast<pid_t>(thread.tid));
    thread.registers.reset();
  }
}

void LiveTarget::describe_new_threads() {
  for (TargetThread& thread : threads_) {
    if (!thread.comm.empty() || thread.state != '?') continue;
    const auto text = read_file_at(task_.get(), fmt::format("{}/stat", thread.tid).c_str());
    if (auto stat = text ? parse_proc_stat(*text) : std::nullopt)
      thread.comm = std::move(stat->comm);
  }
}

bool LiveTarget::alive() const {
  if (pidfd_) {
    pollfd entry{pidfd_.get(), POLLIN, 0};
    return ::poll(&entry, 1, 0) == 0;
  }
  const auto text = read_file_at(proc_.get(), "stat");
  const auto stat = text ? parse_proc_stat(*text) : std::nullopt;
  return stat && stat->start_time == start_time_ &&
         (view_ || (stat->state != 'Z' && stat->state != 'X'));
}

Result<void> LiveTarget::check_same_image() const {
  if (!alive()) return fail(Errc::process_ended, fmt::format("process {} ended", identity_.pid));
  // The fd belongs to the address space of the time of open(): a single byte tells whether that
  // lives.
  char byte;
  const ssize_t got = ::pread(maps_.get(), &byte, 1, 0);
  if (got == 1) return {};
  return fail(Errc::process_ended,
              fmt::format("process {} started another program (execve)", identity_.pid));
}

}  // namespace pyexc
