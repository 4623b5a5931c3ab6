// Sends signals to a target while a tool attaches to it again and again, and compares what arrives
// with what was sent.
//
//   signal_stream realtime --count N [--python PATH] [--kill US] -- TOOL ARGUMENTS {pid}
//       N numbered sigqueue values on each of four streams: to the process and to one thread,
//       received by a handler and by sigwaitinfo. Each must arrive once and in order.
//   signal_stream standard --count N [--python PATH] [--kill US] -- TOOL ARGUMENTS {pid}
//       N standard signals, the next one sent when the last was acknowledged through a pipe.
//
// --kill US: each run of the tool is killed with SIGKILL at a random moment within that time: a
// signal that a frozen thread was about to get must not die with the tool. Prints one JSON line;
// exit status 0 only if nothing was lost, doubled, reordered or changed.

#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "common.hpp"
#include "targets.hpp"

namespace {

using namespace freeze_test;

Streams* shared = nullptr;

/// Runs the tool again and again; what it prints is searched for the signals it handed back.
class Attacher {
 public:
  Attacher(std::vector<std::string> command, std::uint64_t kill_within_us)
      : command_(std::move(command)), kill_within_us_(kill_within_us), thread_([this] { run(); }) {}
  void stop() {
    stopping_ = true;
    thread_.join();
  }
  std::uint64_t runs = 0, freezes = 0, returned = 0, failures = 0, killed = 0, errors = 0;

 private:
  void run() {
    while (!stopping_) {
      int ends[2];
      if (pipe2(ends, O_CLOEXEC) != 0) die("pipe");
      std::vector<char*> argv;
      for (std::string& word : command_) argv.push_back(word.data());
      argv.push_back(nullptr);
      posix_spawn_file_actions_t actions;
      posix_spawn_file_actions_init(&actions);
      posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
      pid_t pid = -1;
      if (posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0)
        die("cannot start the tool");
      posix_spawn_file_actions_destroy(&actions);
      close(ends[1]);
      if (kill_within_us_ > 0) {
        sleep_ns(random_() % (kill_within_us_ * 1000));
        kill(pid, SIGKILL);
      }
      std::string text;
      char buffer[65536];
      for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) != 0;) {
        if (got < 0 && errno != EINTR) break;
        if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
      }
      close(ends[0]);
      int status = 0;
      waitpid(pid, &status, 0);
      ++runs;
      if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && kill_within_us_ > 0) ++killed;
      else if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) ++failures;
      if (const std::size_t at = text.find("\"error\":"); at != std::string::npos) {
        if (errors++ == 0) std::fprintf(stderr, "%s\n", text.substr(at, 300).c_str());
      }
      constexpr std::string_view key = "\"signals_returned\":";
      for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
        returned += std::strtoull(text.c_str() + at + key.size(), nullptr, 10);
        ++freezes;
      }
    }
  }
  std::vector<std::string> command_;
  std::uint64_t kill_within_us_;
  std::minstd_rand random_{4711};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

