// Parsing of /proc text, and opening of processes of every kind.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "target/live/live_target.hpp"
#include "target/live/proc_maps.hpp"
#include "target/live/proc_status.hpp"

using namespace pyexc;

namespace {

/// A child that does something and then waits to be ended; it says when it is ready.
class Child {
 public:
  explicit Child(const std::function<void()>& prepare) {
    int ready[2];
    REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      prepare();
      if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    ::close(ready[1]);
    char byte;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("lines of /proc/PID/maps") {
  const auto file =
      parse_maps_line("7f00a1000000-7f00a1002000 r-xp 00001000 103:02 131 /usr/lib/x y (z)/lib.so");
  REQUIRE(file);
  CHECK(file->start == 0x7f00a1000000);
  CHECK(file->end == 0x7f00a1002000);
  CHECK((file->readable && !file->writable && file->executable && !file->shared));
  CHECK(file->offset == 0x1000);
  CHECK(file->dev_major == 0x103);
  CHECK(file->dev_minor == 2);
  CHECK(file->inode == 131);
  CHECK(file->path == "/usr/lib/x y (z)/lib.so");
  CHECK_FALSE(file->deleted);

  const auto gone = parse_maps_line(
      "1000-2000 rw-s 00000000 00:01 77                   /memfd:a\\012b (deleted)");
  REQUIRE(gone);
  CHECK((gone->shared && gone->deleted));
  CHECK(gone->path == "/memfd:a\nb");

  const auto anonymous =
      parse_maps_line("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 ");
  REQUIRE(anonymous);
  CHECK(anonymous->start == 0xffffffffff600000);
  CHECK(anonymous->path.empty());

  for (const char* bad :
       {"", "1000", "1000-", "1000-2000", "2000-1000 r--p 0 0:0 0", "1000-1000 r--p 0 0:0 0",
        "zz-2000 r--p 0 0:0 0", "1000-2000 r--p", "1000-2000 r--p 0", "1000-2000 r--p 0 0:0 ",
        "1000-2000 r--p 0 0:0 x", "10000000000000000-20000000000000000 r--p 0 0:0 0"})
    CHECK_MESSAGE(!parse_maps_line(bad), bad);
  CHECK(parse_maps("1000-2000 r--p 0 0:0 0\nnonsense\n2000-3000 r--p 0 0:0 0").size() == 2);
}

TEST_CASE("fields of /proc/PID/stat, whatever the name of the process") {
  const std::string rest = " S 7 1 1 0 -1 2097216 0 0 0 0 1 2 0 0 20 0 3 0 4242 1 1";
  for (const std::string comm : {"python3", "a b", "a) S 1 (", "", ")", "((", "new\nline"}) {
    const auto stat = parse_proc_stat("12 (" + comm + ")" + rest);
    REQUIRE(stat);
    CHECK(stat->comm == comm);
    CHECK(stat->state == 'S');
    CHECK(stat->parent == 7);
    CHECK(stat->start_time == 4242);
    CHECK(stat->kernel_thread());
  }
  CHECK_FALSE(parse_proc_stat(""));
  CHECK_FALSE(parse_proc_stat("12 (x"));
  CHECK_FALSE(parse_proc_stat("12 (x)"));
  CHECK_FALSE(parse_proc_stat(") S (").has_value());
}

TEST_CASE("fields of /proc/PID/status") {
  const auto status = parse_proc_status(
      "Name:\tx\nUmask:\t0022\nState:\tT "
      "(stopped)\nTgid:\t10\nNgid:\t0\nPid:\t10\nPPid:\t3\nTracerPid:\t99\n"
      "Uid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nFDSize:\t64\nGroups:\t4 24 27 "
      "\nNSpid:\t10\t2\t1\nKthread:\t1\n"
      "VmSize:\t  10 kB\nThreads:\t17\nCoreDumping:\t1\n");
  CHECK(status.state == 'T');
  CHECK(status.tgid == 10);
  CHECK(status.parent == 3);
  CHECK(status.tracer == 99);
  CHECK(status.uid_real == 1);
  CHECK(status.uid_effective == 2);
  CHECK(status.gid_effective == 6);
  CHECK(status.groups == std::vector<std::uint32_t>{4, 24, 27});
  CHECK(status.ns_pids == std::vector<std::int64_t>{10, 2, 1});
  CHECK(status.threads == 17);
  CHECK((status.kernel_thread && status.has_memory && status.dumping_core));
  CHECK(parse_proc_status("").tgid == 0);
  CHECK(parse_proc_status("State:\nTgid:\tx\nnonsense\n:\n").state == '?');
}

TEST_CASE("opening a process") {
  const Child child([] { CHECK(::chdir("/usr") == 0); });
  const auto target = LiveTarget::open(child.pid());
  REQUIRE(target);
  const Identity& identity = (*target)->identity();
  CHECK(identity.pid == child.pid());
  CHECK(identity.ns_pid > 0);
  CHECK(identity.cwd == "/usr");
  CHECK(identity.uid == ::geteuid());
  CHECK(identity.gid == ::getegid());
  std::vector<gid_t> groups(64);
  const int count = ::getgroups(64, groups.data());
  REQUIRE(count >= 0);
  CHECK(identity.groups.size() == static_cast<std::size_t>(count));
  char self[PATH_MAX] = {};
  REQUIRE(::readlink("/proc/self/exe", self, sizeof self - 1) > 0);
  CHECK(identity.executable == self);
  CHECK_FALSE(identity.command_line.empty());
  CHECK((*target)->alive());
  CHECK((*target)->check_same_image());
  REQUIRE((*target)->threads().size() == 1);
  CHECK((*target)->threads()[0].tid == child.pid());
  CHECK_FALSE((*target)->threads()[0].stopped);
  struct stat root, own;
  REQUIRE(::fstat((*target)->root_fd(), &root) == 0);
  REQUIRE(::stat("/", &own) == 0);
  CHECK(root.st_ino == own.st_ino);
  REQUIRE(::fstat((*target)->cwd_fd(), &root) == 0);
  REQUIRE(::stat("/usr", &own) == 0);
  CHECK(root.st_ino == own.st_ino);
}

TEST_CASE("what cannot be opened") {
  for (const std::int64_t pid :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{INT_MAX} + 1, INT64_MAX, INT64_MIN}) {
    const auto target = LiveTarget::open(pid);
    REQUIRE_FALSE(target);
    CHECK(target.error().code == Errc::no_such_process);
  }
  const pid_t zombie = ::fork();
  if (zombie == 0) ::_exit(0);
  siginfo_t info;
  REQUIRE(::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT) == 0);
  auto target = LiveTarget::open(zombie);
  REQUIRE_FALSE(target);
  CHECK(target.error().code == Errc::no_such_process);
  CHECK(target.error().what.find("zombie") != std::string::npos);
  ::waitpid(zombie, nullptr, 0);
  target = LiveTarget::open(
      zombie);  // reaped; given to another process only after the numbers have gone round
  REQUIRE_FALSE(target);
  CHECK(target.error().code == Errc::no_such_process);
}

TEST_CASE("the end of a process and its execve are noticed") {
  int gate[2];
  REQUIRE(::pipe(gate) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    char byte;
    ::close(gate[1]);
    if (::read(gate[0], &byte, 1) == 1) ::execl("/bin/sleep", "sleep", "60", nullptr);
    ::_exit(0);
  }
  const auto target = LiveTarget::open(pid);
  REQUIRE(target);
  CHECK((*target)->check_same_image());
  REQUIRE(::write(gate[1], "x", 1) == 1);
  // Its executable changes before the old memory is certainly gone, but both are soon over.
  for (int i = 0; i < 20'000 && (*target)->check_same_image(); ++i) ::usleep(100);
  CHECK((*target)->alive());
  const auto replaced = (*target)->check_same_image();
  REQUIRE_FALSE(replaced);
  CHECK(replaced.error().code == Errc::process_ended);
  CHECK(replaced.error().what.find("execve") != std::string::npos);
  ::kill(pid, SIGKILL);
  siginfo_t info;
  REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE((*target)->alive());  // though its zombie is still there
  ::waitpid(pid, nullptr, 0);
  CHECK_FALSE((*target)->alive());
  CHECK_FALSE((*target)->rescan_threads());
  ::close(gate[0]);
  ::close(gate[1]);
}

TEST_CASE("the file behind a mapping, and never another one") {
  char name[] = "/tmp/pyexc-unit-XXXXXX";
  const int fd = ::mkstemp(name);
  REQUIRE(fd >= 0);
  REQUIRE(::ftruncate(fd, 8192) == 0);
  const std::string path(name);
  {
    const Child child([&] {
      if (::mmap(nullptr, 8192, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED) ::_exit(1);
    });
    const auto target = LiveTarget::open(child.pid());
    REQUIRE(target);
    Mapping mapping;
    for (const Mapping& each : (*target)->mappings())
      if (each.path == path) mapping = each;
    REQUIRE(mapping.path == path);
    struct stat wanted, got;
    REQUIRE(::fstat(fd, &wanted) == 0);

    auto opened = (*target)->open_mapped_file(mapping);
    REQUIRE(opened);
    REQUIRE(::fstat(opened->get(), &got) == 0);
    CHECK(got.st_ino == wanted.st_ino);

    // Its name now belongs to another file. The kernel's link still leads to the right one, for
    // those who may use it; an address that is no mapping leaves only the name, which must then be
    // refused.
    REQUIRE(::rename(path.c_str(), (path + ".old").c_str()) == 0);
    std::ofstream(path) << "another file";
    opened = (*target)->open_mapped_file(mapping);
    if (opened) {
      REQUIRE(::fstat(opened->get(), &got) == 0);
      CHECK(got.st_ino == wanted.st_ino);
    }
    Mapping by_name = mapping;
    by_name.start = 0x1000;
    by_name.end = 0x2000;
    CHECK_FALSE((*target)->open_mapped_file(by_name));
    REQUIRE(::rename((path + ".old").c_str(), path.c_str()) == 0);
    opened = (*target)->open_mapped_file(by_name);
    CHECK(opened);

    by_name.path = "[heap]";
    CHECK_FALSE((*target)->open_mapped_file(by_name));
    by_name.path = "relative";
    CHECK_FALSE((*target)->open_mapped_file(by_name));
  }
  ::close(fd);
  ::unlink(path.c_str());
}
