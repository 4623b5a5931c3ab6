#pragma once
// What the drivers of the freeze tests share: time, processes, and the states of another process's
// threads.

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace freeze_test {

inline std::uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

inline void sleep_ns(std::uint64_t ns) {
  timespec left{static_cast<time_t>(ns / 1'000'000'000U), static_cast<long>(ns % 1'000'000'000U)};
  while (nanosleep(&left, &left) != 0) {
  }
}

[[noreturn]] inline void die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

/// Memory shared with processes that are given the fd.
template <class T>
T* map_shared(int fd) {
  void* memory = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) die("mmap of shared memory");
  return static_cast<T*>(memory);
}

inline int create_shared(std::size_t size) {
  const int fd = memfd_create("freeze-test", 0);
  if (fd < 0 || ftruncate(fd, static_cast<off_t>(size)) != 0) die("memfd");
  return fd;
}

/// What one probe run is doing, written into memory that outlives it.
enum Phase : std::uint32_t { not_started, opened, beginning, frozen, ending, thawed };
inline constexpr std::size_t phases = 6;
inline constexpr const char* phase_names[phases] = {"starting", "opened",  "stopping",
                                                    "frozen",   "thawing", "after"};

/// Starts argv with stdout and stderr to /dev/null (or as they are) and every signal unblocked.
inline pid_t spawn(const std::vector<std::string>& words, bool quiet = true) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (quiet) {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  }
  pid_t pid = -1;
  if (posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0)
    die("cannot start " + words[0]);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

/// `{pid}` in an argument becomes the target's pid.
inline std::vector<std::string> with_pid(std::vector<std::string> words, pid_t pid) {
  for (std::string& word : words)
    if (word == "{pid}") word = std::to_string(pid);
  return words;
}

struct ThreadState {
  pid_t tid = 0;
  char state = '?';
  pid_t tracer = 0;
};

inline std::vector<ThreadState> thread_states(pid_t pid) {
  std::vector<ThreadState> states;
  const std::string base = "/proc/" + std::to_string(pid) + "/task";
  DIR* directory = opendir(base.c_str());
  if (directory == nullptr) return states;
  while (const dirent* entry = readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    std::FILE* file = std::fopen((base + "/" + entry->d_name + "/status").c_str(), "re");
    if (file == nullptr) continue;
    ThreadState thread;
    thread.tid = std::atoi(entry->d_name);
    char line[256];
    while (std::fgets(line, sizeof line, file) != nullptr) {
      std::sscanf(line, "State: %c", &thread.state);
      std::sscanf(line, "TracerPid: %d", &thread.tracer);
    }
    std::fclose(file);
    states.push_back(thread);
  }
  closedir(directory);
  return states;
}

/// The state letter of the main thread, by one read.
inline char main_thread_state(int stat_fd) {
  char text[512];
  const ssize_t got = pread(stat_fd, text, sizeof text, 0);
  if (got <= 0) return 'X';
  const std::string_view line(text, static_cast<std::size_t>(got));
  const std::size_t close = line.rfind(')');
  return close == std::string_view::npos || close + 2 >= line.size() ? '?' : line[close + 2];
}

}  // namespace freeze_test
