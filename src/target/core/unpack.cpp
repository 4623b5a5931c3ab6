#include "target/core/unpack.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "target/core/core_file.hpp"
#include "target/core/decompressor.hpp"
#include "target/core/file_bytes.hpp"

namespace pyexc::core {

namespace {

constexpr std::size_t piece = std::size_t{256} << 10;
constexpr std::size_t block = 4096;

std::string directory() {
  const char* given = ::getenv("TMPDIR");
  return given != nullptr && *given != '\0' ? given : "/var/tmp";  // /tmp is often memory
}

std::string amount(std::uint64_t bytes) {
  if (bytes >= std::uint64_t{10} << 30) return fmt::format("{} GiB", bytes >> 30);
  if (bytes >= std::uint64_t{10} << 20) return fmt::format("{} MiB", bytes >> 20);
  return fmt::format("{} KiB", (bytes + 1023) >> 10);
}

/// Writes in order, blocks of zeros as holes.
class Sparse {
 public:
  Sparse(int fd, std::uint64_t max_size) : fd_(fd), max_size_(max_size) {}

  Result<void> add(std::span<const std::byte> bytes) {
    if (bytes.size() > max_size_ - size_)
      return fail(
          fault(Fault::too_large, fmt::format("unpacked it is larger than {}", amount(max_size_))));
    while (!bytes.empty()) {
      const auto some =
          bytes.first(std::min(bytes.size(), block - static_cast<std::size_t>(size_ % block)));
      if (!std::ranges::all_of(some, [](std::byte byte) { return byte == std::byte{0}; }))
        PYEXC_CHECK(write(some));
      size_ += some.size();
      bytes = bytes.subspan(some.size());
    }
    return {};
  }

  Result<void> finish() {
    if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0) return no_room();
    return {};
  }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  Result<void> write(std::span<const std::byte> bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t wrote =
          ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(size_ + done));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) return no_room();
      done += static_cast<std::size_t>(wrote);
    }
    return {};
  }
  static Result<void> no_room() {
    Error error = fault(Fault::no_room, "unpacking it into " + directory());
    error.sys_errno = errno;
    return fail(std::move(error));
  }

  int fd_;
  std::uint64_t max_size_, size_ = 0;
};

}  // namespace

Compression compression_of(int fd) noexcept {
  std::array<std::byte, 6> start{};
  const std::size_t got = read_some(fd, 0, start);
  const auto begins = [&](std::string_view magic) {
    return got >= magic.size() && std::memcmp(start.data(), magic.data(), magic.size()) == 0;
  };
  using namespace std::string_view_literals;
  if (begins("\x28\xb5\x2f\xfd"sv)) return Compression::zstd;
  if (begins("\x04\x22\x4d\x18"sv)) return Compression::lz4;
  if (begins("\xfd\x37\x7a\x58\x5a\x00"sv)) return Compression::xz;
  return Compression::none;
}

std::string_view name_of(Compression compression) noexcept {
  switch (compression) {
    case Compression::zstd: return "zstd";
    case Compression::lz4: return "lz4";
    case Compression::xz: return "xz";
    case Compression::none: break;
  }
  return "none";
}

Result<Unpacked> unpack(int fd, Compression compression, const UnpackOptions& options) {
  const auto decompressor = Decompressor::make(compression);
  if (decompressor == nullptr) return fail(Errc::internal, "no decompressor");
  Unpacked out;
  out.fd.reset(::open(directory().c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
  if (!out.fd) {
    Error error = fault(Fault::no_room, "making a file without a name in " + directory());
    error.sys_errno = errno;
    return fail(std::move(error));
  }
  struct stat status {};
  const std::uint64_t packed =
      ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  const auto announce = [&](const std::string& text) {
    if (options.announce) options.announce(text);
  };
  announce(fmt::format("unpacking {} of {} into a file without a name in {}, at most {}",
                       amount(packed), name_of(compression), directory(),
                       amount(options.max_size)));

  Sparse sparse(out.fd.get(), options.max_size);
  std::vector<std::byte> in(piece), unpacked(piece);
  std::uint64_t offset = 0;
  bool whole = false;
  while (!out.cut) {
    if (options.check_not_stopped) PYEXC_CHECK(options.check_not_stopped());
    const std::size_t got = read_some(fd, offset, in);
    offset += got;
    std::span<const std::byte> left = std::span(in).first(got);
    // With nothing left to read it may still hold some of what it will give.
    for (bool go_on = true; go_on && !out.cut;) {
      const auto step = decompressor->step(left, unpacked);
      PYEXC_CHECK(sparse.add(std::span(unpacked).first(step.given)));
      left = left.subspan(step.taken);
      if (step.taken != 0 || step.given != 0 || step.at_end) whole = step.at_end;
      out.cut = step.damaged;
      if (step.at_end &&
          compression == Compression::xz) {  // one stream; padding and others are not looked at
        left = {};
        offset = packed;
      }
      go_on = !left.empty() ? step.taken != 0 || step.given != 0 : step.given == unpacked.size();
      if (!left.empty() && !go_on) out.cut = true;
    }
    if (got < in.size() && left.empty()) break;
  }
  if (!whole) out.cut = true;
  if (sparse.size() == 0)
    return fail(fault(Fault::damaged,
                      fmt::format("it is no {} that can be unpacked", name_of(compression))));
  PYEXC_CHECK(sparse.finish());
  struct stat result {};
  const std::uint64_t taken =
      ::fstat(out.fd.get(), &result) == 0 ? static_cast<std::uint64_t>(result.st_blocks) * 512 : 0;
  announce(fmt::format("unpacked {}, {} of it on the disk until this program ends",
                       amount(sparse.size()), amount(taken)));
  return out;
}

}  // namespace pyexc::core
