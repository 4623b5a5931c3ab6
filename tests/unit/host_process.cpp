// Facts about processes, checked against what the test itself arranged.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "host/process.hpp"

using namespace pyexc;

namespace {

struct Process {
  pid_t pid = -1;
  ~Process() {
    if (pid <= 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
};

/// Runs a program and waits until it is the one that was asked for.
void run(Process& process, const char* path, const char* argument) {
  int gate[2];
  REQUIRE(::pipe2(gate, O_CLOEXEC) == 0);
  process.pid = ::fork();
  if (process.pid == 0) {
    ::execl(path, path, argument, nullptr);
    ::_exit(127);
  }
  ::close(gate[1]);
  char byte;
  CHECK(::read(gate[0], &byte, 1) == 0);  // closed by execve
  ::close(gate[0]);
}

}  // namespace

TEST_CASE("children, also those that another thread started") {
  Process first, second;
  run(first, "/bin/sleep", "60");
  std::thread([&] { run(second, "/bin/sleep", "61"); }).join();
  const auto children = host::children_of(::getpid());
  CHECK(std::ranges::is_sorted(children));
  CHECK(std::ranges::count(children, first.pid) == 1);
  CHECK(std::ranges::count(children, second.pid) == 1);
  CHECK(std::ranges::count(children, ::getpid()) == 0);
  CHECK_FALSE(host::looks_like_python(first.pid));
  CHECK(host::comm_of(first.pid) == "sleep");
  CHECK(host::command_line_of(first.pid) == std::vector<std::string>{"/bin/sleep", "60"});
  CHECK(host::children_of(-1).empty());
  CHECK_FALSE(host::comm_of(-1).has_value());
  CHECK(host::command_line_of(-1).empty());
}

TEST_CASE("a python among the descendants") {
  if (::access("/usr/bin/python3", X_OK) != 0) {
    MESSAGE("skipped: there is no /usr/bin/python3");
    return;
  }
  int gate[2];
  REQUIRE(::pipe(gate) == 0);
  Process shell;
  shell.pid = ::fork();
  if (shell.pid == 0) {
    ::close(gate[0]);
    ::dup2(gate[1], 1);
    // The shell stays, and ends with its child.
    ::execl("/bin/sh", "sh", "-c",
            "/usr/bin/python3 -c 'import os, time; os.write(1, b\"1\"); time.sleep(60)'; true",
            nullptr);
    ::_exit(127);
  }
  ::close(gate[1]);
  char byte;
  REQUIRE(::read(gate[0], &byte, 1) == 1);
  ::close(gate[0]);
  const auto found = host::python_descendants(::getpid());
  REQUIRE(found.size() == 1);
  CHECK(host::children_of(shell.pid) == found);
  CHECK(host::looks_like_python(found[0]));
  CHECK_FALSE(host::looks_like_python(shell.pid));
  CHECK(host::is_32_bit(found[0]) == false);
  ::kill(static_cast<pid_t>(found[0]), SIGKILL);
}

TEST_CASE("ourselves") {
  CHECK(host::tracer_of(::getpid()) == 0);
  CHECK_FALSE(host::is_kernel_thread(::getpid()));
  CHECK(host::is_32_bit(::getpid()) == (sizeof(void*) == 4));
  CHECK(host::same_user_namespace(::getpid()) == true);
  CHECK(host::own_seccomp_mode() == ::prctl(PR_GET_SECCOMP));
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  REQUIRE(::syscall(SYS_capget, &header, data) == 0);
  CHECK(host::have_cap_sys_ptrace() == ((data[0].effective >> CAP_SYS_PTRACE) & 1U));
  if (!std::ifstream("/proc/sys/kernel/yama/ptrace_scope"))
    CHECK_FALSE(host::yama_ptrace_scope().has_value());
}
