#include "target/live/live_pages.hpp"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "target/live/task_list.hpp"

namespace pyexc {

LivePages::LivePages(pid_t tid, int task_fd)
    : tid_(tid), task_fd_(task_fd), local_(max_iovecs), remote_(max_iovecs) {}

Result<void> LivePages::use_proc_mem() {
  char path[64];
  std::snprintf(path, sizeof path, "%d/mem", tid_);
  mem_.reset(::openat(task_fd_, path, O_RDONLY | O_CLOEXEC));
  if (!mem_) {
    const int error = errno;
    return fail(
        Error::system(error == ENOENT || error == ESRCH ? Errc::process_ended : Errc::not_permitted,
                      error, "opening the memory of the process"));
  }
  method_ = Method::proc_mem;
  return {};
}

bool LivePages::choose_other_thread() {
  // A thread that has exited has no memory any more; the others of its process still do.
  pid_t found = 0;
  const bool listed = for_each_task(task_fd_, [&](pid_t tid) {
    if (tid != tid_ && found == 0 && task_state(task_fd_, tid) != 'Z') found = tid;
  });
  if (!listed || found == 0) return false;
  tid_ = found;
  return true;
}

std::size_t LivePages::batch(std::span<PageRequest> requests) {
  // Addresses as numbers: those of the target are no pointers of ours.
  const auto end_of = [](const iovec& piece) {
    return reinterpret_cast<std::uintptr_t>(piece.iov_base) + piece.iov_len;
  };
  std::size_t taken = 0;
  locals_ = remotes_ = 0;
  for (PageRequest& request : requests) {
    if (request.page > ULONG_MAX / page_size) break;
    const std::uintptr_t address = request.page * page_size;
    const auto destination = reinterpret_cast<std::uintptr_t>(request.destination);
    const bool next_remote =
        address != 0 && remotes_ > 0 && end_of(remote_[remotes_ - 1]) == address;
    const bool next_local = locals_ > 0 && end_of(local_[locals_ - 1]) == destination;
    if ((!next_remote && remotes_ == max_iovecs) || (!next_local && locals_ == max_iovecs)) break;
    if (next_remote) remote_[remotes_ - 1].iov_len += page_size;
    else remote_[remotes_++] = {reinterpret_cast<void*>(address), page_size};
    if (next_local) local_[locals_ - 1].iov_len += page_size;
    else local_[locals_++] = {request.destination, page_size};
    request.ok = false;
    ++taken;
  }
  return taken;
}

Result<void> LivePages::read_pages(std::span<PageRequest> requests) {
  int retries = 4;  // of threads that exited just now
  while (!requests.empty()) {
    // An address space of 2^64 bytes has no page beyond this; the product below must not wrap.
    if (requests.front().page > ULONG_MAX / page_size) {
      requests.front().ok = false;
      requests = requests.subspan(1);
      continue;
    }
    if (method_ == Method::proc_mem) return read_batch_mem(requests);
    const std::size_t count = batch(requests);
    ++calls_;
    const ssize_t got =
        ::process_vm_readv(tid_, local_.data(), locals_, remote_.data(), remotes_, 0);
    if (got < 0) {
      switch (const int error = errno) {
        case EFAULT: requests = requests.subspan(1); continue;
        case EINTR:
        case ENOMEM:
          if (retries-- > 0) continue;
          return fail(Error::system(Errc::internal, error, "process_vm_readv"));
        case ESRCH:
          if (retries-- > 0 && choose_other_thread()) continue;
          return fail(Error::system(Errc::process_ended, error, "process_vm_readv"));
        case ENOSYS:
        case EPERM: {
          auto opened = use_proc_mem();
          if (!opened && opened.error().code == Errc::not_permitted)
            return fail(Error::system(Errc::not_permitted, error, "process_vm_readv"));
          PYEXC_CHECK(std::move(opened));
          continue;
        }
        default: return fail(Error::system(Errc::internal, error, "process_vm_readv"));
      }
    }
    // The kernel copies page by page and in order, and stops at the first that faults.
    const std::size_t pages = static_cast<std::size_t>(got) / page_size;
    for (std::size_t i = 0; i < pages; ++i) requests[i].ok = true;
    requests = requests.subspan(pages < count ? pages + 1 : count);
  }
  return {};
}

Result<void> LivePages::read_batch_mem(std::span<PageRequest> requests) {
  for (PageRequest& request : requests) {
    request.ok = false;
    if (request.page > LONG_MAX / page_size) continue;  // pread takes a signed offset
    std::size_t done = 0;
    while (done < page_size) {
      ++calls_;
      const ssize_t got = ::pread(mem_.get(), request.destination + done, page_size - done,
                                  static_cast<off_t>(request.page * page_size + done));
      if (got < 0 && errno == EINTR) continue;
      // 0: the address space is gone; the fd stays with the one it was opened for.
      if (got == 0) return fail(Error(Errc::process_ended, "reading the memory of the process"));
      if (got < 0) break;
      done += static_cast<std::size_t>(got);
    }
    request.ok = done == page_size;
  }
  return {};
}

Result<void> LivePages::read_bytes(RemoteAddr addr, std::span<std::byte> out) {
  if (out.empty()) return {};
  if (method_ == Method::readv) {
    const iovec local{out.data(), out.size()};
    const iovec remote{reinterpret_cast<void*>(addr.value()), out.size()};
    ++calls_;
    const ssize_t got = ::process_vm_readv(tid_, &local, 1, &remote, 1, 0);
    if (got == static_cast<ssize_t>(out.size())) return {};
    if (got >= 0 || errno == EFAULT)
      return fail(Error::at(Errc::unmapped, addr.value(), "reading memory"));
    if (errno == ESRCH) return fail(Error::system(Errc::process_ended, ESRCH, "process_vm_readv"));
    PYEXC_CHECK(use_proc_mem());
  }
  ++calls_;
  const ssize_t got = ::pread(mem_.get(), out.data(), out.size(), static_cast<off_t>(addr.value()));
  if (got == static_cast<ssize_t>(out.size())) return {};
  return fail(
      Error::at(got == 0 ? Errc::process_ended : Errc::unmapped, addr.value(), "reading memory"));
}

}  // namespace pyexc
