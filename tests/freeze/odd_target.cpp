// Targets that are hard to stop or to let go. Says "ready ..." on stdout, then obeys lines on
// stdin:
//   count    prints the counters of its threads        release  lets go what the mode blocks on
//   finish   ends; exit status 0 only if its own accounts are right. The end of stdin does the
//   same.
//
//   odd_target MODE [NUMBER]
//     count N      N threads that count                  vfork        a thread waits in vfork for
//     its child uffd         memory whose faults nobody answers    leader-exits the main thread
//     ends, others go on storm        threads that start threads            exec N       replaces
//     itself N times, from a thread exec-stuck   a child of it stays inside execve: a zombie thread
//     there is not reaped by its tracer (this process) exit US      ends with status 7 after some
//     time    burst N      N threads, then N more, all the time

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "common.hpp"

namespace {

using namespace freeze_test;

std::atomic<std::uint64_t> counts[2048];
std::atomic<std::uint64_t> created{0}, ended{0};
std::atomic<bool> finishing{false};
int release_pipe[2] = {-1, -1};
int number_of_counters = 0;
alignas(8) std::uint64_t known_word = 0x5045594558433432ULL;

pthread_t start(void* (*function)(void*), std::uintptr_t argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64U << 10);
  pthread_t thread;
  while (pthread_create(&thread, &attributes, function, reinterpret_cast<void*>(argument)) != 0)
    sleep_ns(100'000);
  pthread_attr_destroy(&attributes);
  return thread;
}

void* count(void* argument) {
  auto& own = counts[reinterpret_cast<std::uintptr_t>(argument)];
  while (!finishing) {
    own.fetch_add(1, std::memory_order_relaxed);
    if (argument != nullptr) sleep_ns(1'000'000);
  }
  return nullptr;
}

void say(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

void say_counts() {
  std::string text = "counts";
  for (int i = 0; i < number_of_counters; ++i) text += fmt::format(" {}", counts[i].load());
  if (created.load() != 0) text += fmt::format(" {}", created.load());
  say(text);
}

void obey() {
  char line[64];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    const std::string_view word(line);
    if (word == "count\n") say_counts();
    if (word == "release\n") close(release_pipe[1]);
    if (word == "finish\n") break;
  }
  finishing = true;
}

void start_counters(int n) {
  for (int i = 0; i < n; ++i) start(count, static_cast<std::uintptr_t>(number_of_counters + i));
  number_of_counters += n;
}

void* blocked_in_vfork(void* argument) {
  counts[reinterpret_cast<std::uintptr_t>(argument)] =
      static_cast<std::uint64_t>(syscall(SYS_gettid));
  // The child shares our memory and this stack until it ends: it may do nothing but system calls.
  const pid_t child = vfork();
  if (child == 0) {
    char byte;
    close(release_pipe[1]);
    [[maybe_unused]] const ssize_t got = read(release_pipe[0], &byte, 1);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  counts[reinterpret_cast<std::uintptr_t>(argument)] = 0;
  return count(argument);
}

int userfault() {
  const int fd = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC));
  if (fd < 0) {
    say(fmt::format("skip userfaultfd: {}", std::strerror(errno)));
    return 0;
  }
  uffdio_api api{};
  api.api = UFFD_API;
  void* memory =
      mmap(nullptr, 1U << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uffdio_register registration{};
  registration.range = {reinterpret_cast<std::uintptr_t>(memory), 1U << 20};
  registration.mode = UFFDIO_REGISTER_MODE_MISSING;
  if (ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &registration) != 0)
    die("userfaultfd");
  start_counters(4);
  say(fmt::format("ready {}", memory));
  obey();
  return 0;
}

void* short_life(void*) {
  ended.fetch_add(1);
  return nullptr;
}

void* thread_starter(void* argument) {
  const auto depth = reinterpret_cast<std::uintptr_t>(argument);
  while (!finishing) {
    const auto thread = start(short_life, 0);
    created.fetch_add(1);
    if (depth > 0 && created.load() % 8 == 0) {  // a starter that starts a starter for a while
      created.fetch_add(1);
      const auto other = start(
          [](void*) -> void* {
            for (int i = 0; i < 4; ++i) {
              created.fetch_add(1);
              pthread_join(start(short_life, 0), nullptr);
            }
            ended.fetch_add(1);
            return nullptr;
          },
          0);
      pthread_join(other, nullptr);
    }
    pthread_join(thread, nullptr);
  }
  return nullptr;
}

