// main() for a fuzz target where libFuzzer is not at hand: runs the inputs given, then `-runs` changed
// ones, the same for the same `-seed`. The options are libFuzzer's own; `-only=N` repeats one run.
//
//   fuzz_NAME [-runs=N] [-seed=N] [-only=N] FILE|DIRECTORY...

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "mutate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

std::uint64_t seed = 1;
volatile std::uint64_t current = 0;  ///< 0: an input as it was given

void say_where() {
  char text[120];
  const int size = std::snprintf(text, sizeof(text), "in run %llu; again: -seed=%llu -only=%llu and the same files\n",
                                 static_cast<unsigned long long>(current), static_cast<unsigned long long>(seed),
                                 static_cast<unsigned long long>(current));
  if (size > 0) (void)!::write(STDERR_FILENO, text, static_cast<std::size_t>(size));
}

void on_signal(int signal) {
  say_where();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

bool run(const std::string& bytes) {
  // Exactly as large as the input, so that a sanitizer sees a read past its end.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  return LLVMFuzzerTestOneInput(input.data(), input.size()) == 0;
}

std::optional<std::uint64_t> option(std::string_view argument, std::string_view name) {
  if (!argument.starts_with(name)) return std::nullopt;
  std::uint64_t value = 0;
  const auto* end = argument.data() + argument.size();
  const auto parsed = std::from_chars(argument.data() + name.size(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 0;
  std::optional<std::uint64_t> only;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (const auto value = option(argument, "-runs=")) runs = *value;
    else if (const auto number = option(argument, "-seed=")) seed = *number;
    else if (const auto one = option(argument, "-only=")) only = *one;
    else if (argument.starts_with('-')) return std::fprintf(stderr, "unknown option %s\n", argv[i]), 2;
    else if (std::filesystem::is_directory(argument))
      for (const auto& entry : std::filesystem::directory_iterator(argument)) files.push_back(entry.path());
    else files.emplace_back(argument);
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) return std::fprintf(stderr, "no inputs\n"), 2;
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(say_where);
  } else {
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, on_signal);
  }
  std::signal(SIGABRT, on_signal);

  std::vector<std::string> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::fprintf(stderr, "%s cannot be read\n", file.c_str()), 2;
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::size_t accepted_as_given = 0, accepted = 0;
  if (!only)
    for (const auto& input : inputs) accepted_as_given += run(input) ? 1 : 0;
  for (std::uint64_t i = only.value_or(1); i <= (only ? *only : runs); ++i) {
    current = i;
    pyexc::fuzz::Random random(seed * 0x9e3779b97f4a7c15ULL + i);
    std::string bytes = inputs[pyexc::fuzz::below(random, inputs.size())];
    pyexc::fuzz::mutate(bytes, random);
    accepted += run(bytes) ? 1 : 0;
  }
  std::printf("%zu of %zu inputs accepted, %zu of %llu changed ones\n", accepted_as_given, inputs.size(), accepted,
              static_cast<unsigned long long>(only ? 1 : runs));
  // A seed that is refused tests nothing.
  return only || accepted_as_given == inputs.size() ? 0 : 1;
}
