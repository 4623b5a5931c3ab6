// Writes the inputs that the fuzzing of cores starts from:  core_seeds DIRECTORY

#include <lz4frame.h>
#include <lzma.h>
#include <zstd.h>

#include <cstdio>
#include <fstream>

#include "../unit/core_sample.hpp"

namespace {

bool write(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  return !bytes.empty() && out.flush().good();
}

std::string zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 1));
  return out;
}

std::string lz4(const std::string& bytes) {
  std::string out(LZ4F_compressFrameBound(bytes.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), nullptr));
  return out;
}

std::string xz(const std::string& bytes) {
  std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
  std::size_t size = 0;
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr, in, bytes.size(),
                              reinterpret_cast<std::uint8_t*>(out.data()), &size,
                              out.size()) != LZMA_OK)
    return {};
  out.resize(size);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string directory = argv[1], core = pyexc::core_sample::core();
  const bool written = write(directory + "/core_plain.seed", core) &&
                       write(directory + "/core_zstd.seed", zstd(core)) &&
                       write(directory + "/core_lz4.seed", lz4(core)) &&
                       write(directory + "/core_xz.seed", xz(core));
  if (!written) std::fprintf(stderr, "the seeds could not be written\n");
  return written ? 0 : 1;
}
