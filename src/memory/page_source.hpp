#pragma once
// Where bytes of a target come from: a live process, a core, a recording, a test. One small interface,
// asked for whole pages in batches, because a system call per field is what makes such tools slow.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "memory/address.hpp"

namespace pyexc {

inline constexpr std::size_t page_size = 4096;

struct PageRequest {
  std::uint64_t page = 0;          ///< page number: address / page_size
  std::byte* destination = nullptr;  ///< page_size bytes, owned by the caller
  bool ok = false;                 ///< set by the source: the whole page was read
};

class PageSource {
 public:
  virtual ~PageSource() = default;
  PageSource() = default;
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;

  /// Reads as many of the requested pages as it can and sets `ok` on those. Fails only when nothing
  /// can be read from this target any more (it ended, or the kernel refuses); a page that is not
  /// mapped is no failure. Opens no file, writes nothing, does not log.
  [[nodiscard]] virtual Result<void> read_pages(std::span<PageRequest> requests) = 0;
};

}  // namespace pyexc
