#pragma once
// A running process, seen through /proc and process_vm_readv. Every file is opened relative to one
// kept directory fd of /proc/PID, and a pidfd is kept beside it, so a pid that was given to another
// process meanwhile is never mistaken for ours. Nothing here stops the process; freeze.hpp does
// that.
//
// A process whose main thread has exited (pthread_exit in main) goes on in its other threads while
// /proc/PID itself shows a zombie. All facts are then read through one of the living threads.

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "target/live/live_pages.hpp"
#include "target/live/proc_status.hpp"
#include "target/target.hpp"

namespace pyexc {

class LiveTarget final : public TargetBase {
 public:
  /// Errors: no_such_process (also a zombie; `number` is the process if `pid` is only one of its
  /// threads), not_python (a kernel thread), not_permitted.
  [[nodiscard]] static Result<std::unique_ptr<LiveTarget>> open(std::int64_t pid);

  [[nodiscard]] const Identity& identity() const override { return identity_; }
  [[nodiscard]] const std::vector<Mapping>& mappings() const override { return mappings_; }
  [[nodiscard]] const std::vector<TargetThread>& threads() const override { return threads_; }
  [[nodiscard]] PageSource& pages() override { return *pages_; }
  [[nodiscard]] Result<UniqueFd> open_mapped_file(const Mapping& mapping) const override;

  /// Threads and maps change while the process runs; neither may be called during a freeze.
  [[nodiscard]] Result<void> rescan_threads();
  [[nodiscard]] Result<void> rescan_mappings();

  /// The very process that was opened still exists and is no zombie.
  [[nodiscard]] bool alive() const;
  /// Fails with process_ended if the process ended or called execve since open(): what was read
  /// after that belongs to nobody we know. To be asked once the target is frozen, and again after
  /// the reads.
  [[nodiscard]] Result<void> check_same_image() const;

  [[nodiscard]] std::int64_t pid() const { return identity_.pid; }
  /// Parent pid, start time, tracer and so on, as of open().
  [[nodiscard]] const ProcStatus& status() const { return status_; }
  [[nodiscard]] std::uint64_t start_time() const {
    return start_time_;
  }  ///< clock ticks after boot
  /// O_PATH fds of the target's root and working directory, opened by open(). cwd may be absent
  /// (the directory's own permissions do not matter, but the kernel may refuse the link).
  [[nodiscard]] int root_fd() const { return root_.get(); }
  [[nodiscard]] int cwd_fd() const { return cwd_.get(); }
  /// The directory of /proc/PID (for openat); of /proc/PID/task/TID if the main thread has exited.
  [[nodiscard]] int proc_fd() const { return view_ ? view_.get() : proc_.get(); }
  [[nodiscard]] int task_fd() const { return task_.get(); }
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  /// True if the target lives in another pid namespace than the tool.
  [[nodiscard]] bool other_pid_namespace() const { return status_.ns_pids.size() > 1; }

 private:
  friend class Freeze;
  LiveTarget() = default;
  Result<void> read_identity();
  Result<void> choose_view();
  /// What Freeze found: sorted tids that are stopped, and all that it knows to exist.
  void apply_stopped(const std::vector<pid_t>& stopped, const std::vector<pid_t>& existing);
  void apply_registers(const std::vector<pid_t>& stopped,
                       const std::vector<std::optional<user_regs_struct>>& registers);
  void describe_new_threads();

  UniqueFd proc_, view_, task_, maps_, root_, cwd_, pidfd_;
  ProcStatus status_;
  Identity identity_;
  std::uint64_t start_time_ = 0;
  std::vector<Mapping> mappings_;
  std::vector<TargetThread> threads_;
  std::unique_ptr<LivePages> pages_;
};

}  // namespace pyexc
