#include "source/openat2.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace pyexc {

UniqueFd open_below(int directory, const char* name, int flags, Below how) {
  open_how request{};
  request.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  request.resolve = RESOLVE_NO_MAGICLINKS | (how == Below::as_root ? RESOLVE_IN_ROOT : RESOLVE_BENEATH);
  // EAGAIN: the kernel saw a rename somewhere while it followed a `..` and could not be sure.
  for (int attempt = 0; attempt < 8; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, name, &request, sizeof request);
    if (fd >= 0) return UniqueFd(static_cast<int>(fd));
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return UniqueFd();
}

}  // namespace pyexc