int storm() {
  std::vector<pthread_t> starters;
  for (std::uintptr_t i = 0; i < 4; ++i) starters.push_back(start(thread_starter, i));
  say("ready");
  obey();
  for (const pthread_t thread : starters) pthread_join(thread, nullptr);
  say(fmt::format("created {} ended {}", created.load(), ended.load()));
  return created.load() == ended.load() ? 0 : 3;
}

int burst(int n) {
  say("ready");
  std::thread control(obey);
  while (!finishing) {
    std::vector<pthread_t> threads;
    for (int i = 0; i < n; ++i) {
      threads.push_back(start(short_life, 0));
      created.fetch_add(1);
    }
    for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  }
  control.join();
  say(fmt::format("created {} ended {}", created.load(), ended.load()));
  return created.load() == ended.load() ? 0 : 3;
}

int exec_again(int left) {
  if (left == 0) {
    say("done");
    return 0;
  }
  start_counters(3);
  static int remaining;
  remaining = left - 1;
  start(
      [](void*) -> void* {
        sleep_ns(1'500'000);
        const std::string number = std::to_string(remaining);
        execl("/proc/self/exe", "odd_target", "exec", number.c_str(), nullptr);
        _exit(9);
      },
      0);
  for (;;) pause();
}

/// While one thread is in execve and waits for the zombies of the others, every PTRACE_SEIZE of
/// that process blocks.
int exec_stuck() {
  int tids[2], gate[2];
  if (pipe(tids) != 0 || pipe(gate) != 0) die("pipe");
  static int gate_fd;
  gate_fd = gate[0];
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(gate[1]);
    static int tids_fd;
    tids_fd = tids[1];
    start(
        [](void*) -> void* {
          const auto own = static_cast<pid_t>(syscall(SYS_gettid));
          if (write(tids_fd, &own, sizeof own) != sizeof own) _exit(9);
          for (;;) pause();
        },
        0);
    start(
        [](void*) -> void* {
          char byte;
          [[maybe_unused]] const ssize_t got = read(gate_fd, &byte, 1);
          execl("/bin/true", "true", nullptr);
          _exit(9);
        },
        0);
    for (;;) pause();
  }
  pid_t zombie = 0;
  if (read(tids[0], &zombie, sizeof zombie) != sizeof zombie) die("the child said nothing");
  if (ptrace(PTRACE_SEIZE, zombie, nullptr, nullptr) != 0) {
    say(fmt::format("skip ptrace of the child: {}", std::strerror(errno)));
    return 0;
  }
  close(gate[1]);
  const int stat =
      open(fmt::format("/proc/{}/task/{}/stat", child, zombie).c_str(), O_RDONLY | O_CLOEXEC);
  while (main_thread_state(stat) != 'Z') sleep_ns(100'000);
  say(fmt::format("ready {}", child));
  obey();
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | __WALL);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? 0 : 3;
}

[[noreturn]] void leader_exits() {
  start_counters(3);
  std::thread([] {
    // "ready" only once the main thread is gone.
    const int stat = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    while (main_thread_state(stat) != 'Z') sleep_ns(1'000'000);
    say(fmt::format("ready {}", static_cast<void*>(&known_word)));
    obey();
    std::exit(0);
  }).detach();
  pthread_exit(nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const int number = argc > 2 ? std::atoi(argv[2]) : 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (mode == "exec-stuck") return exec_stuck();
  if (mode == "uffd") return userfault();
  if (mode == "storm") return storm();
  if (mode == "burst") return burst(number);
  if (mode == "leader-exits") leader_exits();
  if (mode == "exec") return exec_again(number);
  if (mode == "count") {
    start_counters(number);
    say(fmt::format("ready {}", static_cast<void*>(&known_word)));
    obey();
    return 0;
  }
  if (mode == "vfork") {
    if (pipe(release_pipe) != 0) die("pipe");
    start_counters(3);
    start(blocked_in_vfork, static_cast<std::uintptr_t>(number_of_counters++));
    const auto& tid = counts[number_of_counters - 1];
    while (tid == 0) sleep_ns(100'000);
    const int stat =
        open(fmt::format("/proc/self/task/{}/stat", tid.load()).c_str(), O_RDONLY | O_CLOEXEC);
    while (main_thread_state(stat) != 'D') sleep_ns(100'000);
    say(fmt::format("ready {}", tid.load()));
    obey();
    return 0;
  }
  if (mode == "exit") {
    start_counters(4);
    say("ready");
    sleep_ns(static_cast<std::uint64_t>(number) * 1000);
    _exit(7);
  }
  die("usage: see the source");
}
