#include "target/recording/recording.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <tuple>

#include "target/recording/bytes.hpp"
#include "target/recording/frame.hpp"
#include "target/recording/payload.hpp"

namespace pyexc {

namespace {

// The first byte is no text in any encoding, and a transfer that converts line ends breaks the rest.
constexpr std::string_view magic("\x89PYXR\r\n\x1a", 8);
constexpr std::size_t name_size = 5;  // of the magic: what no conversion touches
constexpr std::size_t header_size = magic.size() + sizeof(std::uint32_t);

std::string header() {
  recording::ByteWriter out;
  out.raw(magic);
  out.number(Recording::format_version);
  return out.bytes();
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<void> check_header(std::span<const std::byte> bytes) {
  const std::string_view begin = text_of(bytes.first(std::min(bytes.size(), magic.size())));
  if (bytes.empty()) return fail(Errc::unreadable_file, "empty");
  if (!magic.starts_with(begin)) {
    if (begin.starts_with(magic.substr(0, name_size)))
      return fail(Errc::unreadable_file, "damaged: its line ends were converted in a transfer");
    return fail(Errc::unreadable_file, "not a recording");
  }
  if (bytes.size() < header_size) return fail(Errc::unreadable_file, "cut short");
  recording::ByteReader in(bytes.subspan(magic.size()));
  const auto version = in.number<std::uint32_t>();
  if (version == 0) return fail(Errc::unreadable_file, "damaged: format 0");
  if (version > Recording::format_version)
    return fail(Errc::unreadable_file,
                fmt::format("it is of format {}, and this program reads up to {}: use a newer one", version,
                            Recording::format_version));
  return {};
}

/// Reads on until there are `size` bytes, or fewer if the file ends before.
Result<void> fill(const UniqueFd& fd, std::vector<std::byte>& bytes, std::size_t size) {
  std::size_t done = bytes.size();
  bytes.resize(size);
  while (done < size) {
    const ssize_t got = ::read(fd.get(), bytes.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Error::system(Errc::unreadable_file, errno, "reading it"));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return {};
}

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t max) {
  // O_NONBLOCK: opening a FIFO would wait for a writer.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd && errno == ENXIO) return fail(Errc::unreadable_file, "not a regular file");
  if (!fd) return fail(Error::system(Errc::no_such_file, errno, "opening it"));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail(Error::system(Errc::unreadable_file, errno, "looking at it"));
  if (!S_ISREG(status.st_mode)) return fail(Errc::unreadable_file, "not a regular file");
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));

  std::vector<std::byte> bytes;
  PYEXC_CHECK(fill(fd, bytes, static_cast<std::size_t>(std::min<std::uint64_t>(size, header_size))));
  PYEXC_CHECK(check_header(bytes));  // before a large file that is none of ours is read
  if (size > max) return fail(Errc::unreadable_file, fmt::format("larger than {} bytes", max));
  PYEXC_CHECK(fill(fd, bytes, static_cast<std::size_t>(size)));
  return bytes;
}

auto identity_of(const LoaderFacts& loader) {
  return std::tie(loader.kind, loader.module_name, loader.spec_name, loader.loader_name, loader.path, loader.prefix);
}

/// The time bit by bit: one that is not a number is still the same one.
auto identity_of(const LinecacheEntry& entry) {
  return std::tuple_cat(std::tie(entry.lazy, entry.mtime_none, entry.size, entry.fullname, entry.line_count),
                        std::tuple(std::bit_cast<std::uint64_t>(entry.mtime)));
}

}  // namespace

bool same_source(const SourceFile& a, const SourceFile& b) {
  if (a.file != b.file || identity_of(a.loader) != identity_of(b.loader)) return false;
  if (a.cached.has_value() != b.cached.has_value()) return false;
  return !a.cached || identity_of(*a.cached) == identity_of(*b.cached);
}

Result<std::string> encode(const Recording& recording) {
  PYEXC_TRY(const std::string metadata, recording::write_metadata(recording));
  const RecordingLimits limits;
  const std::uint64_t payload_size = metadata.size() + std::uint64_t{recording.pages.size()} * page_size;
  if (metadata.size() > limits.max_metadata || payload_size > limits.max_payload)
    return fail(Errc::limit, "more than a recording can hold");
  PYEXC_TRY(auto compressor, recording::Compressor::start(payload_size));
  PYEXC_CHECK(compressor.append(std::as_bytes(std::span(metadata))));
  for (const Recording::Page& page : recording.pages) PYEXC_CHECK(compressor.append(page.bytes));
  return compressor.finish(header());
}

Result<Recording> decode(std::span<const std::byte> bytes, const RecordingLimits& limits) {
  PYEXC_CHECK(check_header(bytes));
  try {
    PYEXC_TRY(auto payload, recording::decompress(bytes.subspan(header_size), limits.max_payload));
    return recording::read_payload(std::make_shared<const std::vector<std::byte>>(std::move(payload)),
                                   limits.max_metadata);
  } catch (const std::bad_alloc&) {  // within the limits, yet more than this machine has
    return fail(Errc::unreadable_file, "there is not enough memory to unpack it");
  }
}

Result<Recording> read_recording(const std::string& path, const RecordingLimits& limits) {
  PYEXC_TRY(const auto bytes, read_file(path, limits.max_file));
  return decode(bytes, limits);
}

}  // namespace pyexc
