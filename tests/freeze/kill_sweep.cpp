// Kills an attaching tool with SIGKILL at moments swept over its whole run, and after each looks
// whether every thread of the target runs on. The moment is known from the probe's marks, or, for a
// tool that leaves none, from the state of the target's main thread just before the kill.
//
//   kill_sweep --threads N [--inside N] [--max-kills N] [--marks] [--python PATH] -- TOOL ARGUMENTS
//   {pid}
//
// Prints one JSON line; exit status 0 only if every thread ran on after every kill and the counts
// are right.

#include <algorithm>
#include <atomic>

#include <fmt/format.h>

#include "common.hpp"
#include "targets.hpp"

namespace {

using namespace freeze_test;

Counters* shared = nullptr;

struct Sweep {
  int threads = 1;
  std::uint64_t inside_wanted = 150, max_kills = 4000;
  std::uint64_t sweep_only = 400;  // the first kills are spread evenly over the run
  bool with_marks = false;
  std::vector<std::string> command;
  std::atomic<std::uint32_t>* marks = nullptr;
  pid_t target = 0;
  int stat_fd = -1;
  std::uint64_t kills = 0, finished_before_kill = 0, slowest_ns = 0;
  std::uint64_t by_phase[phases] = {};

  pid_t start() {
    marks->store(not_started);
    return spawn(with_pid(command, target));
  }

  std::uint64_t usual_run_ns() {
    std::vector<std::uint64_t> times;
    for (int i = 0; i < 9; ++i) {
      const std::uint64_t begin = now_ns();
      int status = 0;
      waitpid(start(), &status, 0);
      if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        die(fmt::format("an undisturbed run of {} ends with status {:#x}", command[0], status));
      times.push_back(now_ns() - begin);
    }
    std::ranges::sort(times);
    return times[times.size() * 3 / 4];
  }

