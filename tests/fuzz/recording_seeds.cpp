// Writes the inputs that the fuzzing of recordings starts from:  recording_seeds DIRECTORY

#include <cstdio>
#include <fstream>

#include "../unit/recording_sample.hpp"
#include "target/recording/payload.hpp"

namespace {

using namespace pyexc;

bool write(const std::string& path, char kind, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << kind << bytes;
  return out.flush().good();
}

bool write_both(const std::string& directory, const std::string& name, const Recording& recording) {
  const auto file = encode(recording);
  auto payload = recording::write_metadata(recording);
  if (!file || !payload) return false;
  for (const auto& page : recording.pages)
    payload->append(reinterpret_cast<const char*>(page.bytes.data()), page.bytes.size());
  return write(directory + "/recording_" + name + "_file.seed", '\0', *file) &&
         write(directory + "/recording_" + name + "_payload.seed", '\1', *payload);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string directory = argv[1];
  Recording metadata = recording_sample::sample();
  metadata.pages.clear();
  const bool written = write_both(directory, "whole", recording_sample::sample()) &&
                       write_both(directory, "metadata", metadata) && write_both(directory, "empty", Recording{});
  if (!written) std::fprintf(stderr, "the seeds could not be written\n");
  return written ? 0 : 1;
}
