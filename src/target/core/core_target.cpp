#include "target/core/core_target.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "target/core/initial_stack.hpp"

namespace pyexc {

using core::Fault;
using core::MappedFiles;
using core::MappedPiece;
using core::Segment;

Result<std::unique_ptr<CoreTarget>> CoreTarget::open(UniqueFd fd, core::FilePlaces places) {
  PYEXC_TRY(auto core, core::CoreFile::open(std::move(fd)));
  std::unique_ptr<CoreTarget> target(new CoreTarget(std::move(core)));
  const bool given = places.executable.has_value();
  target->find_program(std::move(places));
  target->list_mappings();
  target->identify();
  if (given && target->program_) {
    const MappedFiles::File& program = target->files_->open(*target->program_);
    if (program.state == MappedFiles::State::other || program.state == MappedFiles::State::data)
      return fail(core::fault(
          Fault::wrong_executable,
          fmt::format("{} is not the program that it is of: {}", program.where, program.why)));
    if (program.state == MappedFiles::State::missing)
      return fail(core::fault(Fault::no_executable, "the executable given cannot be read"));
  }
  return target;
}

const MappedPiece* CoreTarget::piece_of(std::uint64_t address) const noexcept {
  const auto& pieces = core_.notes().pieces;
  const auto after = std::ranges::upper_bound(pieces, address, {}, &MappedPiece::start);
  if (after == pieces.begin()) return nullptr;
  const MappedPiece& piece = *std::prev(after);
  return address < piece.end ? &piece : nullptr;
}

/// The program headers that the kernel tells the loader of are those of the executable.
void CoreTarget::find_program(core::FilePlaces places) {
  const auto& notes = core_.notes();
  for (const std::uint64_t type : {AT_PHDR, AT_ENTRY}) {
    const auto address = notes.auxiliary(type);
    if (const MappedPiece* piece = address ? piece_of(*address) : nullptr;
        piece != nullptr && !program_)
      program_ = piece->file;
  }
  files_ = std::make_unique<MappedFiles>(core_, std::move(places), program_);
}

/// What gcore leaves out has no segment, and then nothing tells how it was mapped.
void CoreTarget::list_mappings() {
  const auto& notes = core_.notes();
  for (const MappedPiece& piece : notes.pieces) {
    const Segment* segment = core_.segment_of(piece.start);
    const MappedFiles::File& file = files_->files()[piece.file];
    Mapping& mapping = mappings_.emplace_back();
    mapping.start = piece.start;
    mapping.end = piece.end;
    mapping.readable = segment == nullptr || segment->readable;
    mapping.writable = segment != nullptr && segment->writable;
    mapping.executable = segment == nullptr || segment->executable;
    mapping.offset = piece.offset;
    mapping.inode = piece.file + std::uint64_t{1};
    mapping.path = file.path;
    mapping.deleted = file.deleted;
  }
  for (const Segment& segment : core_.segments()) {
    if (piece_of(segment.start) != nullptr) continue;
    Mapping& mapping = mappings_.emplace_back();
    mapping.start = segment.start;
    mapping.end = segment.end;
    mapping.readable = segment.readable;
    mapping.writable = segment.writable;
    mapping.executable = segment.executable;
    if (segment.writable && segment.held > 0) has_private_memory_ = true;
  }
  std::ranges::stable_sort(mappings_, {}, &Mapping::start);
}

void CoreTarget::identify() {
  const auto& notes = core_.notes();
  identity_.pid = identity_.ns_pid = notes.pid;
  identity_.uid = notes.uid;
  identity_.gid = notes.gid;
  identity_.executable = program_ ? files_->files()[*program_].path : notes.comm;
  const auto stack = core::read_initial_stack(
      notes,
      [this](std::uint64_t address, std::span<std::byte> out) { return core_.read(address, out); });
  if (stack && !stack->arguments.empty()) identity_.command_line = stack->arguments;
  else if (!notes.arguments.empty()) identity_.command_line = {notes.arguments};
  if (stack && stack->working_directory) identity_.cwd = *stack->working_directory;
}

bool CoreTarget::read_page(std::uint64_t address, std::span<std::byte> page) {
  const Segment* segment = core_.segment_of(address);
  if (segment != nullptr && address - segment->start < segment->held) {
    const std::size_t held = static_cast<std::size_t>(
        std::min<std::uint64_t>(page.size(), segment->held - (address - segment->start)));
    if (core_.read(address, page) < held) {
      ++pages_.cut;
      return false;
    }
    std::ranges::fill(page.subspan(held), std::byte{0});
    return true;
  }
  const MappedPiece* piece = piece_of(address);
  if (piece == nullptr) return false;
  // The kernel leaves a writable page of a file out only if nobody has written to its mapping.
  if (segment != nullptr && segment->writable && !has_private_memory_) return false;
  return files_->read_page(*piece, address, page);
}

Result<void> CoreTarget::Pages::read_pages(std::span<PageRequest> requests) {
  for (PageRequest& request : requests) {
    request.ok =
        request.page <= UINT64_MAX / page_size &&
        target_.read_page(request.page * page_size, std::span(request.destination, page_size));
  }
  return {};
}

Result<UniqueFd> CoreTarget::open_mapped_file(const Mapping& mapping) const {
  if (mapping.inode == 0 || mapping.inode > files_->files().size())
    return fail(Errc::no_such_file,
                fmt::format("the mapping {:x}-{:x} is of no file", mapping.start, mapping.end));
  const auto number = static_cast<std::uint32_t>(mapping.inode - 1);
  const MappedFiles::File& file = files_->open(number);
  if (file.fd)
    if (UniqueFd fd(::fcntl(file.fd.get(), F_DUPFD_CLOEXEC, 3)); fd) return fd;
  if (UniqueFd fd = files_->open_debug_file(number)) return fd;
  return fail(Errc::no_such_file, fmt::format("{}: {}", mapping.path, file.why));
}

void CoreTarget::forget_uses() noexcept {
  pages_.cut = 0;
  files_->forget_uses();
}

}  // namespace pyexc
