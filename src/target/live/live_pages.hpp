#pragma once
// Memory of a running process. One process_vm_readv fetches as many pages as IOV_MAX allows; a page
// that faults costs one more call. Where the kernel has or permits no process_vm_readv,
// /proc/PID/mem serves. Nothing is allocated after construction: it runs while the target is
// stopped.

#include <sys/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <vector>

#include "base/fd.hpp"
#include "memory/page_source.hpp"

namespace pyexc {

class LivePages final : public PageSource {
 public:
  /// `task_fd`: the directory /proc/PID/task, used to find a living thread if `tid` has exited; it
  /// must outlive this object.
  LivePages(pid_t tid, int task_fd);

  [[nodiscard]] Result<void> read_pages(std::span<PageRequest> requests) override;

  /// Reads `size` bytes at any address, for what must be known before a page cache exists.
  [[nodiscard]] Result<void> read_bytes(RemoteAddr addr, std::span<std::byte> out);

  /// System calls made so far (a benchmark and a test count them).
  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }

  enum class Method : std::uint8_t { readv, proc_mem };
  [[nodiscard]] Method method() const noexcept { return method_; }
  /// For tests: read through /proc/PID/mem from now on.
  [[nodiscard]] Result<void> use_proc_mem();

 private:
  static constexpr std::size_t max_iovecs = 1024;  // UIO_MAXIOV

  std::size_t batch(std::span<PageRequest> requests);
  Result<void> read_batch_mem(std::span<PageRequest> requests);
  bool choose_other_thread();

  pid_t tid_;
  int task_fd_;
  UniqueFd mem_;
  Method method_ = Method::readv;
  std::uint64_t calls_ = 0;
  std::vector<iovec> local_, remote_;
  std::size_t locals_ = 0, remotes_ = 0;  // used by the batch
};

}  // namespace pyexc