  /// Every thread must count on, and none be stopped or traced.
  void check() {
    std::vector<std::uint64_t> before(static_cast<std::size_t>(threads));
    for (std::size_t i = 0; i < before.size(); ++i) before[i] = shared->counts[i].load();
    const std::uint64_t begin = now_ns();
    for (std::size_t i = 0; i < before.size();) {
      if (shared->counts[i].load() != before[i]) {
        ++i;
        continue;
      }
      if (now_ns() - begin > 20'000'000'000U)
        die(fmt::format("kill {} ({}): thread {} of {} does not run any more", kills,
                        phase_names[marks->load()], i, threads));
      sleep_ns(200'000);
    }
    slowest_ns = std::max(slowest_ns, now_ns() - begin);
    // All have run since the kill; whether any was stopped after that is worth a look, but not each
    // time.
    if (kills % 16 != 0) return;
    for (const ThreadState& thread : thread_states(target))
      if (thread.state == 't' || thread.state == 'T' || thread.tracer != 0)
        die(fmt::format("kill {}: thread {} is in state {}, traced by {}", kills, thread.tid,
                        thread.state, thread.tracer));
  }

  /// Kills after `delay_ns`; or, with `after_stop_ns`, that long after the target stopped, if it
  /// does until then.
  void kill_once(std::uint64_t delay_ns, std::uint64_t after_stop_ns) {
    const std::uint64_t begin = now_ns();
    const pid_t tool = start();
    char state = main_thread_state(stat_fd);
    bool was_stopped = false;
    if (with_marks) {
      if (now_ns() - begin < delay_ns) sleep_ns(delay_ns - (now_ns() - begin));
    } else {
      std::uint64_t until = begin + delay_ns;
      for (; now_ns() < until; state = main_thread_state(stat_fd)) {
        if (state != 't' || was_stopped) continue;
        was_stopped = true;
        if (after_stop_ns > 0) until = now_ns() + after_stop_ns;
      }
    }
    kill(tool, SIGKILL);  // our child and not yet reaped: the pid is still its own
    int status = 0;
    waitpid(tool, &status, 0);
    if (!WIFSIGNALED(status)) {
      ++finished_before_kill;
      return;
    }
    ++kills;
    const auto phase = with_marks     ? marks->load()
                       : state == 't' ? std::uint32_t{frozen}
                       : was_stopped  ? std::uint32_t{thawed}
                                      : std::uint32_t{not_started};
    ++by_phase[std::min<std::uint32_t>(phase, phases - 1)];
    check();
  }

  void run() {
    const std::uint64_t run_ns = usual_run_ns();
    // The machine may be busier now than then: the range of the delays follows, so that a fifth of
    // the runs end first.
    double range = static_cast<double>(run_ns);
    // Golden-ratio steps: at any time the delays so far cover the run evenly.
    double position = 0.5;
    for (std::uint64_t turn = 0;
         by_phase[frozen] < inside_wanted && kills + finished_before_kill < max_kills; ++turn) {
      position += 0.6180339887498949;
      position -= static_cast<double>(static_cast<int>(position));
      // A freeze of a fraction of a millisecond is seldom hit; after the sweep it is waited for.
      if (turn >= sweep_only && turn % 4 != 0) {
        kill_once(run_ns * 2, static_cast<std::uint64_t>(position * 150'000));
        continue;
      }
      const std::uint64_t finished = finished_before_kill;
      kill_once(static_cast<std::uint64_t>(position * range), 0);
      range *= finished_before_kill > finished ? 0.96 : 1.01;
    }
    std::string counts;
    for (std::size_t i = 0; i < phases; ++i)
      counts += fmt::format(", \"{}\": {}", phase_names[i], by_phase[i]);
    fmt::print(
        "{{\"threads\": {}, \"kills\": {}, \"run_us\": {}, \"finished_before_kill\": {}, "
        "\"slowest_check_us\": {}{}}}\n",
        threads, kills, run_ns / 1000, finished_before_kill, slowest_ns / 1000, counts);
  }
};

}  // namespace

int main(int argc, char** argv) {
  Sweep sweep;
  std::string python;
  int i = 1;
  for (; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view word(argv[i]);
    if (word == "--marks") sweep.with_marks = true;
    else if (word == "--python") python = argv[++i];
    else if (word == "--threads") sweep.threads = std::atoi(argv[++i]);
    else if (word == "--inside") sweep.inside_wanted = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--max-kills") sweep.max_kills = std::strtoull(argv[++i], nullptr, 10);
    else die(fmt::format("unknown option {}", word));
  }
  for (++i; i < argc; ++i) sweep.command.emplace_back(argv[i]);
  if (sweep.command.empty() || sweep.threads < 1 || sweep.threads > max_threads)
    die("usage: see the source");

  const int shared_fd = create_shared(sizeof(Counters));
  shared = map_shared<Counters>(shared_fd);
  const int marks_fd = create_shared(4096);
  sweep.marks = map_shared<std::atomic<std::uint32_t>>(marks_fd);
  if (sweep.with_marks) {
    sweep.command.emplace_back("--marks-fd");
    sweep.command.push_back(std::to_string(marks_fd));
  }
  sweep.target = start_target(python, "freeze_count_target", shared_fd, sweep.threads);
  while (shared->ready.load() < static_cast<std::uint32_t>(sweep.threads)) sleep_ns(1'000'000);
  sweep.stat_fd = open(fmt::format("/proc/{}/stat", sweep.target).c_str(), O_RDONLY | O_CLOEXEC);
  sweep.run();
  sweep.kills = 0;
  sweep.check();

  shared->finish = 1;
  int status = 0;
  waitpid(sweep.target, &status, 0);
  if (status != 0)
    die(fmt::format("the target ended with status {:#x}: its counts are wrong", status));
  if (sweep.by_phase[frozen] < sweep.inside_wanted)
    die(fmt::format("only {} kills fell inside the freeze", sweep.by_phase[frozen]));
  return 0;
}
