#include "targets.hpp"

#include <pthread.h>
#include <sys/syscall.h>

#include "common.hpp"

namespace freeze_test {
int signal_of(int stream) { return SIGRTMIN + 5 + stream; }
}  // namespace freeze_test

namespace {

using namespace freeze_test;

Counters* counters = nullptr;
Streams* shared = nullptr;
int acknowledge_fd = -1;

/// The first spins, the others mostly sleep, so that 500 of them all get their turn within
/// milliseconds.
void* count(void* argument) {
  const auto index = reinterpret_cast<std::uintptr_t>(argument);
  std::uint64_t own = 0;
  counters->ready.fetch_add(1);
  while (counters->finish.load(std::memory_order_relaxed) == 0) {
    counters->counts[index].store(++own, std::memory_order_relaxed);
    if (index != 0) {
      const timespec pause{0, 10'000'000};
      clock_nanosleep(CLOCK_MONOTONIC, 0, &pause,
                      nullptr);  // an early end (EINTR) does no harm here
    }
  }
  return counters->counts[index].load() == own ? nullptr : argument;
}

void receive(int stream, const siginfo_t& info) {
  const auto value = static_cast<std::uint64_t>(info.si_value.sival_int);
  if (value != shared->expected[stream].load(std::memory_order_relaxed) ||
      info.si_code != SI_QUEUE || info.si_pid != shared->sender.load(std::memory_order_relaxed))
    shared->wrong[stream].fetch_add(1);
  shared->expected[stream].store(value + 1, std::memory_order_relaxed);
}

void on_realtime(int signal, siginfo_t* info, void*) { receive(signal - signal_of(0), *info); }

void* receiver(void* argument) {
  const int stream = static_cast<int>(reinterpret_cast<std::intptr_t>(argument));
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, signal_of(stream));
  if (stream == process_handler || stream == thread_handler)
    pthread_sigmask(SIG_UNBLOCK, &own, nullptr);
  shared->tids[stream] = static_cast<pid_t>(syscall(SYS_gettid));
  shared->ready.fetch_add(1);
  while (shared->finish.load() == 0) {
    siginfo_t info;
    const timespec limit{0, 100'000'000};
    if (stream == process_handler) nanosleep(&limit, nullptr);
    if (stream == process_wait || stream == thread_wait)
      if (sigtimedwait(&own, &info, &limit) > 0) receive(stream, info);
    // thread_handler spins
  }
  return nullptr;
}

void on_standard(int signal, siginfo_t* info, void*) {
  if (info->si_pid != shared->sender.load() ||
      (info->si_code != SI_USER && info->si_code != SI_TKILL))
    shared->wrong[0].fetch_add(1);
  shared->handled.fetch_add(1);
  const auto byte = static_cast<unsigned char>(signal);
  if (write(acknowledge_fd, &byte, 1) != 1) _exit(9);
}

}  // namespace

extern "C" int freeze_count_target(int shared_fd, int threads) {
  counters = map_shared<Counters>(shared_fd);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64U << 10);
  std::vector<pthread_t> started;
  for (int i = 1; i < threads; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, count,
                       reinterpret_cast<void*>(static_cast<std::uintptr_t>(i))) != 0)
      return 2;
    started.push_back(thread);
  }
  bool wrong = count(nullptr) != nullptr;
  for (const pthread_t thread : started) {
    void* result = nullptr;
    pthread_join(thread, &result);
    wrong = wrong || result != nullptr;
  }
  return wrong ? 3 : 0;
}

extern "C" int freeze_realtime_target(int shared_fd, int) {
  shared = map_shared<Streams>(shared_fd);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t all_streams;
  sigemptyset(&all_streams);
  for (int i = 0; i < streams; ++i) {
    sigaddset(&all_streams, signal_of(i));
    struct sigaction action = {};
    action.sa_sigaction = on_realtime;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(signal_of(i), &action, nullptr);
  }
  pthread_sigmask(SIG_BLOCK, &all_streams, nullptr);  // each thread opens its own
  pthread_t threads[streams];
  for (std::intptr_t i = 0; i < streams; ++i)
    pthread_create(&threads[i], nullptr, receiver, reinterpret_cast<void*>(i));
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  return 0;
}

extern "C" int freeze_standard_target(int shared_fd, int acknowledge) {
  shared = map_shared<Streams>(shared_fd);
  acknowledge_fd = acknowledge;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : standard_signals) {
    struct sigaction action = {};
    action.sa_sigaction = on_standard;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
  const auto work = [](void* argument) -> void* {
    shared->tids[reinterpret_cast<std::intptr_t>(argument)] =
        static_cast<pid_t>(syscall(SYS_gettid));
    shared->ready.fetch_add(1);
    while (shared->finish.load() == 0) {
      const timespec pause{0, 1'000'000};
      if (argument == nullptr) nanosleep(&pause, nullptr);
    }
    return nullptr;
  };
  pthread_t threads[streams];
  for (std::intptr_t i = 1; i < streams; ++i)
    pthread_create(&threads[i], nullptr, work, reinterpret_cast<void*>(i == 1 ? 1 : i));
  work(nullptr);
  for (int i = 1; i < streams; ++i) pthread_join(threads[i], nullptr);
  return 0;
}
