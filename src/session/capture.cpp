#include "session/capture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/fd.hpp"
#include "base/log.hpp"
#include "host/waits.hpp"
#include "report/problem_codes.hpp"
#include "session/constant_pages.hpp"
#include "session/futex_waits.hpp"
#include "session/stop.hpp"
#include "target/live/freeze.hpp"
#include "target/live/live_target.hpp"
#include "target/live/signals.hpp"
#include "target/live/task_list.hpp"

namespace pyexc {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t usual_stack_pages = 8;  // used of a stack
constexpr std::size_t max_rounds = 3;  // freezes, if a thread was caught halfway through an update
constexpr auto let_run = std::chrono::milliseconds(2);
constexpr std::size_t max_hung_reads = 8;  // reads given up before the freeze
constexpr auto hung_after = std::chrono::milliseconds(250);
constexpr auto look_every = std::chrono::milliseconds(10);

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// One attempt: everything a reader thread touches, owned together because a thread that hangs in
/// the kernel still needs it after the attempt was given up.
class Attempt {
 public:
  Attempt(std::unique_ptr<LiveTarget> target, const CaptureOptions& options)
      : target_(std::move(target)),
        options_(options),
        cache_(target_->pages(), limits_.max_pages),
        arguments_(target_->pages(), limits_.max_pages) {}

  /// The cache whose reads are under way, if any are.
  [[nodiscard]] const PageCache& reader() const { return *reader_.load(); }
  void avoid(std::uint64_t page) {
    cache_.avoid(page);
    arguments_.avoid(page);
  }
  LiveTarget& target() { return *target_; }

  // -- the reader thread --------------------------------------------------------------------------
  void read() {
    reader_tid_ = static_cast<pid_t>(::syscall(SYS_gettid));
    auto outcome = read_all();
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    done_ = true;
    changed_.notify_all();
  }

  // -- the main thread ----------------------------------------------------------------------------
  enum class End { done, hung };
  /// Waits until the reader is done, or hangs in one read for too long while nothing (more) is
  /// frozen.
  End wait() {
    std::unique_lock lock(mutex_);
    std::size_t calls = 0;
    auto since = Clock::now();
    while (!changed_.wait_for(lock, look_every, [this] { return done_; })) {
      const PageCache& cache = reader();
      const bool waiting = cache.reading() && cache.source_calls() == calls;
      if (!waiting) {
        calls = cache.source_calls();
        since = Clock::now();
        continue;
      }
      const bool over = freezing_ ? freeze_ != nullptr && freeze_->thawed() : true;
      if (over && Clock::now() - since > hung_after && !reader_may_run()) return End::hung;
    }
    return End::done;
  }

  /// True if the reader got as far as the freeze; then what it read counts even if it hangs.
  [[nodiscard]] bool frozen_once() {
    const std::lock_guard lock(mutex_);
    return freezing_;
  }

  /// Call after wait(). Thaws for good, seals the pages and hands over what there is.
  Result<Captured> take(bool hung, std::shared_ptr<void> self) {
    cache_.seal();
    if (!hung) {
      if (!outcome_) return fail(std::move(outcome_).error());
    } else if (freeze_ != nullptr) {
      note(freeze_->end());
      HeldTarget::forget();
      captured_.problems.push_back({std::string(problem::hung_read), "process",
                                    fmt::format("a read of its memory at {:#x} did not return",
                                                cache_.reading_first() * page_size)});
    }
    captured_.keep_alive = std::move(self);
    captured_.pages = &cache_;
    captured_.identity = target_->identity();
    captured_.mappings = target_->mappings();
    captured_.threads = target_->threads();
    return std::move(captured_);
  }

