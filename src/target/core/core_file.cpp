#include "target/core/core_file.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/checked.hpp"
#include "target/core/file_bytes.hpp"

namespace pyexc::core {

namespace {

// vm.max_map_count is 65530 unless somebody raised it.
constexpr std::size_t max_segments = std::size_t{1} << 20;
constexpr std::size_t headers_at_once = 1024;

Result<Elf64_Ehdr> read_header(int fd) {
  Elf64_Ehdr header{};
  const std::size_t got = read_some(fd, 0, std::as_writable_bytes(std::span(&header, 1)));
  if (got < SELFMAG || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return fail(fault(Fault::not_a_core, got == 0 ? "the file is empty" : "it is no core file"));
  if (got < sizeof header) return fail(fault(Fault::cut, "it ends within its headers"));
  if (header.e_ident[EI_CLASS] == ELFCLASS32)
    return fail(Errc::unsupported, "it is of a 32-bit process");
  if (header.e_ident[EI_CLASS] != ELFCLASS64)
    return fail(fault(Fault::damaged, "its ELF header is damaged"));
  if (header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64)
    return fail(Errc::unsupported,
                fmt::format("it is of another machine (ELF machine {})", header.e_machine));
  if (header.e_type == ET_EXEC || header.e_type == ET_DYN)
    return fail(fault(Fault::program, "it is a program or a library, no core file"));
  if (header.e_type != ET_CORE)
    return fail(fault(Fault::not_a_core, "it is an ELF file, but no core file"));
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    return fail(fault(Fault::damaged, "its ELF header is damaged"));
  return header;
}

/// More than 65534 segments do not fit into the header; the real number is then in the first
/// section header.
Result<std::size_t> count_of(int fd, const Elf64_Ehdr& header) {
  std::size_t count = header.e_phnum;
  if (count == PN_XNUM) {
    Elf64_Shdr section;
    PYEXC_CHECK(read_exactly(fd, header.e_shoff, std::as_writable_bytes(std::span(&section, 1))));
    count = section.sh_info;
  }
  if (count == 0) return fail(fault(Fault::damaged, "it has no segments"));
  if (count > max_segments)
    return fail(fault(Fault::damaged, "it has more segments than are read"));
  return count;
}

/// What is cut or damaged in the headers without saying so.
Error as_fault(Error error) {
  if (error.code == Errc::unreadable_file && error.number == 0 &&
      error.what.find("ends within") != std::string::npos)
    error.number = static_cast<std::int64_t>(Fault::cut);
  return error;
}

}  // namespace

Result<CoreFile> CoreFile::open(UniqueFd fd) {
  CoreFile core;
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0)
    return fail(Error::system(Errc::unreadable_file, errno, "looking at it"));
  core.size_ = static_cast<std::uint64_t>(status.st_size);
  PYEXC_TRY(const Elf64_Ehdr header, read_header(fd.get()));
  const auto count = count_of(fd.get(), header);
  if (!count) return fail(as_fault(count.error()));

  std::vector<Elf64_Phdr> some(std::min(*count, headers_at_once));
  std::vector<Elf64_Phdr> notes;
  for (std::size_t done = 0; done < *count; done += some.size()) {
    some.resize(std::min(*count - done, headers_at_once));
    const auto at = checked_add<std::uint64_t>(header.e_phoff, done * sizeof(Elf64_Phdr));
    if (!at) return fail(fault(Fault::damaged, "its ELF header is damaged"));
    if (auto read = read_exactly(fd.get(), *at, std::as_writable_bytes(std::span(some))); !read)
      return fail(as_fault(std::move(read).error()));
    for (const Elf64_Phdr& program : some) {
      const auto in_file = checked_add<std::uint64_t>(program.p_offset, program.p_filesz);
      if (!in_file) return fail(fault(Fault::damaged, "one of its segments is damaged"));
      core.whole_size_ = std::max(core.whole_size_, program.p_filesz == 0 ? 0 : *in_file);
      if (program.p_type == PT_NOTE) notes.push_back(program);
      if (program.p_type != PT_LOAD || program.p_memsz == 0) continue;
      const auto end = checked_add<std::uint64_t>(program.p_vaddr, program.p_memsz);
      if (!end || program.p_filesz > program.p_memsz)
        return fail(fault(Fault::damaged, "one of its segments is damaged"));
      core.segments_.push_back({program.p_vaddr, *end, program.p_offset, program.p_filesz,
                                (program.p_flags & PF_R) != 0, (program.p_flags & PF_W) != 0,
                                (program.p_flags & PF_X) != 0});
    }
  }
  std::ranges::stable_sort(core.segments_, {}, &Segment::start);
  for (const Elf64_Phdr& note : notes)
    if (auto read = read_notes(fd.get(), note.p_offset, note.p_filesz, core.notes_); !read)
      return fail(as_fault(std::move(read).error()));
  if (core.notes_.threads.empty()) return fail(fault(Fault::damaged, "it names no threads"));
  if (core.notes_.pid == 0) core.notes_.pid = core.notes_.threads.front().tid;
  core.fd_ = std::move(fd);
  return core;
}

const Segment* CoreFile::segment_of(std::uint64_t address) const noexcept {
  const auto after = std::ranges::upper_bound(segments_, address, {}, &Segment::start);
  if (after == segments_.begin()) return nullptr;
  const Segment& segment = *std::prev(after);
  return address < segment.end ? &segment : nullptr;
}

std::size_t CoreFile::read(std::uint64_t address, std::span<std::byte> out) const noexcept {
  const Segment* segment = segment_of(address);
  if (segment == nullptr) return 0;
  const std::uint64_t at = address - segment->start;
  if (at >= segment->held) return 0;
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), segment->held - at));
  return read_some(fd_.get(), segment->offset + at, out.first(size));
}

}  // namespace pyexc::core
