#include "target/recording/frame.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

namespace pyexc::recording {

namespace {

constexpr int level = 3;
constexpr int max_window_log = 23;  // 8 MiB; what a frame may ask of its reader
constexpr std::size_t first_output = std::size_t{1} << 16;

Error zstd_error(Errc code, std::string_view what, std::size_t status) {
  return Error(code, fmt::format("{}: {}", what, ZSTD_getErrorName(status)));
}

/// How much room to begin with: what the frame states if that is likely, so that an honest one is unpacked
/// into place, and never much more than is there to be unpacked.
std::size_t first_size(std::span<const std::byte> frame, std::uint64_t max) {
  constexpr std::uint64_t likely_ratio = 64;
  const std::uint64_t stated = ZSTD_getFrameContentSize(frame.data(), frame.size());
  const bool likely = stated <= max && stated / likely_ratio <= frame.size();
  return static_cast<std::size_t>(std::min(likely ? stated + 1 : std::uint64_t{first_output}, max + 1));
}

struct FreeDecompression {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

}  // namespace

void Compressor::Free::operator()(void* context) const noexcept { ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context)); }

Result<Compressor> Compressor::start(std::uint64_t payload_size) {
  Compressor compressor;
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  compressor.context_.reset(context);
  if (context == nullptr) return fail(Errc::internal, "no memory to compress a recording");
  for (const std::size_t status : {ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level),
                                   ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1),
                                   ZSTD_CCtx_setPledgedSrcSize(context, payload_size)})
    if (ZSTD_isError(status) != 0) return fail(zstd_error(Errc::internal, "compressing a recording", status));
  return compressor;
}

Result<void> Compressor::append(std::span<const std::byte> bytes) { return feed(bytes, false); }

Result<std::string> Compressor::finish(std::string prefix) {
  PYEXC_CHECK(feed({}, true));
  return std::move(prefix) + out_;
}

Result<void> Compressor::feed(std::span<const std::byte> bytes, bool last) {
  auto* const context = static_cast<ZSTD_CCtx*>(context_.get());
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  char piece[16U << 10];
  for (;;) {
    ZSTD_outBuffer out{piece, sizeof(piece), 0};
    const std::size_t left = ZSTD_compressStream2(context, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) return fail(zstd_error(Errc::internal, "compressing a recording", left));
    out_.append(piece, out.pos);
    if (last ? left == 0 : in.pos == in.size) return {};
  }
}

Result<std::vector<std::byte>> decompress(std::span<const std::byte> frame, std::uint64_t max) {
  const std::unique_ptr<ZSTD_DCtx, FreeDecompression> context(ZSTD_createDCtx());
  if (!context) return fail(Errc::internal, "no memory to read a recording");
  if (const auto status = ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, max_window_log);
      ZSTD_isError(status) != 0)
    return fail(zstd_error(Errc::internal, "reading a recording", status));

  std::vector<std::byte> bytes(first_size(frame, max));
  ZSTD_inBuffer in{frame.data(), frame.size(), 0};
  ZSTD_outBuffer out{bytes.data(), bytes.size(), 0};
  for (;;) {
    const std::size_t left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return fail(zstd_error(Errc::unreadable_file, "damaged", left));
    if (out.pos > max) return fail(Errc::unreadable_file, fmt::format("it unpacks to more than {} bytes", max));
    if (left == 0) break;
    if (out.pos < out.size) {
      if (in.pos == in.size) return fail(Errc::unreadable_file, "cut short");
      continue;
    }
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(std::uint64_t{bytes.size()} * 2, max + 1)));
    out.dst = bytes.data();
    out.size = bytes.size();
  }
  if (in.pos != in.size) return fail(Errc::unreadable_file, "damaged: something follows its end");
  bytes.resize(out.pos);
  return bytes;
}

}  // namespace pyexc::recording
