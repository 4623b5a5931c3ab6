#include "target/core/decompressor.hpp"

#include <lz4frame.h>
#include <lzma.h>
#include <zstd.h>

namespace pyexc::core {

namespace {

// What a frame may ask for as its window; the frames of systemd-coredump need 8 MiB, `zstd --long`
// 128 MiB.
constexpr int zstd_window_log = 27;
constexpr std::uint64_t lzma_memory = std::uint64_t{128} << 20;

class Zstd final : public Decompressor {
 public:
  bool start() {
    stream_.reset(ZSTD_createDStream());
    return stream_ != nullptr && ZSTD_isError(ZSTD_DCtx_setParameter(
                                     stream_.get(), ZSTD_d_windowLogMax, zstd_window_log)) == 0;
  }
  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream_.get(), &to, &from);
    return {from.pos, to.pos, ZSTD_isError(result) != 0, result == 0};
  }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_;
};

class Lz4 final : public Decompressor {
 public:
  bool start() {
    LZ4F_dctx* context = nullptr;
    const bool made = LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) == 0;
    context_.reset(context);
    return made;
  }
  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    std::size_t taken = in.size(), given = out.size();
    const std::size_t result =
        LZ4F_decompress(context_.get(), out.data(), &given, in.data(), &taken, nullptr);
    if (LZ4F_isError(result) != 0) return {0, 0, true, false};
    return {taken, given, false, result == 0};
  }

 private:
  struct Free {
    void operator()(LZ4F_dctx* context) const noexcept { LZ4F_freeDecompressionContext(context); }
  };
  std::unique_ptr<LZ4F_dctx, Free> context_;
};

class Xz final : public Decompressor {
 public:
  Xz() = default;
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;
  ~Xz() override { lzma_end(&stream_); }
  bool start() { return lzma_stream_decoder(&stream_, lzma_memory, 0) == LZMA_OK; }
  Step step(std::span<const std::byte> in, std::span<std::byte> out) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret result = lzma_code(&stream_, LZMA_RUN);
    // LZMA_BUF_ERROR: it could not go on with what there is, which the caller sees by what was
    // taken.
    const bool fine = result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR;
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, !fine,
            result == LZMA_STREAM_END};
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

template <class T>
std::unique_ptr<Decompressor> started() {
  auto one = std::make_unique<T>();
  if (!one->start()) return nullptr;
  return one;
}

}  // namespace

std::unique_ptr<Decompressor> Decompressor::make(Compression compression) {
  switch (compression) {
    case Compression::zstd: return started<Zstd>();
    case Compression::lz4: return started<Lz4>();
    case Compression::xz: return started<Xz>();
    case Compression::none: break;
  }
  return nullptr;
}

}  // namespace pyexc::core
