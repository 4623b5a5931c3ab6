// What threads wait in, from texts of /proc as a kernel writes them, and from ones that none would write.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/fd.hpp"
#include "host/call_arguments.hpp"
#include "host/call_rules.hpp"
#include "host/descriptors.hpp"
#include "host/fd_search.hpp"
#include "host/file_locks.hpp"
#include "host/proc_thread.hpp"
#include "host/socket_table.hpp"
#include "host/syscalls/names.hpp"
#include "host/waits.hpp"

using namespace pyexc;
namespace fs = std::filesystem;

namespace {

/// A directory that looks like /proc.
struct Folder {
  fs::path path;
  Folder() {
    char name[] = "/tmp/pyexc-proc-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  void file(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
  void link(const std::string& name, const std::string& target) const {
    fs::create_directories((path / name).parent_path());
    fs::create_symlink(target, path / name);
  }
  [[nodiscard]] UniqueFd open(const std::string& name = ".") const {
    return UniqueFd(::open((path / name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
};

/// Memory of a target: one piece at one address.
host::ReadMemory memory_at(std::uint64_t base, std::string bytes) {
  return [base, bytes = std::move(bytes)](std::uint64_t address, std::span<std::byte> out) {
    if (address < base || address - base > bytes.size() || out.size() > bytes.size() - (address - base)) return false;
    std::memcpy(out.data(), bytes.data() + (address - base), out.size());
    return true;
  };
}

template <class T>
std::string raw(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

constexpr const char* tcp_table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   113        0 501 1 0 100 0 0 10 0\n"
    "   1: 0100007F:A23C 0100007F:1538 01 00000000:00000000 00:00000000 00000000  1000        0 502 1 0 20 4 30 10 -1\n"
    "   2: 0100007F:1538 0100007F:A23C 01 00000000:00000000 00:00000000 00000000   113        0 503 1 0 20 4 30 10 -1\n"
    "   3: 0100000A:A23D 0100A8C0:0050 02 00000001:00000000 01:00000064 00000002  1000        0 504 2 0 800 0 0 1 7\n"
    "   4: 0100007F:1538 0100007F:A23E 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0\n";

}  // namespace

TEST_CASE("the line of a system call") {
  const auto line = host::parse_syscall("0 0x7 0x7f31127e5a30 0x1 0x0 0x0 0xffffffffffffffff 0x7ffc03be0140 0x7f3112b2bf16\n");
  REQUIRE(line);
  CHECK(line->number == 0);
  CHECK(line->arguments[0] == 7);
  CHECK(line->arguments[5] == ~0ULL);
  CHECK(line->integer(5) == -1);
  CHECK(line->stack == 0x7ffc03be0140);
  for (const char* none : {"", "\n", "running\n", "-1 0x7ffc03be0140 0x7f3112b2bf16\n", "0 0x7\n",
                           "0 7 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n", "0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x\n",
                           "0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x10000000000000000\n", "x 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n",
                           "99999999999999999999 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n"})
    CHECK_FALSE(host::parse_syscall(none));
}

TEST_CASE("when a thread left its processor") {
  const char* const text =
      "python3 (20063, #threads: 4)\n-------------------\n"
      "se.exec_start                                :       3061430.696713\nse.vruntime   :   3171.801528\n";
  CHECK(host::parse_exec_start(text) == 3'061'430'696'713);
  for (const char* none : {"", "se.exec_start", "se.exec_start :\n", "se.exec_start : 12\n", "se.exec_start : -1.000001\n",
                           "se.exec_start : 1.-00001\n", "se.exec_start : 99999999999999999999.000001\n",
                           "se.exec_start : 9223372036854775807.000001\n", "se.exec_start : 1.1000000\n"})
    CHECK_FALSE(host::parse_exec_start(none));
}

TEST_CASE("names of system calls are those of this machine's headers") {
#if defined(__x86_64__)
  CHECK(host::syscall_name(0) == "read");
  CHECK(host::syscall_name(202) == "futex");
  CHECK(host::syscall_name(219) == "restart_syscall");
  CHECK(host::syscall_name(232) == "epoll_wait");
  CHECK(host::syscall_name(449) == "futex_waitv");
#endif
  CHECK(host::syscall_name(-1).empty());
  CHECK(host::syscall_name(400'000).empty());
}

TEST_CASE("which call goes on after a stop") {
  CHECK(host::restarted_call("poll_schedule_timeout.constprop.0", 0x7f3104000b70) == "poll");
  CHECK(host::restarted_call("futex_do_wait", 0x7f3108000ba0) == "futex");
  CHECK(host::restarted_call("futex_wait_queue_me", 0x7f3108000ba0) == "futex");
  CHECK(host::restarted_call("hrtimer_nanosleep", 0x7ffc03be0140) == "nanosleep");
  CHECK(host::restarted_call("do_nanosleep", 1) == "clock_nanosleep");
  CHECK(host::restarted_call("alarmtimer_nsleep", 8) == "clock_nanosleep");
  CHECK(host::restarted_call("0", 1).empty());
  CHECK(host::restarted_call("", 1).empty());
}

TEST_CASE("descriptors of poll and select") {
  struct Entry {
    std::int32_t fd;
    std::int16_t events, revents;
  };
  const std::string entries = raw(Entry{5, 1, 0}) + raw(Entry{-1, 1, 0}) + raw(Entry{9, 1, 0});
  host::SyscallLine line;
  line.arguments = {0x1000, 3, 0, 0, 0, 0};
  auto polled = host::polled_fds(line, memory_at(0x1000, entries), 64);
  REQUIRE(polled);
  CHECK(polled->count == 2);
  CHECK(polled->fds == std::vector<std::int64_t>{5, 9});
  line.arguments[1] = 4;
  CHECK_FALSE(host::polled_fds(line, memory_at(0x1000, entries), 64));
  line.arguments[1] = 0xffffffff;  // as many as a number can say: no more is read than is wanted
  polled = host::polled_fds(line, memory_at(0x1000, entries), 2);
  REQUIRE(polled);
  CHECK(polled->fds == std::vector<std::int64_t>{5});
  line.arguments = {0, 0, 0, 0, 0, 0};
  CHECK(host::polled_fds(line, {}, 64)->count == 0);

  const std::string sets = raw(std::uint64_t{1} << 7) + raw(std::uint64_t{1} << 3) + raw(std::uint64_t{0xff} << 40);
  line.arguments = {10, 0x2000, 0x2008, 0x2010, 0, 0};
  const auto selected = host::selected_fds(line, memory_at(0x2000, sets), 64);
  REQUIRE(selected);
  CHECK(selected->fds == std::vector<std::int64_t>{3, 7});  // those from 40 on are beyond the 10
  line.arguments[0] = 0x7fffffff;
  CHECK_FALSE(host::selected_fds(line, memory_at(0x2000, sets), 64));
  line.arguments[0] = 0xffffffff;  // -1
  CHECK(host::selected_fds(line, memory_at(0x2000, sets), 64)->count == 0);
}

TEST_CASE("paths, addresses and deadlines in memory") {
  CHECK(host::path_argument(0x1000, memory_at(0x1000, std::string("/srv/x\0", 7) + std::string(300, 'y'))) == "/srv/x");
  // The last bytes of a page, and nothing behind it.
  CHECK(host::path_argument(0x1ffc, memory_at(0x1ffc, std::string("abc\0", 4))) == "abc");
  CHECK_FALSE(host::path_argument(0x1000, memory_at(0x1000, std::string(8192, 'y'))));
  CHECK_FALSE(host::path_argument(0, memory_at(0x1000, "")));
  CHECK_FALSE(host::path_argument(~0ULL, memory_at(0x1000, "")));

  const std::string in4("\x02\0\x1f\x90\x7f\0\0\x01\0\0\0\0\0\0\0\0", 16);
  CHECK(host::socket_address(0x1000, 16, memory_at(0x1000, in4)) == "127.0.0.1:8080");
  CHECK(host::socket_address(0x1000, 8, memory_at(0x1000, in4)).empty());
  CHECK(host::socket_address(0x1000, 0xffffffff, memory_at(0x1000, in4)).empty());
  const std::string in6 = std::string("\x0a\0\0\x50\0\0\0\0", 8) + std::string(15, '\0') + "\x01" + std::string(4, '\0');
  CHECK(host::socket_address(0x1000, in6.size(), memory_at(0x1000, in6)) == "[::1]:80");
  CHECK(host::socket_address(0x1000, 9, memory_at(0x1000, std::string("\x01\0/run/x\0", 9))) == "/run/x");
  CHECK(host::socket_address(0x1000, 6, memory_at(0x1000, std::string("\x01\0\0abc", 6))) == "@abc");

  host::SyscallLine line;
  line.arguments = {CLOCK_MONOTONIC, TIMER_ABSTIME, 0x1000, 0, 0, 0};
  const auto time = [](std::int64_t seconds, std::int64_t ns) { return memory_at(0x1000, raw(seconds) + raw(ns)); };
  auto deadline = host::deadline_of(host::Shape::clock_sleep, line, time(5, 7));
  REQUIRE(deadline);
  CHECK(deadline->ns == 5'000'000'007);
  CHECK_FALSE(host::deadline_of(host::Shape::clock_sleep, line, time(-1, 7)));
  CHECK_FALSE(host::deadline_of(host::Shape::clock_sleep, line, time(5, 1'000'000'000)));
  CHECK_FALSE(host::deadline_of(host::Shape::clock_sleep, line, time(INT64_MAX, 7)));
  line.arguments[1] = 0;  // for a while, not until
  CHECK_FALSE(host::deadline_of(host::Shape::clock_sleep, line, time(5, 7)));
  line.arguments = {0x7000, 0x189, 0, 0x1000, 0, 0};  // FUTEX_WAIT_BITSET | PRIVATE | CLOCK_REALTIME
  deadline = host::deadline_of(host::Shape::futex, line, time(5, 7));
  REQUIRE(deadline);
  CHECK(deadline->clock == CLOCK_REALTIME);
  line.arguments[1] = 0x80;  // FUTEX_WAIT: relative
  CHECK_FALSE(host::deadline_of(host::Shape::futex, line, time(5, 7)));
}

TEST_CASE("holders of file locks") {
  const std::string locks =
      "1: POSIX  ADVISORY  WRITE 700 fe:01:1234 0 EOF\n"
      "1: -> POSIX  ADVISORY  WRITE 900 fe:01:1234 0 EOF\n"
      "2: FLOCK  ADVISORY  READ 701 fe:01:1234 0 EOF\n"
      "2: -> FLOCK  ADVISORY  WRITE 901 fe:01:1234 0 EOF\n"
      "2:  -> FLOCK  ADVISORY  READ 905 fe:01:1234 0 EOF\n"
      "3: FLOCK  ADVISORY  READ 702 fe:01:1234 0 EOF\n"
      "4: FLOCK  ADVISORY  WRITE 703 fe:01:9999 0 EOF\n"
      "5: OFDLCK ADVISORY  WRITE -1 fe:01:1234 0 EOF\n"
      "6: POSIX  ADVISORY  WRITE 704 fe:01:1234 10 20\n";
  const host::FileId file{0xfe, 1, 1234};
  using Pids = std::vector<std::int64_t>;
  CHECK(host::lock_holders(locks, 900, file) == Pids{700});
  CHECK(host::lock_holders(locks, 901, file) == Pids{701, 702});
  CHECK(host::lock_holders(locks, 700, file).empty());
  CHECK(host::lock_holders(locks, 901, {0xfe, 2, 1234}).empty());
  for (const char* bad : {"", "1", "1:", "1: -> FLOCK ADVISORY WRITE 901 fe:01", "1: -> FLOCK ADVISORY WRITE x fe:01:1234 0 EOF",
                          "x: FLOCK ADVISORY WRITE 901 fe:01:1234 0 EOF", "1: FLOCK ADVISORY WRITE 901 :: 0 EOF"})
    CHECK(host::lock_holders(bad, 901, file).empty());

  const auto place = host::parse_fd_place("pos:\t0\nflags:\t0100002\nmnt_id:\t29\nino:\t1234\n");
  REQUIRE(place);
  CHECK(place->mount == 29);
  CHECK(place->inode == 1234);
  CHECK_FALSE(host::parse_fd_place("pos:\t0\nflags:\t0100002\nmnt_id:\t29\n"));  // before Linux 5.14
  CHECK_FALSE(host::parse_fd_place("mnt_id:\t-5\nino:\t-3\n"));
  const char* const mounts = "22 1 0:20 / /proc rw - proc proc rw\n29 1 254:1 / / rw,relatime - ext4 /dev/root rw\nx\n30\n";
  CHECK(host::file_id(mounts, *place) == file);
  CHECK_FALSE(host::file_id(mounts, {30, 1}));
  CHECK_FALSE(host::file_id(mounts, {31, 1}));
}

TEST_CASE("descriptors registered with epoll, and of a process") {
  const char* const text = "pos:\t0\nflags:\t02\nmnt_id:\t15\n"
                           "tfd:       9 events:       19 data:                5  pos:0 ino:61 sdev:5\n"
                           "tfd:        6 events:       19\ntfd: -3\ntfd:\ntfd: 99999999999\n";
  CHECK(host::epoll_watches(text, 64) == std::vector<std::int64_t>{6, 9});
  CHECK(host::epoll_watches(text, 1) == std::vector<std::int64_t>{9});
  CHECK(host::pidfd_process("pos:\t0\nPid:\t812\nNSpid:\t812\n") == 812);
  CHECK_FALSE(host::pidfd_process("Pid:\t-1\n"));  // it has ended
}

TEST_CASE("sockets of a network namespace") {
  const Folder folder;
  folder.file("tcp", tcp_table);
  folder.file("tcp6",
              "  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode\n"
              "   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A "
              "00000000:00000000 00:00000000 00000000 0 0 601 1 0 100 0 0 10 0\n"
              "   1: 0000000000000000FFFF00000100007F:1538 0000000000000000FFFF00000100007F:A2FF 01 "
              "00000000:00000000 00:00000000 00000000 0 0 602 1 0 100 0 0 10 0\n");
  folder.file("udp", "  sl  local_address rem_address\n"
                     "  12: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 701 2 0 0\n");
  folder.file("unix", "Num       RefCount Protocol Flags    Type St Inode Path\n"
                      "0000000000000000: 00000002 00000000 00010000 0001 01   801 /run/my app.sock\n"
                      "0000000000000000: 00000003 00000000 00000000 0001 03   802\n"
                      "0000000000000000: 00000003 00000000 00000000 0001 03   803 @abstract\n");
  folder.file("netlink", "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n"
                         "0000000000000000 0   901        00000000 0        0        0     2        0        851\n");
  const UniqueFd net = folder.open();
  host::SocketTable table(net.get());
  CHECK(table.find(501) == SocketFacts{"tcp", "127.0.0.1:5432", "", "LISTEN"});
  CHECK(table.find(502) == SocketFacts{"tcp", "127.0.0.1:41532", "127.0.0.1:5432", "ESTABLISHED"});
  CHECK(table.find(504) == SocketFacts{"tcp", "10.0.0.1:41533", "192.168.0.1:80", "SYN_SENT"});
  CHECK(table.find(601) == SocketFacts{"tcp", "[::1]:8080", "", "LISTEN"});
  CHECK(table.find(602) == SocketFacts{"tcp", "[::ffff:127.0.0.1]:5432", "[::ffff:127.0.0.1]:41727", "ESTABLISHED"});
  CHECK(table.find(701) == SocketFacts{"udp", "0.0.0.0:53", "", ""});
  CHECK(table.find(801) == SocketFacts{"unix", "/run/my app.sock", "", ""});
  CHECK(table.find(802) == SocketFacts{"unix", "", "", ""});
  CHECK(table.find(803) == SocketFacts{"unix", "@abstract", "", ""});
  CHECK(table.find(851) == SocketFacts{"netlink", "", "", ""});
  CHECK_FALSE(table.find(0));
  CHECK_FALSE(table.find(999));
  CHECK(table.other_end(502) == 503);
  CHECK(table.other_end(503) == 502);
  CHECK_FALSE(table.other_end(504));
  CHECK_FALSE(table.other_end(701));
  CHECK_FALSE(table.other_end(999));

  for (const char* bad : {"", "   0:", "   0: 0100007F:1538", "   0: 0100007F 00000000:0000 0A 0 0 0 0 0 5",
                          "   0: 0100007F:1538 00000000:0000 zz 0:0 0:0 0 0 0 5", "   0: 010000-F:1538 00000000:0000 0A 0:0 0:0 0 0 0 5",
                          "   0: 0100007F:1538 00000000:0000 0A 0:0 0:0 0 0 0 -5"})
    CHECK_FALSE(host::parse_inet_socket(bad, false));
  // Not an end of line in a gigabyte would be a table of no sockets.
  folder.file("large/tcp", std::string(1U << 20, '7'));
  const UniqueFd large = folder.open("large");
  host::SocketTable empty(large.get());
  CHECK_FALSE(empty.find(502));
  host::SocketTable none(-1);
  CHECK_FALSE(none.find(502));
}

TEST_CASE("what a descriptor is called") {
  const auto kind = [](const char* link) { return std::string(host::Descriptor{link}.kind()); };
  CHECK(kind("pipe:[4711]") == "pipe");
  CHECK(kind("socket:[4711]") == "socket");
  CHECK(kind("anon_inode:[eventpoll]") == "eventpoll");
  CHECK(kind("anon_inode:inotify") == "inotify");
  CHECK(kind("anon_inode:[io_uring]") == "io_uring");
  CHECK(kind("/dev/pts/3") == "/dev/pts/3");
  CHECK(kind("/tmp/pipe:[4711]") == "/tmp/pipe:[4711]");
  CHECK(kind("/memfd:x (deleted)") == "/memfd:x (deleted)");
  CHECK(kind("").empty());
}

TEST_CASE("a whole process, from files of a /proc of our own") {
  const Folder proc;
  const auto syscall = [&](int tid, const char* text) { proc.file("812/task/" + std::to_string(tid) + "/syscall", text); };
#if defined(__x86_64__)
  syscall(812, "0 0x7 0x1000 0x1 0x0 0x0 0x0 0x7ffc0 0x7f31\n");
  proc.link("812/task/812/fd/7", "socket:[502]");
  proc.link("812/task/812/ns/net", "net:[1]");
  proc.link("self/ns/net", "net:[1]");
  proc.file("812/task/812/net/tcp", tcp_table);
  syscall(813, "running\n");
  syscall(814, "232 0x5 0x1000 0x40 0xffffffff 0x0 0x0 0x7ffc0 0x7f31\n");
  proc.file("812/task/814/fdinfo/5", "tfd: 6 events: 19\n");
  syscall(815, "219 0x7f3108000ba0 0x89 0x0 0x0 0x0 0xffffffff 0x7f30 0x7f31\n");
  proc.file("812/task/815/wchan", "futex_do_wait");
  syscall(816, "219 0x1 0x0 0x0 0x0 0x0 0x0 0x7f30 0x7f31\n");  // wchan is not there
  syscall(817, "73 0x3 0x2 0x0 0x0 0x0 0x0 0x7f30 0x7f31\n");
  proc.link("812/task/817/fd/3", "/var/lib/x.lock");
  proc.file("812/task/817/fdinfo/3", "mnt_id:\t29\nino:\t1234\n");
  proc.file("812/task/817/mountinfo", "29 1 254:1 / / rw - ext4 /dev/root rw\n");
  proc.file("locks", "1: FLOCK  ADVISORY  WRITE 900 fe:01:1234 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 812 fe:01:1234 0 EOF\n");
  proc.file("900/comm", "holder\n");
  syscall(818, "0 0x8 0x1000 0x1 0x0 0x0 0x0 0x7ffc0 0x7f31\n");  // fd 8 cannot be looked at
  syscall(819, "100000 0x8 0x1000 0x1 0x0 0x0 0x0 0x7ffc0 0x7f31\n");
  proc.link("500/fd/3", "socket:[503]");
  proc.file("501/fd/junk", "");
  std::vector<TargetThread> threads(9);
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i].tid = static_cast<std::int64_t>(812 + i);
    threads[i].state = 'S';
  }
  threads[0].start_time = 1;
  threads[0].cpu_time = 250;
  const UniqueFd root = proc.open(), task = proc.open("812/task");
  const auto all = host::read_activity({.pid = 812, .other_pid_namespace = false, .proc_fd = root.get(), .task_fd = task.get(), .memory = {}},
                                       threads, {.patience = std::chrono::seconds(10), .off_cpu = false});
  REQUIRE(all.size() == 9);
  REQUIRE(all[0].wait);
  CHECK(all[0].tid == 812);
  CHECK(all[0].wait->text == "read(fd 7 → tcp 127.0.0.1:41532 → 127.0.0.1:5432)");
  CHECK(all[0].wait->socket == SocketFacts{"tcp", "127.0.0.1:41532", "127.0.0.1:5432", "ESTABLISHED"});
  CHECK(all[0].wait->peers == std::vector<std::int64_t>{500});
  CHECK(all[0].cpu_ms == 250 * 1000 / ::sysconf(_SC_CLK_TCK));
  CHECK_FALSE(all[1].wait);
  CHECK_FALSE(all[1].age_ms);
  REQUIRE(all[2].wait);
  CHECK(all[2].wait->text == "epoll_wait(fd 5)");
  CHECK(all[2].wait->fds == std::vector<std::int64_t>{6});
  REQUIRE(all[3].wait);
  CHECK(all[3].wait->text == "futex");
  CHECK(all[3].wait->futex == 0x7f3108000ba0);
  REQUIRE(all[4].wait);
  CHECK(all[4].wait->call == "restart_syscall");
  REQUIRE(all[5].wait);
  CHECK(all[5].wait->text == "flock(/var/lib/x.lock)");
  CHECK(all[5].wait->holders == std::vector<std::int64_t>{900});
  REQUIRE(all[6].wait);
  CHECK(all[6].wait->text == "read(fd 8)");
  CHECK_FALSE(all[6].wait->peers);
  REQUIRE(all[7].wait);
  CHECK(all[7].wait->text == "system call 100000");
  CHECK_FALSE(all[8].wait);
#endif
}

TEST_CASE("the search for other ends gives all or nothing") {
  const Folder proc;
  proc.link("10/fd/3", "socket:[503]");
  proc.link("11/fd/4", "socket:[503]");
  proc.link("11/fd/5", "socket:[503]");
  proc.link("self/fd/5", "socket:[503]");
  const UniqueFd root = proc.open();
  const host::FarEnd wanted{host::FarEnd::Kind::socket, 503};
  const auto later = std::chrono::steady_clock::now() + std::chrono::minutes(10);
  const auto found = host::find_owners(root.get(), {wanted}, later);
  REQUIRE(found.contains(wanted));
  CHECK(found.at(wanted) == std::vector<std::int64_t>{10, 11});
  for (int i = 0; i < 40; ++i) proc.link("12/fd/" + std::to_string(i), "/dev/null");
  CHECK(host::find_owners(root.get(), {wanted}, std::chrono::steady_clock::now() - std::chrono::seconds(1)).empty());
}
