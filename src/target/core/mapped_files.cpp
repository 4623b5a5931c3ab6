#include "target/core/mapped_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "memory/page_source.hpp"
#include "target/core/build_id.hpp"
#include "target/core/file_bytes.hpp"

namespace pyexc::core {

namespace {

constexpr std::string_view deleted_suffix = " (deleted)";

/// Only regular files; merely opening a FIFO or a device could already do something.
UniqueFd open_regular(const UniqueFd& place) {
  struct stat status {};
  if (!place || ::fstat(place.get(), &status) != 0) return {};
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return {};
  }
  return UniqueFd(::open(fmt::format("/proc/self/fd/{}", place.get()).c_str(),
                         O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

UniqueFd open_below(const UniqueFd& root, const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return open_regular(UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how))));
}

UniqueFd open_anywhere(const std::string& path) {
  return open_regular(UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC)));
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// ab/cdef… below .build-id/
std::string id_path(const std::string& directory, const std::string& id, std::string_view suffix) {
  return fmt::format("{}/.build-id/{}/{}{}", directory, id.substr(0, 2), id.substr(2), suffix);
}

}  // namespace

MappedFiles::MappedFiles(const CoreFile& core, FilePlaces places,
                         std::optional<std::uint32_t> program)
    : core_(core), places_(std::move(places)), program_(program) {
  if (places_.sysroot)
    sysroot_.reset(::open(places_.sysroot->c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (places_.debug_dirs.empty()) places_.debug_dirs.emplace_back("/usr/lib/debug");
  for (const std::string& name : core_.notes().files) {
    File& file = files_.emplace_back();
    file.path = name;
    file.deleted = name.ends_with(deleted_suffix);
    if (file.deleted) file.path.resize(name.size() - deleted_suffix.size());
  }
}

MappedFiles::Expected MappedFiles::expected(std::uint32_t file) const {
  Expected found;
  for (const MappedPiece& piece : core_.notes().pieces) {
    if (piece.file != file || piece.offset != 0) continue;
    std::vector<std::byte> page(page_size);
    if (core_.read(piece.start, page) < page.size()) continue;
    found.page = std::move(page);
    found.build_id = build_id_in(found.page);
    break;
  }
  return found;
}

MappedFiles::State MappedFiles::compare(const UniqueFd& fd, const Expected& expected,
                                        std::string& why) const {
  std::vector<std::byte> page(page_size);
  page.resize(read_some(fd.get(), 0, page));
  if (!begins_elf(page)) {
    why = "it is no 64-bit ELF file";
    return begins_elf(expected.page) ? State::other : State::data;
  }
  if (expected.page.empty()) return State::unchecked;
  const std::string id = build_id_in(page);
  if (!expected.build_id.empty() || !id.empty()) {
    if (id == expected.build_id) return State::same;
    const auto name = [](const std::string& text) {
      return text.empty() ? std::string("none") : text;
    };
    why = fmt::format("its build-id is {}, that of the mapped file was {}", name(id),
                      name(expected.build_id));
    return State::other;
  }
  // The headers name every size and place in the file: another build that agrees in all of them is
  // unlikely. What is behind them the loader may have written to: patchelf puts .dynamic there.
  const std::size_t size = headers_size(page);
  if (size <= page.size() && size <= expected.page.size() &&
      std::ranges::equal(std::span(page).first(size), std::span(expected.page).first(size)))
    return State::same;
  why = "its ELF headers are not those that were mapped";
  return State::other;
}

/// True if there is no need to look further.
bool MappedFiles::consider(File& file, UniqueFd fd, const std::string& where,
                           const Expected& expected) {
  if (!fd) return false;
  std::string why;
  const State state = compare(fd, expected, why);
  if (state == State::other || state == State::data) {
    if (file.state == State::unknown) {
      file.state = state;
      file.where = where;
      file.why = std::move(why);
    }
    return false;
  }
  // A file that was deleted, and one that has the right name only, must be shown to be the same.
  if (state == State::unchecked && (file.deleted || file.state == State::unchecked)) return false;
  file.state = state;
  file.where = where;
  file.fd = std::move(fd);
  return state == State::same;
}

UniqueFd MappedFiles::open_named(const std::string& path) const {
  if (places_.sysroot) {
    if (!sysroot_) return {};
    return open_below(sysroot_, path);
  }
  return open_anywhere(path);
}

void MappedFiles::look_for(std::uint32_t number) {
  File& file = files_[number];
  const Expected wanted = expected(number);
  const std::string shown_root = places_.sysroot.value_or("");
  const auto looked = [&] {
    if (places_.executable && number == program_)
      return consider(file, open_anywhere(*places_.executable), *places_.executable, wanted) ||
             file.state != State::unknown;
    if (!file.path.starts_with('/')) return false;
    if (consider(file, open_named(file.path), shown_root + file.path, wanted)) return true;
    if (!wanted.build_id.empty())
      for (const std::string& directory : places_.debug_dirs)
        if (const std::string path = id_path(directory, wanted.build_id, "");
            consider(file, open_anywhere(path), path, wanted))
          return true;
    // Files of another machine thrown into one directory.
    if (places_.sysroot && sysroot_ && !wanted.page.empty()) {
      const std::string name = "/" + base_name(file.path);
      if (consider(file, open_below(sysroot_, name), shown_root + name, wanted)) return true;
    }
    if (places_.executable && !wanted.build_id.empty())
      return consider(file, open_anywhere(*places_.executable), *places_.executable, wanted);
    return false;
  };
  (void)looked();
  if (file.state != State::unknown) return;
  file.state = State::missing;
  file.why = file.deleted ? "it had been deleted before" : "no such file here";
}

MappedFiles::File& MappedFiles::open(std::uint32_t number) {
  if (files_[number].state == State::unknown) look_for(number);
  return files_[number];
}

bool MappedFiles::read_page(const MappedPiece& piece, std::uint64_t address,
                            std::span<std::byte> page) {
  File& file = open(piece.file);
  file.used = true;
  if (!file.fd) return false;
  const std::uint64_t in_piece = address - piece.start;
  const std::size_t got = read_some(file.fd.get(), piece.offset + in_piece, page);
  if (got == 0) return false;
  std::ranges::fill(page.subspan(got),
                    std::byte{0});  // as the kernel fills the page in which a file ends
  return true;
}

UniqueFd MappedFiles::open_debug_file(std::uint32_t number) const {
  const std::string id = expected(number).build_id;
  if (id.empty()) return {};
  for (const std::string& directory : places_.debug_dirs)
    if (UniqueFd fd = open_anywhere(id_path(directory, id, ".debug"))) return fd;
  return {};
}

void MappedFiles::forget_uses() noexcept {
  for (File& file : files_) file.used = false;
}

}  // namespace pyexc::core
