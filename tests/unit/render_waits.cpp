// What threads wait in as a line of text, and which of them are alike.
#include <doctest/doctest.h>

#include "render/group.hpp"
#include "render/render.hpp"
#include "render/wait_text.hpp"
#include "render_sample.hpp"

using namespace pyexc;
using render::wait_key;

namespace {

Wait receives(std::int64_t fd, std::string local, std::string remote) {
  Wait wait{.call = "recvfrom", .text = "recvfrom(fd " + std::to_string(fd) + " → tcp " + local + " → " + remote + ")"};
  wait.fd = fd;
  wait.file = "socket:[" + std::to_string(9000 + fd) + "]";
  wait.socket = SocketFacts{"tcp", std::move(local), std::move(remote), "ESTABLISHED"};
  return wait;
}

Wait reads(std::string file) { return {.call = "read", .text = "read(" + file + ")", .file = std::move(file)}; }

Report idle(std::vector<Wait> waits) {
  Report report = sample::report();
  report.interpreters[0].threads.resize(1);
  report.exceptions.clear();
  std::int64_t tid = 200;
  for (Wait& wait : waits) {
    report.interpreters[0].threads.push_back(sample::thread(tid++, "pool"));
    report.interpreters[0].threads.back().waiting = std::move(wait);
  }
  report.interpreters[0].threads.erase(report.interpreters[0].threads.begin());
  return report;
}

}  // namespace

TEST_CASE("which waits are alike") {
  // Numbers that only name this one: a descriptor, an inode, the port that a client's kernel chose.
  CHECK(wait_key(receives(7, "127.0.0.1:41532", "127.0.0.1:5432")) == wait_key(receives(8, "127.0.0.1:41533", "127.0.0.1:5432")));
  CHECK(wait_key(receives(7, "127.0.0.1:80", "10.0.0.1:50000")) == wait_key(receives(8, "127.0.0.1:80", "10.0.0.2:50001")));
  CHECK(wait_key(receives(7, "127.0.0.1:41532", "127.0.0.1:5432")) != wait_key(receives(8, "127.0.0.1:41533", "127.0.0.1:6379")));
  CHECK(wait_key(reads("pipe:[1]")) == wait_key(reads("pipe:[2]")));
  CHECK(wait_key(reads("anon_inode:[eventfd]")) != wait_key(reads("anon_inode:[timerfd]")));
  CHECK(wait_key(reads("/srv/a")) != wait_key(reads("/srv/b")));
  Wait one{.call = "futex", .text = "futex"}, other = one;
  one.futex = 0x1000, other.futex = 0x2000, other.since_ms = 7, other.remaining_ms = 8;
  CHECK(wait_key(one) == wait_key(other));
  Wait closing = receives(7, "127.0.0.1:41532", "127.0.0.1:5432");
  closing.socket->state = "CLOSE_WAIT";
  CHECK(wait_key(closing) != wait_key(receives(7, "127.0.0.1:41532", "127.0.0.1:5432")));
}

TEST_CASE("one thread in one line") {
  Wait wait = receives(7, "127.0.0.1:41532", "127.0.0.1:5432");
  wait.since_ms = 3210;
  Report report = idle({wait});
  Thread& thread = report.interpreters[0].threads[0];
  thread.cpu_ms = 120;
  thread.age_ms = 50'100;
  CHECK(render::text(report, {}).find("Thread 200 \"pool\": sleeping in recvfrom(fd 7 → tcp 127.0.0.1:41532 → 127.0.0.1:5432) for "
                                      "3.2 s; cpu 0.12 s, age 50.1 s\n") != std::string::npos);
  thread.waiting->peers = std::vector<std::int64_t>{12, 13, 14, 15};
  CHECK(render::waiting_text({&thread}).find(" with 12, 13, 14 and 1 more at the other end for 3.2 s") != std::string::npos);
  thread.waiting = Wait{.call = "wait4", .text = "wait4(pid 812)"};
  thread.waiting->peers = std::vector<std::int64_t>{812};
  CHECK(render::waiting_text({&thread}) == " in wait4(pid 812)");
  thread.waiting->peers = std::vector<std::int64_t>{4711};  // its number outside of its namespace
  CHECK(render::waiting_text({&thread}) == " in wait4(pid 812) [4711]");
  thread.waiting = Wait{.call = "flock", .text = "flock(/a\nb)"};
  thread.waiting->holders = {812};
  thread.waiting->remaining_ms = 500;
  CHECK(render::waiting_text({&thread}) == " in flock(/a\\nb) held by 812 (0.5 s to go)");
  thread.waiting.reset();
  CHECK(render::waiting_text({&thread}).empty());
}

TEST_CASE("many that are alike in one line, and what differs not hidden") {
  std::vector<Wait> waits;
  for (std::int64_t i = 0; i < 1000; ++i) {
    waits.push_back(receives(i, "127.0.0.1:80", "10.0.0.1:" + std::to_string(40'000 + i)));
    waits.back().since_ms = 1000 + i;
  }
  const Report many = idle(waits);
  const auto groups = render::group_threads(many, true);
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].threads.size() == 1000);
  CHECK(render::waiting_text(groups[0].threads) ==
        " in recvfrom(fd 0 → tcp 127.0.0.1:80 → 10.0.0.1:40000), recvfrom(fd 1 → tcp 127.0.0.1:80 → 10.0.0.1:40001), "
        "recvfrom(fd 2 → tcp 127.0.0.1:80 → 10.0.0.1:40002), … for 1.0 to 2.0 s");
  CHECK(render::group_threads(idle({reads("/srv/a"), reads("/srv/b")}), true).size() == 2);
  // One of them has no known wait: it is not said to be in one.
  Report mixed = idle({reads("pipe:[1]"), reads("pipe:[2]")});
  mixed.interpreters[0].threads[1].waiting.reset();
  CHECK(render::group_threads(mixed, true).size() == 2);
}
