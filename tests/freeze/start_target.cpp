#include "targets.hpp"

#include "common.hpp"

namespace freeze_test {

pid_t start_target(const std::string& python, const char* function, int shared_fd, int number) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (python.empty()) {
    const std::string_view name(function);
    _exit(name == "freeze_count_target"      ? freeze_count_target(shared_fd, number)
          : name == "freeze_realtime_target" ? freeze_realtime_target(shared_fd, number)
                                             : freeze_standard_target(shared_fd, number));
  }
  // The library lies beside this program.
  char self[4096];
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self);
  const std::string here(self, size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string library = here.substr(0, here.rfind('/')) + "/libfreeze_targets.so";
  const std::string program =
      "import ctypes, os, sys\n"
      "run = getattr(ctypes.CDLL(sys.argv[1]), sys.argv[2])\n"
      "os._exit(run(int(sys.argv[3]), int(sys.argv[4])))\n";
  const std::string fd = std::to_string(shared_fd), argument = std::to_string(number);
  execl(python.c_str(), python.c_str(), "-c", program.c_str(), library.c_str(), function,
        fd.c_str(), argument.c_str(), nullptr);
  _exit(127);
}

}  // namespace freeze_test
