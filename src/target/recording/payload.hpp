#pragma once
// The payload of a recording: sections, each with a tag and its length. A reader passes over tags it does
// not know and over what it does not know at the end of a section or record, so fields can be added
// within one format version.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "target/recording/recording.hpp"

namespace pyexc::recording {

enum class Tag : std::uint32_t {
  tool = 1,
  moment = 2,
  problems = 3,
  process = 4,
  mappings = 5,
  threads = 6,
  asked = 7,
  hints = 8,
  sources = 9,
  missing = 10,
  pages = 11,
  activity = 12,
  native = 13,
};
inline constexpr std::size_t tag_count = 13;
/// Those up to here are in every recording; later ones came later.
inline constexpr std::size_t required_tags = 11;

inline constexpr std::uint64_t section_header_size = sizeof(std::uint32_t) + sizeof(std::uint64_t);
inline constexpr std::uint64_t max_page_number = (std::uint64_t{1} << 52) - 1;
inline constexpr std::size_t max_missing = std::size_t{1} << 18;

/// Everything up to the bytes of the pages; these follow as they are, in order.
[[nodiscard]] Result<std::string> write_metadata(const Recording& recording);

/// The result's pages point into `payload` and share it.
[[nodiscard]] Result<Recording> read_payload(std::shared_ptr<const std::vector<std::byte>> payload,
                                             std::uint64_t max_metadata);

}  // namespace pyexc::recording
