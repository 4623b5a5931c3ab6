#include "host/waits.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <string>

#include "base/fd.hpp"
#include "base/log.hpp"
#include "host/call_arguments.hpp"
#include "host/cpu_clocks.hpp"
#include "host/descriptors.hpp"
#include "host/syscalls/names.hpp"
#include "host/wait_places.hpp"
#include "target/live/proc_status.hpp"

namespace pyexc::host {

namespace {

constexpr std::int64_t billion = 1'000'000'000, million = 1'000'000;

std::optional<std::int64_t> clock_now(int clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return std::nullopt;
  return std::int64_t{now.tv_sec} * billion + now.tv_nsec;
}

/// A small file in one read: what is cut is not needed.
std::string read_once(int fd) {
  char text[512];
  const ssize_t size = ::pread(fd, text, sizeof text, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

UniqueFd open_at(int directory, const std::string& path) {
  return UniqueFd(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC));
}

std::string read_link(int directory, const std::string& path) {
  char link[128];
  const ssize_t size = ::readlinkat(directory, path.c_str(), link, sizeof link);
  return size > 0 ? std::string(link, static_cast<std::size_t>(size)) : std::string();
}

class Reader {
 public:
  Reader(const WaitSources& sources, const WaitOptions& options)
      : sources_(sources),
        options_(options),
        deadline_(std::chrono::steady_clock::now() + options.patience),
        places_(sources, deadline_) {}

  std::vector<Activity> run(const std::vector<TargetThread>& threads) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Activity> all(threads.size());
    lines_.resize(threads.size());
    const auto hertz = static_cast<std::int64_t>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
    const auto since_boot = clock_now(CLOCK_BOOTTIME);
    std::set<int> cpus;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      all[i].tid = threads[i].tid;
      if (threads[i].start_time != 0) times(threads[i], hertz, since_boot, all[i]);
      if (threads[i].state != 'R') cpus.insert(threads[i].cpu);
    }
    if (options_.off_cpu) clocks_ = cpu_clocks(cpus, deadline_);
    const auto measured = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < threads.size(); ++i)
      if (threads[i].state != 'R') look_at(i, threads[i], all[i]);
    const auto looked = std::chrono::steady_clock::now();
    places_.resolve(all, true);
    const auto resolved = std::chrono::steady_clock::now();
    // That took its time on a large machine. Who has gone on meanwhile is looked at once more, for
    // what can be known at once.
    std::size_t moved = 0;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      if (!all[i].wait || current_line(threads[i].tid) == lines_[i]) continue;
      ++moved;
      all[i].wait.reset();
      look_at(i, threads[i], all[i]);
    }
    places_.resolve(all, false);
    const auto us = [](auto from, auto to) {
      return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
    };
    log::debug("host",
               "{} threads: {} us for the clocks of {} processors, {} us to look, {} us to "
               "resolve; {} had moved, {} us",
               all.size(), us(start, measured), clocks_.size(), us(measured, looked),
               us(looked, resolved), moved, us(resolved, std::chrono::steady_clock::now()));
    return all;
  }

 private:
  static void times(const TargetThread& thread, std::int64_t hertz,
                    std::optional<std::int64_t> since_boot, Activity& activity) {
    constexpr std::uint64_t max_ticks = std::uint64_t{1} << 50;
    if (thread.cpu_time < max_ticks)
      activity.cpu_ms = static_cast<std::int64_t>(thread.cpu_time) * 1000 / hertz;
    if (thread.start_time < max_ticks && since_boot)
      activity.age_ms = std::max<std::int64_t>(
          0, *since_boot / million - static_cast<std::int64_t>(thread.start_time) * 1000 / hertz);
  }

  [[nodiscard]] std::optional<SyscallLine> current_line(std::int64_t tid) const {
    const UniqueFd file = open_at(sources_.task_fd, std::to_string(tid) + "/syscall");
    return file ? parse_syscall(read_once(file.get())) : std::nullopt;
  }

  void look_at(std::size_t index, const TargetThread& thread, Activity& activity) {
    const std::string tid = std::to_string(thread.tid);
    const UniqueFd file = open_at(sources_.task_fd, tid + "/syscall");
    if (!file) return;
    const auto line = parse_syscall(read_once(file.get()));
    if (!line) return;
    Wait wait;
    std::string_view call = syscall_name(line->number);
    if (call == "restart_syscall") {
      const auto wchan = read_file_at(sources_.task_fd, (tid + "/wchan").c_str(), 256);
      const auto restarted = restarted_call(wchan.value_or(""), line->arguments[0]);
      if (!restarted.empty()) call = restarted;
    }
    wait.call = call.empty() ? fmt::format("system call {}", line->number) : std::string(call);
    looked_further_ = false;
    places_.begin(index, thread.tid);
    decode(shape_of(call), *line, wait);
    if (options_.off_cpu) off_cpu(thread, wait);
    // What was looked up belongs to this call only if the thread is still in it.
    if (looked_further_ && parse_syscall(read_once(file.get())) != line) return;
    places_.keep();
    lines_[index] = line;
    activity.wait = std::move(wait);
  }

  void off_cpu(const TargetThread& thread, Wait& wait) const {
    const auto clock = clocks_.find(thread.cpu);
    if (clock == clocks_.end()) return;
    const UniqueFd sched = open_at(sources_.task_fd, std::to_string(thread.tid) + "/sched");
    const auto exec_start = sched ? parse_exec_start(read_once(sched.get())) : std::nullopt;
    const auto now = clock_now(CLOCK_MONOTONIC);
    if (!exec_start || !now) return;
    const std::int64_t there = clock->second.cpu_ns + (*now - clock->second.monotonic_ns);
    wait.since_ms = std::max<std::int64_t>(0, (there - *exec_start) / million);
  }

  void decode(Shape shape, const SyscallLine& line, Wait& wait) {
    const auto& arguments = line.arguments;
    looked_further_ =
        shape != Shape::name_only && shape != Shape::futex && shape != Shape::clock_sleep;
    const auto described = [&](std::string_view inside) {
      wait.text = fmt::format("{}({})", wait.call, inside);
    };
    wait.text = wait.call;
    switch (shape) {
      case Shape::name_only: break;
      case Shape::fd: places_.descriptor(line.integer(0), wait); break;
      case Shape::path:
      case Shape::path_at:
        if (auto path = path_argument(arguments[shape == Shape::path ? 0 : 1], sources_.memory)) {
          described(*path);
          wait.file = *std::move(path);
        }
        break;
      case Shape::futex: {
        const auto operation = futex_operation(line.integer(1));
        wait.futex = arguments[0];
        if (operation != "wait" && !operation.empty()) described(operation);
        remaining(shape, line, wait);
        break;
      }
      case Shape::poll:
        several(polled_fds(line, sources_.memory, Wait::max_fds),
                static_cast<std::uint32_t>(arguments[1]), wait);
        break;
      case Shape::select:
        several(selected_fds(line, sources_.memory, Wait::max_fds), std::nullopt, wait);
        break;
      case Shape::epoll: places_.epoll(line.integer(0), wait); break;
      case Shape::child: {
        const std::int32_t pid = line.integer(0);
        described(pid > 0     ? fmt::format("pid {}", pid)
                  : pid == -1 ? std::string("any child")
                  : pid == 0  ? std::string("its process group")
                              : fmt::format("process group {}", -std::int64_t{pid}));
        places_.child(pid > 0 ? std::optional<std::int64_t>(pid) : std::nullopt, wait);
        break;
      }
      case Shape::child_id: child_id(line, wait); break;
      case Shape::lock:
      case Shape::record_lock: {
        // F_SETLKW and F_OFD_SETLKW are the commands of fcntl that wait.
        const std::int32_t command = line.integer(1);
        const bool waits = shape == Shape::lock || command == F_SETLKW || command == F_OFD_SETLKW;
        places_.descriptor(line.integer(0), wait);
        if (waits) places_.lock(wait);
        break;
      }
      case Shape::address:
        places_.descriptor(line.integer(0), wait);
        places_.connects_to(socket_address(arguments[1], static_cast<std::uint32_t>(arguments[2]),
                                           sources_.memory));
        break;
      case Shape::clock_sleep: remaining(shape, line, wait); break;
    }
  }

  void several(const std::optional<WaitedFds>& waited, std::optional<std::size_t> count,
               Wait& wait) {
    if (!waited) {
      wait.text =
          count ? fmt::format("{}({} fd{})", wait.call, *count, *count == 1 ? "" : "s") : wait.call;
      return;
    }
    wait.fds = waited->fds;
    if (waited->count == 1 && waited->fds.size() == 1)
      return places_.descriptor(waited->fds.front(), wait);
    constexpr std::size_t max_shown = 4;
    std::string text;
    const std::size_t shown = std::min(waited->fds.size(), max_shown);
    for (std::size_t i = 0; i < shown; ++i)
      text += fmt::format("{}fd {}", i == 0 ? "" : ", ", waited->fds[i]);
    if (waited->count > shown) text += fmt::format(" and {} more", waited->count - shown);
    wait.text = fmt::format("{}({})", wait.call, waited->count == 0 ? "no fd" : text);
  }

  void child_id(const SyscallLine& line, Wait& wait) {
    constexpr std::int32_t p_all = 0, p_pid = 1, p_pgid = 2,
                           p_pidfd = 3;  // include/uapi/linux/wait.h
    const std::int32_t type = line.integer(0), id = line.integer(1);
    if (type == p_pidfd) return places_.pidfd(id, wait);
    wait.text = fmt::format("{}({})", wait.call,
                            type == p_pid    ? fmt::format("pid {}", id)
                            : type == p_pgid ? fmt::format("process group {}", id)
                                             : std::string("any child"));
    if (type == p_pid || type == p_all)
      places_.child(type == p_pid ? std::optional<std::int64_t>(id) : std::nullopt, wait);
  }

  void remaining(Shape shape, const SyscallLine& line, Wait& wait) {
    const auto until = deadline_of(shape, line, sources_.memory);
    looked_further_ = looked_further_ || until;
    if (!until || (until->clock != CLOCK_REALTIME && !same_clocks())) return;
    if (const auto now = clock_now(until->clock))
      wait.remaining_ms = std::max<std::int64_t>(0, (until->ns - *now) / million);
  }

  /// A time namespace shifts CLOCK_MONOTONIC and CLOCK_BOOTTIME.
  bool same_clocks() {
    if (!same_clocks_) {
      const std::string theirs =
          read_link(sources_.proc_fd, fmt::format("{}/ns/time", sources_.pid));
      same_clocks_ =
          theirs == read_link(sources_.proc_fd, "self/ns/time");  // both "": no such namespaces
    }
    return *same_clocks_;
  }

  const WaitSources& sources_;
  const WaitOptions& options_;
  std::chrono::steady_clock::time_point deadline_;
  WaitPlaces places_;
  std::map<int, CpuClock> clocks_;
  std::vector<std::optional<SyscallLine>> lines_;  // of the waits that count
  bool looked_further_ = false;                    // than at the thread's line
  std::optional<bool> same_clocks_;
};

}  // namespace

std::vector<Activity> read_activity(const WaitSources& sources,
                                    const std::vector<TargetThread>& threads,
                                    const WaitOptions& options) {
  return Reader(sources, options).run(threads);
}

std::vector<Activity> read_futexes(int task_fd, const std::vector<TargetThread>& threads) {
  std::vector<Activity> all;
  for (const TargetThread& thread : threads) {
    if (thread.state == 'R') continue;
    const UniqueFd file = open_at(task_fd, std::to_string(thread.tid) + "/syscall");
    const auto line = file ? parse_syscall(read_once(file.get())) : std::nullopt;
    if (!line) continue;
    const std::string_view call = syscall_name(line->number);
    // A stop turns a futex with a timeout into restart_syscall and keeps its arguments.
    if (call != "futex" && call != "restart_syscall") continue;
    Activity& activity = all.emplace_back();
    activity.tid = thread.tid;
    activity.wait.emplace().futex = line->arguments[0];
  }
  return all;
}

}  // namespace pyexc::host
