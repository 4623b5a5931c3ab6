#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core_sample.hpp"
#include "target/core/core_target.hpp"
#include "target/core/unpack.hpp"

using namespace pyexc;

namespace {

UniqueFd file_of(const std::string& bytes) {
  UniqueFd fd(::memfd_create("core", MFD_CLOEXEC));
  REQUIRE(::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return fd;
}

Result<std::unique_ptr<CoreTarget>> opened(const std::string& bytes) {
  return CoreTarget::open(file_of(bytes), {});
}

core::Fault fault_of(const std::string& bytes) {
  const auto target = opened(bytes);
  REQUIRE_FALSE(target.has_value());
  REQUIRE(target.error().code == Errc::unreadable_file);
  return static_cast<core::Fault>(target.error().number);
}

bool read_page(CoreTarget& target, std::uint64_t address, std::array<std::byte, page_size>& page) {
  PageRequest request{address / page_size, page.data(), false};
  REQUIRE(target.pages().read_pages(std::span(&request, 1)).has_value());
  return request.ok;
}

}  // namespace

TEST_CASE("a core says what the process was and why it ended") {
  auto target = opened(core_sample::core());
  REQUIRE(target.has_value());
  const CoreTarget& core = **target;
  REQUIRE(core.threads().size() == 2);
  CHECK(core.threads()[0].tid == 4711);
  CHECK((*core.threads()[1].registers)[Registers::rip] == 0x401000 + 4712);
  REQUIRE(core.signal());
  CHECK(core.signal()->name == "SIGSEGV");
  CHECK(core.signal()->address == 0x10U);
  CHECK_FALSE(core.signal()->sender_pid);
  CHECK(core.signal()->tid == 4711);
  CHECK(core.identity().pid == 4711);
  CHECK(core.identity().uid == 1000);
  CHECK(core.identity().executable == "/nowhere/python3");
  CHECK(core.identity().command_line == std::vector<std::string>{"python3", "shop.py", "a b"});
  CHECK(core.identity().cwd == "/srv/shop");
  REQUIRE(core.mappings().size() == 3);
  CHECK(core.mappings()[0].path == "/nowhere/python3");
  CHECK(core.mappings()[0].inode != 0);
  CHECK(core.mappings()[1].inode == 0);
}

TEST_CASE("pages of a core: held, left out, cut") {
  const std::string whole = core_sample::core();
  std::array<std::byte, page_size> page;
  auto target = opened(whole);
  REQUIRE(target.has_value());
  CHECK(read_page(**target, core_sample::heap, page));
  CHECK(page[17] == std::byte{'h'});
  CHECK_FALSE(read_page(**target, core_sample::heap + page_size, page));
  CHECK_FALSE(read_page(**target, core_sample::program, page));  // in a file that is not here
  CHECK((*target)->files().files()[0].state == core::MappedFiles::State::missing);
  CHECK_FALSE((*target)->core().cut());

  auto cut = opened(whole.substr(0, whole.size() - 2 * core_sample::page - 1));
  REQUIRE(cut.has_value());
  CHECK((*cut)->core().cut());
  CHECK_FALSE(read_page(**cut, core_sample::heap, page));
  CHECK((*cut)->cut_pages() == 1);
  // Without the stack there is the kernel's own note of the command line.
  CHECK((*cut)->identity().command_line == std::vector<std::string>{"python3 cut"});
}

TEST_CASE("what is no core says so") {
  std::string bytes = core_sample::core();
  CHECK(fault_of("") == core::Fault::not_a_core);
  CHECK(fault_of("\x7f"
                 "EL") == core::Fault::not_a_core);
  CHECK(fault_of(bytes.substr(0, 40)) == core::Fault::cut);
  CHECK(fault_of(bytes.substr(0, 100)) == core::Fault::cut);
  CHECK(fault_of(bytes.substr(0, 600)) == core::Fault::cut);
  std::string program = bytes;
  program[16] = ET_DYN;
  CHECK(fault_of(program) == core::Fault::program);
  for (const auto& [at, value] : {std::pair(4, ELFCLASS32), std::pair(18, EM_386)}) {
    std::string other = bytes;
    other[static_cast<std::size_t>(at)] = static_cast<char>(value);
    const auto target = opened(other);
    REQUIRE_FALSE(target.has_value());
    CHECK(target.error().code == Errc::unsupported);
  }
}
