// Reading another process's memory: edges, holes, long batches, both methods.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "memory/page_cache.hpp"
#include "target/live/live_pages.hpp"

using namespace pyexc;

namespace {

/// A child with a region of pages, some of which are not readable. Byte i of page p is (p * 7 + i)
/// & 0xff.
class Region {
 public:
  Region(std::size_t pages, const std::vector<std::size_t>& holes) {
    memory_ = static_cast<unsigned char*>(::mmap(nullptr, pages * page_size, PROT_READ | PROT_WRITE,
                                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(memory_ != MAP_FAILED);
    for (std::size_t i = 0; i < pages * page_size; ++i)
      memory_[i] = expected(i / page_size, i % page_size);
    int ready[2];
    REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      for (const std::size_t hole : holes) ::munmap(memory_ + hole * page_size, page_size);
      if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char byte;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
    ::munmap(memory_, pages * page_size);
    task_fd_.reset(::open(("/proc/" + std::to_string(pid_) + "/task").c_str(),
                          O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(task_fd_);
    source_ = std::make_unique<LivePages>(pid_, task_fd_.get());
  }
  ~Region() { end(); }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  void end() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  static unsigned char expected(std::size_t page, std::size_t byte) {
    return static_cast<unsigned char>(page * 7 + byte);
  }
  [[nodiscard]] std::uint64_t first_page() const {
    return reinterpret_cast<std::uintptr_t>(memory_) / page_size;
  }
  [[nodiscard]] LivePages& source() { return *source_; }

 private:
  unsigned char* memory_ = nullptr;
  pid_t pid_ = -1;
  UniqueFd task_fd_;
  std::unique_ptr<LivePages> source_;
};

struct Buffers {
  std::vector<std::byte> bytes;
  std::vector<PageRequest> requests;
  Buffers(const Region& region, const std::vector<std::size_t>& pages, bool scattered)
      : bytes(pages.size() * 2 * page_size) {
    for (std::size_t i = 0; i < pages.size(); ++i)
      requests.push_back({region.first_page() + pages[i],
                          bytes.data() + (scattered ? 2 * i : i) * page_size, true});
  }
  [[nodiscard]] bool right(const Region& region, std::size_t i) const {
    for (std::size_t byte = 0; byte < page_size; ++byte)
      if (requests[i].destination[byte] !=
          std::byte{Region::expected(requests[i].page - region.first_page(), byte)})
        return false;
    return true;
  }
};

}  // namespace

TEST_CASE("pages around holes, by both methods") {
  const std::vector<std::size_t> holes{3, 4, 9, 15};
  Region region(16, holes);
  for (const bool through_mem : {false, true}) {
    if (through_mem) REQUIRE(region.source().use_proc_mem());
    for (const bool scattered : {false, true}) {
      std::vector<std::size_t> wanted;
      for (std::size_t page = 0; page < 16; ++page) wanted.push_back(page);
      for (int round = 0; round < 50; ++round) {
        Buffers buffers(region, wanted, scattered);
        REQUIRE(region.source().read_pages(buffers.requests));
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          const bool hole = std::find(holes.begin(), holes.end(), wanted[i]) != holes.end();
          CHECK(buffers.requests[i].ok == !hole);
          if (!hole) CHECK(buffers.right(region, i));
        }
        std::shuffle(wanted.begin(), wanted.end(), std::mt19937(static_cast<unsigned>(round)));
      }
    }
  }
}

TEST_CASE("more pages than one call takes") {
  std::vector<std::size_t> wanted;
  for (std::size_t page = 0; page < 5000; page += 2)
    wanted.push_back(page);  // no two are neighbours
  Region region(5000, {2000, 2001});
  Buffers buffers(region, wanted, true);
  const auto before = region.source().calls();
  REQUIRE(region.source().read_pages(buffers.requests));
  CHECK(region.source().calls() - before == 3);  // 1000 up to the hole, 1024, and the rest
  std::size_t good = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (buffers.requests[i].ok && buffers.right(region, i)) ++good;
  CHECK(good == wanted.size() - 1);
  CHECK_FALSE(buffers.requests[1000].ok);
}

TEST_CASE("neighbouring pages are one piece") {
  Region region(3000, {});
  std::vector<std::size_t> wanted;
  for (std::size_t page = 0; page < 3000; ++page) wanted.push_back(page);
  Buffers buffers(region, wanted, false);
  const auto before = region.source().calls();
  REQUIRE(region.source().read_pages(buffers.requests));
  CHECK(region.source().calls() - before == 1);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    CHECK((buffers.requests[i].ok && buffers.right(region, i)));
}

TEST_CASE("addresses that no process has") {
  Region region(2, {});
  for (const bool through_mem : {false, true}) {
    if (through_mem) REQUIRE(region.source().use_proc_mem());
    std::vector<std::byte> bytes(8 * page_size);
    std::vector<PageRequest> requests;
    for (const std::uint64_t page :
         {std::uint64_t{0}, region.first_page(), ~std::uint64_t{0}, ~std::uint64_t{0} / page_size,
          std::uint64_t{1} << 47, region.first_page() + 1, std::uint64_t{1} << 51})
      requests.push_back({page, bytes.data() + requests.size() * page_size, true});
    REQUIRE(region.source().read_pages(requests));
    for (const PageRequest& request : requests)
      CHECK(request.ok ==
            (request.page == region.first_page() || request.page == region.first_page() + 1));
  }
}

TEST_CASE("a process that has ended is an error, not a page that is missing") {
  for (const bool through_mem : {false, true}) {
    Region region(2, {});
    if (through_mem) REQUIRE(region.source().use_proc_mem());
    region.end();
    Buffers buffers(region, {0, 1}, false);
    const auto read = region.source().read_pages(buffers.requests);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::process_ended);
    CHECK_FALSE(buffers.requests[0].ok);
  }
}

TEST_CASE("single reads up to, across and past the edge of what is mapped") {
  Region region(3, {2});
  for (const bool through_mem : {false, true}) {
    if (through_mem) REQUIRE(region.source().use_proc_mem());
    const std::uint64_t edge = (region.first_page() + 2) * page_size;
    std::byte word[8];
    CHECK(region.source().read_bytes(RemoteAddr(edge - 8), word));
    CHECK(word[7] == std::byte{Region::expected(1, page_size - 1)});
    for (const std::uint64_t address :
         {edge - 7, edge - 1, edge, edge + 1, std::uint64_t{0}, ~std::uint64_t{0} - 3}) {
      const auto read = region.source().read_bytes(RemoteAddr(address), word);
      REQUIRE_FALSE(read);
      CHECK(read.error().code == Errc::unmapped);
      CHECK(read.error().address == address);
    }
    CHECK(region.source().read_bytes(RemoteAddr(0), {}));
  }
}

TEST_CASE("through a page cache") {
  Region region(8, {5});
  PageCache cache(region.source(), 1000);
  std::vector<std::byte> bytes(3 * page_size);
  CHECK(cache.read_into(RemoteAddr(region.first_page() * page_size + 100), bytes));
  CHECK(bytes[page_size] == std::byte{Region::expected(1, 100)});
  CHECK_FALSE(cache.read_into(RemoteAddr((region.first_page() + 4) * page_size), bytes));
}
