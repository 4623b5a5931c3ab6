#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "sink/sink.hpp"

namespace pyexc::sink {

Result<> write_all(int fd, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody else made the terminal or pipe that we share non-blocking.
      pollfd wait{fd, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return fail(Error::system(Errc::write_failed, errno, fmt::format("writing to {}", name)));
    }
  }
  return {};
}

Result<> write_stdout(std::string_view bytes) { return write_all(STDOUT_FILENO, bytes, "stdout"); }

}  // namespace pyexc::sink
