#include "target/core/initial_stack.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace pyexc::core {

namespace {

// Upwards on the stack: argc, argv, NULL, environ, NULL, the auxiliary vector, a few strings and
// random bytes, the strings of all of these (fs/binfmt_elf.c, create_elf_tables).
constexpr std::uint64_t max_below_random =
    64U << 10;  // from AT_RANDOM's bytes down to the auxiliary vector
constexpr std::uint64_t max_vectors = 1U << 20;  // bytes of argv and environ
constexpr std::size_t max_word = 128U << 10;     // MAX_ARG_STRLEN
constexpr std::size_t max_text = 2U << 20;       // of all words

using Words = std::vector<std::uint64_t>;

/// The words up to `end`, at most `size` bytes of them; fewer where the memory begins later.
Words words_below(std::uint64_t end, std::uint64_t size, const ReadMemory& read) {
  constexpr std::uint64_t piece = 4096;
  Words words;
  size = std::min(size, end) / 8 * 8;
  // From the end down, so that what lies below the stack does not matter.
  while (size > 0) {
    const std::uint64_t take = std::min(piece, size);
    Words some(take / 8);
    if (read(end - take, std::as_writable_bytes(std::span(some))) < take) break;
    words.insert(words.begin(), some.begin(), some.end());
    end -= take;
    size -= take;
  }
  return words;
}

std::string string_at(std::uint64_t address, const ReadMemory& read) {
  std::string text;
  std::array<char, 4096> some;
  while (text.size() < max_word) {
    // Not across the end of a page, behind which there may be nothing.
    const std::size_t wanted =
        some.size() - static_cast<std::size_t>((address + text.size()) % some.size());
    const std::size_t got =
        read(address + text.size(), std::as_writable_bytes(std::span(some)).first(wanted));
    const std::size_t length = ::strnlen(some.data(), got);
    text.append(some.data(), length);
    if (length < wanted) break;
  }
  return text;
}

}  // namespace

std::optional<InitialStack> read_initial_stack(const Notes& notes, const ReadMemory& read) {
  const auto random = notes.auxiliary(AT_RANDOM);
  std::size_t used = 0;
  while (used + 1 < notes.auxv.size() && notes.auxv[used] != AT_NULL) used += 2;
  if (!random || used == 0) return std::nullopt;

  const Words near = words_below(*random / 8 * 8, max_below_random, read);
  const std::span<const std::uint64_t> wanted(notes.auxv.data(), used);
  const auto found = std::find_end(near.begin(), near.end(), wanted.begin(), wanted.end());
  if (found == near.end()) return std::nullopt;
  const std::uint64_t auxv = *random / 8 * 8 - static_cast<std::uint64_t>(near.end() - found) * 8;

  const Words below = words_below(auxv, max_vectors, read);
  std::size_t at = below.size();
  if (at == 0 || below[--at] != 0) return std::nullopt;
  const std::size_t environ_end = at;
  while (at > 0 && below[at - 1] != 0) --at;
  const std::size_t environ_begin = at;
  if (at == 0) return std::nullopt;
  const std::size_t argv_end = --at;
  // argc is no address and stands right before that many.
  while (at > 0 && below[at - 1] != argv_end - at) {
    if (below[at - 1] == 0) return std::nullopt;
    --at;
  }
  if (at == 0) return std::nullopt;

  InitialStack stack;
  std::size_t text = 0;
  for (std::size_t i = at; i < argv_end && text < max_text; ++i) {
    stack.arguments.push_back(string_at(below[i], read));
    text += stack.arguments.back().size() + 1;
  }
  constexpr std::string_view pwd = "PWD=";
  for (std::size_t i = environ_begin;
       i < environ_end && text < max_text && !stack.working_directory; ++i) {
    std::string entry = string_at(below[i], read);
    text += entry.size() + 1;
    if (entry.starts_with(pwd)) stack.working_directory = entry.substr(pwd.size());
  }
  return stack;
}

}  // namespace pyexc::core
