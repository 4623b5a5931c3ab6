#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include "sink/sink.hpp"

using namespace pyexc;

namespace {

struct Pipe {
  UniqueFd read, write;
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
};

std::string drain(int fd) {
  std::string all;
  char buffer[4'096];
  for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof buffer)) > 0;)
    all.append(buffer, static_cast<std::size_t>(n));
  return all;
}

}  // namespace

TEST_CASE("more than a pipe holds arrives whole, also through a non-blocking descriptor") {
  for (const bool non_blocking : {false, true}) {
    Pipe pipe;
    if (non_blocking) REQUIRE(::fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK) == 0);
    std::string sent(1'000'003, 'x');
    sent.front() = 'a';
    sent.back() = 'z';
    std::string received;
    std::thread reader([&] { received = drain(pipe.read.get()); });
    const auto result = sink::write_all(pipe.write.get(), sent, "pipe");
    pipe.write.reset();
    reader.join();
    CHECK(result);
    CHECK(received == sent);
  }
}

TEST_CASE("a reader that has gone is EPIPE, not a signal's death") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.read.reset();
  const auto result = sink::write_all(pipe.write.get(), "x", "pipe");
  REQUIRE_FALSE(result);
  CHECK(result.error().sys_errno == EPIPE);
}

TEST_CASE("a closed descriptor is an error") {
  const auto result = sink::write_all(-1, "x", "stdout");
  REQUIRE_FALSE(result);
  CHECK(result.error().sys_errno == EBADF);
}
