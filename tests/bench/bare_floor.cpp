// The yardstick of tests/bench/attach.py: stops every thread of a process and lets it go, reads nothing.
// What this costs the target, any tool that stops it must cost at least.

#include <dirent.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%ld/task", std::atol(argv[1]));
  DIR* const directory = ::opendir(path);
  if (directory == nullptr) return 3;
  std::vector<pid_t> tids;
  while (const dirent* entry = ::readdir(directory))
    if (const long tid = std::atol(entry->d_name); tid > 0) tids.push_back(static_cast<pid_t>(tid));
  for (const pid_t tid : tids)
    if (::ptrace(PTRACE_SEIZE, tid, nullptr, nullptr) != 0) return 4;
  for (const pid_t tid : tids) ::ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr);
  for (const pid_t tid : tids) ::waitpid(tid, nullptr, __WALL);
  for (const pid_t tid : tids) ::ptrace(PTRACE_DETACH, tid, nullptr, nullptr);
  return 0;
}
