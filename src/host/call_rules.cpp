#include "host/call_rules.hpp"

namespace pyexc::host {

namespace {

struct Rule {
  std::string_view call;
  Shape shape;
};

constexpr Rule rules[] = {
    {"futex", Shape::futex},        {"poll", Shape::poll},
    {"ppoll", Shape::poll},         {"select", Shape::select},
    {"pselect6", Shape::select},    {"epoll_wait", Shape::epoll},
    {"epoll_pwait", Shape::epoll},  {"epoll_pwait2", Shape::epoll},
    {"wait4", Shape::child},        {"waitid", Shape::child_id},
    {"flock", Shape::lock},         {"fcntl", Shape::record_lock},
    {"connect", Shape::address},    {"clock_nanosleep", Shape::clock_sleep},
    {"open", Shape::path},          {"creat", Shape::path},
    {"stat", Shape::path},          {"lstat", Shape::path},
    {"access", Shape::path},        {"readlink", Shape::path},
    {"chdir", Shape::path},         {"mkdir", Shape::path},
    {"rmdir", Shape::path},         {"unlink", Shape::path},
    {"rename", Shape::path},        {"execve", Shape::path},
    {"statfs", Shape::path},        {"openat", Shape::path_at},
    {"openat2", Shape::path_at},    {"newfstatat", Shape::path_at},
    {"statx", Shape::path_at},      {"faccessat", Shape::path_at},
    {"faccessat2", Shape::path_at}, {"readlinkat", Shape::path_at},
    {"mkdirat", Shape::path_at},    {"unlinkat", Shape::path_at},
    {"renameat", Shape::path_at},   {"renameat2", Shape::path_at},
    {"execveat", Shape::path_at},   {"read", Shape::fd},
    {"readv", Shape::fd},           {"pread64", Shape::fd},
    {"preadv", Shape::fd},          {"preadv2", Shape::fd},
    {"write", Shape::fd},           {"writev", Shape::fd},
    {"pwrite64", Shape::fd},        {"pwritev", Shape::fd},
    {"pwritev2", Shape::fd},        {"recvfrom", Shape::fd},
    {"recvmsg", Shape::fd},         {"recvmmsg", Shape::fd},
    {"sendto", Shape::fd},          {"sendmsg", Shape::fd},
    {"sendmmsg", Shape::fd},        {"accept", Shape::fd},
    {"accept4", Shape::fd},         {"sendfile", Shape::fd},
    {"splice", Shape::fd},          {"tee", Shape::fd},
    {"vmsplice", Shape::fd},        {"copy_file_range", Shape::fd},
    {"ioctl", Shape::fd},           {"close", Shape::fd},
    {"shutdown", Shape::fd},        {"fsync", Shape::fd},
    {"fdatasync", Shape::fd},       {"sync_file_range", Shape::fd},
    {"syncfs", Shape::fd},          {"fstat", Shape::fd},
    {"fstatfs", Shape::fd},         {"ftruncate", Shape::fd},
    {"fallocate", Shape::fd},       {"lseek", Shape::fd},
    {"getdents64", Shape::fd},      {"io_uring_enter", Shape::fd},
    {"mq_timedreceive", Shape::fd}, {"mq_timedsend", Shape::fd},
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

Shape shape_of(std::string_view call) noexcept {
  for (const Rule& rule : rules)
    if (rule.call == call) return rule.shape;
  return Shape::name_only;
}

std::string_view restarted_call(std::string_view wchan, std::uint64_t first_argument) noexcept {
  // fs/select.c (do_restart_poll), kernel/futex (futex_wait_restart), kernel/time/hrtimer.c
  // (nanosleep and clock_nanosleep share hrtimer_nanosleep_restart), kernel/time/alarmtimer.c.
  if (has(wchan, "poll")) return "poll";
  if (has(wchan, "futex")) return "futex";
  if (has(wchan, "alarmtimer")) return "clock_nanosleep";
  // nanosleep begins with a pointer, clock_nanosleep with the small number of a clock.
  constexpr std::uint64_t page = 4096;
  if (has(wchan, "nanosleep")) return first_argument < page ? "clock_nanosleep" : "nanosleep";
  return {};
}

}  // namespace pyexc::host
