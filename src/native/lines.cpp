#include "native/lines.hpp"

#include <elfutils/libdw.h>
#include <libelf.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

namespace pyexc::native {

namespace {
constexpr off_t max_file = off_t{1} << 30;
constexpr std::size_t max_units = 200'000;
constexpr std::size_t max_ranges = 2'000'000;
}  // namespace

struct Lines::Handle {
  Elf* elf = nullptr;
  Dwarf* dwarf = nullptr;
  struct Range {
    std::uint64_t begin, end;
    Dwarf_Off unit;  // of its DIE
  };
  std::vector<Range> ranges;

  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (dwarf != nullptr) ::dwarf_end(dwarf);
    if (elf != nullptr) ::elf_end(elf);
  }

  /// Not by .debug_aranges, which need not be there nor complete.
  void read_ranges(std::chrono::steady_clock::time_point until) {
    Dwarf_Off offset = 0, next = 0;
    std::size_t header = 0;
    for (std::size_t i = 0; i < max_units; ++i, offset = next) {
      if (std::chrono::steady_clock::now() > until) break;
      if (::dwarf_nextcu(dwarf, offset, &next, &header, nullptr, nullptr, nullptr) != 0 || next <= offset) break;
      Dwarf_Die die;
      if (::dwarf_offdie(dwarf, offset + header, &die) == nullptr) continue;
      Dwarf_Addr base = 0, begin = 0, end = 0;
      std::ptrdiff_t at = 0;
      while (ranges.size() < max_ranges && (at = ::dwarf_ranges(&die, at, &base, &begin, &end)) > 0)
        if (begin < end) ranges.push_back({begin, end, offset + header});
    }
    std::ranges::sort(ranges, {}, &Range::begin);
  }
};

Lines::Lines(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Lines::Lines(Lines&&) noexcept = default;
Lines& Lines::operator=(Lines&&) noexcept = default;
Lines::~Lines() = default;

Lines Lines::open(int fd, std::chrono::steady_clock::time_point until) {
  auto handle = std::make_unique<Handle>();
  struct stat status {};
  if (::elf_version(EV_CURRENT) == EV_NONE || ::fstat(fd, &status) != 0 || status.st_size > max_file)
    return Lines(nullptr);
  // Read, not mapped: one truncated meanwhile is a short read and no SIGBUS.
  handle->elf = ::elf_begin(fd, ELF_C_READ, nullptr);
  if (handle->elf == nullptr) return Lines(nullptr);
  handle->dwarf = ::dwarf_begin_elf(handle->elf, DWARF_C_READ, nullptr);
  if (handle->dwarf == nullptr) return Lines(nullptr);
  handle->read_ranges(until);
  return Lines(std::move(handle));
}

std::optional<Lines::Found> Lines::find(std::uint64_t address) const {
  if (!handle_) return std::nullopt;
  const auto& ranges = handle_->ranges;
  auto range = std::ranges::upper_bound(ranges, address, {}, &Handle::Range::begin);
  if (range == ranges.begin()) return std::nullopt;
  --range;
  Dwarf_Die die;
  if (address >= range->end || ::dwarf_offdie(handle_->dwarf, range->unit, &die) == nullptr) return std::nullopt;
  Dwarf_Line* line = ::dwarf_getsrc_die(&die, address);
  int number = 0;
  if (line == nullptr || ::dwarf_lineno(line, &number) != 0 || number <= 0) return std::nullopt;
  const char* file = ::dwarf_linesrc(line, nullptr, nullptr);
  if (file == nullptr) return std::nullopt;
  return Found{file, number};
}

}  // namespace pyexc::native
