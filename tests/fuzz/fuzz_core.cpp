// Cores that anyone may have made, also compressed ones. What is accepted must be usable as a
// target.

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "target/core/core_target.hpp"
#include "target/core/unpack.hpp"

namespace {

using namespace pyexc;

void require(bool truth) {
  if (!truth) std::abort();
}

void use(CoreTarget& target) {
  std::array<std::byte, page_size> page;
  std::size_t left = 64;
  for (const Mapping& mapping : target.mappings()) {
    if (left-- == 0) break;
    require(mapping.start < mapping.end);
    for (const std::uint64_t address : {mapping.start, mapping.end - 1}) {
      PageRequest request{address / page_size, page.data(), false};
      require(target.pages().read_pages(std::span(&request, 1)).has_value());
    }
    (void)target.open_mapped_file(mapping);
  }
  require(!target.threads().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  UniqueFd fd(::memfd_create("core", MFD_CLOEXEC));
  require(fd && ::write(fd.get(), data, size) == static_cast<ssize_t>(size));
  if (const auto compression = core::compression_of(fd.get());
      compression != core::Compression::none) {
    auto unpacked = core::unpack(fd.get(), compression,
                                 {.max_size = 1U << 20, .announce = {}, .check_not_stopped = {}});
    if (!unpacked) {
      require(unpacked.error().code == Errc::unreadable_file);
      return -1;
    }
    fd = std::move(unpacked->fd);
  }
  // Nothing of this machine is opened.
  auto target = CoreTarget::open(
      std::move(fd), {.executable = {}, .sysroot = "/nowhere", .debug_dirs = {"/nowhere"}});
  if (!target) {
    require(target.error().code == Errc::unreadable_file ||
            target.error().code == Errc::unsupported);
    return -1;
  }
  use(**target);
  return 0;
}