 private:
  /// On a crowded machine a read that returns at once may wait for a processor much longer than one
  /// that hangs.
  [[nodiscard]] bool reader_may_run() const {
    const UniqueFd tasks(::open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return tasks && task_state(tasks.get(), reader_tid_) == 'R';
  }

  Result<void> read_all() {
    PYEXC_TRY(captured_.sources,
              open_context(target_->pid(), target_->identity().uid, target_->identity().gid,
                           {target_->identity().groups.begin(), target_->identity().groups.end()}));
    auto located = cpython::locate(*target_, cache_);
    // What is read of a process on its way out may look like anything.
    if (!located && !target_->alive()) return fail(Errc::process_ended, "looking for its Python");
    PYEXC_TRY(captured_.runtime, std::move(located));
    PYEXC_CHECK(check_not_stopped());
    // What threads sleep on now is where the locks lie that they wait for.
    captured_.activity = host::read_futexes(target_->task_fd(), target_->threads());
    PYEXC_CHECK(rehearse());
    const auto before = captured_.activity;
    PYEXC_CHECK(look_at_waits());
    rehearse_locks(before);
    if (options_.native != NativeThreads::none) PYEXC_CHECK(prepare_native());
    if (options_.freeze) return read_frozen();
    return read_running();
  }

  Result<cpython::WalkOutcome> walk() { return walk(options_.walk); }

  Result<cpython::WalkOutcome> walk(const cpython::WalkOptions& options) {
    Report scratch;
    cpython::Heap heap(cache_, captured_.runtime.layout, limits_, captured_.hints,
                       cpython::Phase::capture);
    auto outcome = cpython::walk(heap, captured_.runtime, target_->threads(), target_->pid(), options,
                                 scratch, captured_.activity);
    for (const Interpreter& interpreter : scratch.interpreters)
      for (const Thread& thread : interpreter.threads) captured_.native.python.insert(thread.tid);
    return outcome;
  }

  /// What unwinding will need beside registers and stacks does not change: it is had before the freeze.
  Result<void> prepare_native() {
    captured_.native.which = options_.native;
    captured_.native.threads = options_.walk.threads;
    PYEXC_CHECK(target_->rescan_mappings());
    captured_.files = native::MappedFiles::open(*target_);
    std::vector<PageRange> pages;
    for (const auto& [begin, end] : captured_.files.only_in_memory(target_->mappings()))
      pages.push_back({begin / page_size, end / page_size});
    PYEXC_CHECK(cache_.touch(pages, [] { return true; }));
    cache_.reserve(target_->threads().size() * usual_stack_pages);
    return check_not_stopped();
  }

  /// The tracer reads registers meanwhile.
  Result<void> read_stacks() {
    if (!freeze_->await_registers()) return {};
    return cache_.touch(stack_pages(target_->threads(), target_->mappings(), captured_.native),
                        [this] { return !freeze_->thawed(); });
  }

  /// Two walks of the running process: the first learns where in each dict the names are, the
  /// second, with these hints, which pages a walk really needs.
  Result<void> rehearse() {
    cache_.clear();
    (void)walk();  // it may stumble over a process in motion; the frozen walk decides
    PYEXC_CHECK(cache_.source_state());
    cache_.clear();
    if (options_.for_recording)
      PYEXC_CHECK(cpython::locate_at(*target_, cache_, captured_.runtime.runtime,
                                     captured_.runtime.layout.debug));
    (void)walk();
    // If a third walk on fresh bytes needs no other page, the process stands still where it
    // matters, and the frozen walk can be left for after the thaw.
    PYEXC_CHECK(cache_.refresh());
    cache_.close();
    (void)walk();
    settled_ = !cache_.missed();
    cache_.reopen();
    return cache_.source_state();
  }

  /// What each thread waits in. A stop changes that, so it is looked at as late as can be before
  /// the first one. The arguments that lie in memory are kept apart: the freeze is not to read them
  /// again.
  Result<void> look_at_waits() {
    PYEXC_CHECK(target_->rescan_threads());
    const UniqueFd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    reader_ = &arguments_;
    captured_.activity = host::read_activity(
        {.pid = target_->pid(),
         .other_pid_namespace = target_->other_pid_namespace(),
         .proc_fd = proc.get(),
         .task_fd = target_->task_fd(),
         .memory =
             [this](std::uint64_t address, std::span<std::byte> out) {
               return arguments_.read_into(RemoteAddr(address), out).has_value();
             }},
        target_->threads());
    reader_ = &cache_;
    return check_not_stopped();
  }

  /// Somebody has begun to wait for a lock since the rehearsal: that has not been read then.
  void rehearse_locks(const std::vector<Activity>& before) {
    if (!options_.walk.locks || std::ranges::includes(futexes_of(before), futexes_of(captured_.activity)))
      return;
    cpython::WalkOptions only = options_.walk;
    only.stacks = only.tasks = only.locals = false;
    (void)walk(only);
  }

  [[nodiscard]] bool waits_on_futexes() const {
    return options_.walk.locks && !futexes_of(captured_.activity).empty();
  }

  Result<void> read_frozen() {
    captured_.freeze.mode = "ptrace";
    const ConstantPages constant(target_->mappings());
    const bool sleepers = waits_on_futexes();  // whose registers tell whether they still sleep
    std::uint64_t doubt = 0;
    for (std::size_t round = 0; round < max_rounds; ++round) {
      // A thread that stands between two stores has to run to get out of there.
      if (round != 0) std::this_thread::sleep_for(let_run * round);
      PYEXC_CHECK(check_not_stopped());
      captured_.problems.clear();  // each round speaks for itself
      {
        const std::lock_guard lock(mutex_);
        freeze_ = std::make_unique<Freeze>(
            *target_, FreezeOptions{.max_freeze = options_.max_freeze,
                                    .registers = options_.native != NativeThreads::none || sleepers});
        freezing_ = true;
      }
      const bool walk_later = round == 0 && settled_;
      bool registers_known = false;
      const std::size_t calls = cache_.source_calls();
      Result<cpython::WalkOutcome> outcome = fail(Errc::internal);
      {
        const HeldTarget held(*freeze_);
        PYEXC_CHECK(freeze_->begin());
        captured_.captured_at_us = now_us();
        if (auto read = cache_.refresh([&](std::uint64_t page) { return constant.contains(page); },
                                       [this] { return !freeze_->thawed(); });
            !read)
          outcome = fail(std::move(read).error());
        else if (auto stacks = options_.native != NativeThreads::none ? read_stacks() : Result<void>(); !stacks)
          outcome = fail(std::move(stacks).error());
        else if (!walk_later) outcome = walk();
        registers_known = sleepers && freeze_->await_registers();
        note(freeze_->end());
      }
      if (registers_known) forget_ended_waits(captured_.activity, target_->threads());
      if (walk_later) {
        cache_.close();
        outcome = walk();
        const bool missed = cache_.missed();
        cache_.reopen();
        if (missed && !expired_) continue;  // it moved: once more, walking while it stands still
      }
      log::debug("session", "freeze {}: {} pages, {} calls of process_vm_readv, walked {}",
                 round + 1, cache_.page_count(), cache_.source_calls() - calls,
                 walk_later ? "after it" : "in it");
      PYEXC_CHECK(target_->check_same_image());
      if (!cache_.source_state()) return cache_.source_state();
      if (!outcome && round + 1 == max_rounds) return fail(std::move(outcome).error());
      if (expired_) break;
      if (outcome && outcome->torn == 0 && !straggler_ &&
          (outcome->doubt == 0 || outcome->doubt == doubt))
        break;
      doubt = outcome ? outcome->doubt : 0;
      if (round + 1 == max_rounds && doubt != 0 && outcome->torn == 0) add_unsettled();
    }
    return check_not_stopped();
  }

  Result<void> read_running() {
    captured_.freeze.mode = "none";
    captured_.freeze.threads = static_cast<std::int64_t>(target_->threads().size());
    for (std::size_t round = 0; round < max_rounds; ++round) {
      captured_.captured_at_us = now_us();
      PYEXC_CHECK(cache_.refresh());
      const auto outcome = walk();
      PYEXC_CHECK(target_->check_same_image());
      if (outcome && outcome->torn == 0) break;
      if (!outcome && round + 1 == max_rounds) return fail(outcome.error());
    }
    forget_other_futexes(captured_.activity, host::read_futexes(target_->task_fd(), target_->threads()));
    captured_.problems.push_back(
        {std::string(problem::not_frozen), "process",
         "read while it was running: parts of this report may belong to different moments"});
    return check_not_stopped();
  }

  void add_unsettled() {
    captured_.problems.push_back(
        {std::string(problem::changing), "process",
         "an exception and its traceback may not belong together: the process was caught "
         "halfway through an update each time it was stopped"});
  }

  void note(const FreezeOutcome& outcome) {
    auto& facts = captured_.freeze;
    facts.duration_us += static_cast<std::int64_t>((outcome.duration_ns + 500) / 1000);
    facts.threads = static_cast<std::int64_t>(outcome.threads_stopped);
    ++facts.rounds;
    expired_ = outcome.expired;
    straggler_ = false;
    for (const auto tid : outcome.not_stopped) {
      // It may only have waited for a processor on a busy machine; then another try is worth it.
      if (task_state(target_->task_fd(), static_cast<pid_t>(tid)) != 'D') straggler_ = true;
      captured_.problems.push_back({std::string(problem::not_stopped),
                                    fmt::format("thread {}", tid),
                                    "it did not stop in time and was read as it was"});
    }
    if (outcome.expired)
      captured_.problems.push_back({std::string(problem::max_freeze), "process",
                                    "the freeze reached --max-freeze before everything was read"});
    if (!outcome.complete)
      captured_.problems.push_back({std::string(problem::not_stopped), "process",
                                    "threads were started faster than they could be stopped"});
  }

  std::unique_ptr<LiveTarget> target_;
  CaptureOptions options_;
  Limits limits_;
  PageCache cache_;
  PageCache arguments_;  // of system calls
  std::atomic<const PageCache*> reader_{&cache_};
  std::atomic<pid_t> reader_tid_{0};
  Captured captured_;
  bool expired_ = false;
  bool straggler_ = false;
  bool settled_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<Freeze> freeze_;
  bool freezing_ = false;
  bool done_ = false;
  Result<void> outcome_ = fail(Errc::internal, "not run");
};

}  // namespace

Result<Captured> capture_live(std::int64_t pid, const CaptureOptions& options) {
  // In this thread and, inherited, in the reader and the tracer: nothing stops us while we hold a
  // target.
  const SignalShield shield;
  std::vector<std::uint64_t> avoided;
  for (std::size_t attempt_number = 0;; ++attempt_number) {
    PYEXC_TRY(auto target, LiveTarget::open(pid));
    auto attempt = std::make_shared<Attempt>(std::move(target), options);
    for (const std::uint64_t page : avoided) attempt->avoid(page);
    std::thread reader([attempt] { attempt->read(); });
    const auto end = attempt->wait();
    if (end == Attempt::End::done) {
      reader.join();
      auto captured = attempt->take(false, attempt);
      if (captured)
        for (const std::uint64_t page : avoided)
          captured->problems.push_back(
              {std::string(problem::hung_read), "process",
               fmt::format("a read of its memory at {:#x} did not return; that page was left out",
                           page * page_size)});
      return captured;
    }
    // The reader hangs in the kernel. It owns a share of the attempt and ends with this process.
    reader.detach();
    if (attempt->frozen_once()) return attempt->take(true, attempt);
    log::debug("session", "a read at {:#x} hangs; trying without it",
               attempt->reader().reading_first() * page_size);
    for (std::uint64_t page = attempt->reader().reading_first();
         page <= attempt->reader().reading_last(); ++page)
      avoided.push_back(page);
    if (attempt_number + 1 >= max_hung_reads)
      return fail(Errc::timeout, "reads of its memory do not return");
  }
}

}  // namespace pyexc