void send_realtime(pid_t target, int stream, std::uint64_t value) {
  siginfo_t info{};
  info.si_signo = signal_of(stream);
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = static_cast<int>(value);
  const std::uint64_t begin = now_ns();
  for (;;) {
    const long sent = stream == process_handler || stream == process_wait
                          ? syscall(SYS_rt_sigqueueinfo, target, info.si_signo, &info)
                          : syscall(SYS_rt_tgsigqueueinfo, target, shared->tids[stream].load(),
                                    info.si_signo, &info);
    if (sent == 0) return;
    if (errno != EAGAIN ||
        now_ns() - begin > 30'000'000'000U)  // EAGAIN: RLIMIT_SIGPENDING, wait for the receiver
      die(fmt::format("cannot queue signal {} of stream {}: {}", value, stream,
                      std::strerror(errno)));
    sched_yield();
  }
}

bool wait_until_received(std::uint64_t count) {
  const std::uint64_t begin = now_ns();
  for (int i = 0; i < streams;) {
    if (shared->expected[i].load() == count) {
      ++i;
    } else if (now_ns() - begin > 30'000'000'000U) {
      return false;
    } else {
      sleep_ns(1'000'000);
    }
  }
  return true;
}

int run_realtime(pid_t target, std::uint64_t count, Attacher& attacher) {
  // Bursts that are queued faster than they are taken, with pauses in which the queues run empty.
  constexpr std::uint64_t burst = 400;
  for (std::uint64_t value = 0; value < count; ++value) {
    for (int stream = 0; stream < streams; ++stream) send_realtime(target, stream, value);
    if (value % burst == burst - 1) sleep_ns(3'000'000);
  }
  const bool all = wait_until_received(count);
  attacher.stop();
  std::uint64_t wrong = 0;
  std::string received;
  for (int i = 0; i < streams; ++i) {
    wrong += shared->wrong[i].load();
    received += fmt::format("{}{}", i == 0 ? "" : ", ", shared->expected[i].load());
  }
  fmt::print("{{\"sent_each\": {}, \"last_of_each\": [{}], \"wrong\": {}, ", count, received,
             wrong);
  return all && wrong == 0 ? 0 : 1;
}

int run_standard(pid_t target, std::uint64_t count, Attacher& attacher, int acknowledged) {
  std::uint64_t lost = 0;
  for (std::uint64_t i = 0; i < count && lost == 0; ++i) {
    const int signal = standard_signals[i % (sizeof standard_signals / sizeof *standard_signals)];
    const pid_t tid = shared->tids[i % streams].load();
    if ((i % 2 == 0 ? kill(target, signal)
                    : static_cast<int>(syscall(SYS_tgkill, target, tid, signal))) != 0)
      die("cannot send");
    pollfd entry{acknowledged, POLLIN, 0};
    int ready = 0;
    do ready = poll(&entry, 1, 10'000);
    while (ready < 0 && errno == EINTR);
    unsigned char byte = 0;
    if (ready != 1 || read(acknowledged, &byte, 1) != 1 || byte != signal) ++lost;
  }
  attacher.stop();
  shared->finish = 1;
  const std::uint64_t handled = shared->handled.load();
  fmt::print("{{\"sent\": {}, \"handled\": {}, \"lost\": {}, \"wrong\": {}, ", count, handled, lost,
             shared->wrong[0].load());
  return lost == 0 && handled == count && shared->wrong[0].load() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  std::uint64_t count = 0, kill_within_us = 0;
  std::vector<std::string> command;
  std::string python;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--count") count = std::strtoull(argv[++i], nullptr, 10);
    else if (std::string_view(argv[i]) == "--kill")
      kill_within_us = std::strtoull(argv[++i], nullptr, 10);
    else if (std::string_view(argv[i]) == "--python") python = argv[++i];
    else if (std::string_view(argv[i]) == "--") command.assign(argv + i + 1, argv + argc), i = argc;
  }
  if (command.empty() || (mode != "realtime" && mode != "standard")) die("usage: see the source");
  const int shared_fd = create_shared(sizeof(Streams));
  shared = map_shared<Streams>(shared_fd);
  shared->sender = getpid();
  int ends[2];
  if (pipe(ends) != 0) die("pipe");
  const pid_t target =
      start_target(python, mode == "realtime" ? "freeze_realtime_target" : "freeze_standard_target",
                   shared_fd, ends[1]);
  while (shared->ready.load() < streams) sleep_ns(1'000'000);
  Attacher attacher(with_pid(command, target), kill_within_us);
  int result = mode == "realtime" ? run_realtime(target, count, attacher)
                                  : run_standard(target, count, attacher, ends[0]);
  shared->finish = 1;
  int status = 0;
  waitpid(target, &status, 0);
  fmt::print(
      "\"runs\": {}, \"freezes\": {}, \"signals_returned\": {}, \"failed_runs\": {}, \"killed\": "
      "{}, "
      "\"target_status\": {}}}\n",
      attacher.runs, attacher.freezes, attacher.returned, attacher.failures, attacher.killed,
      status);
  return result != 0 || status != 0 || attacher.failures + attacher.errors != 0 ? 1 : 0;
}
