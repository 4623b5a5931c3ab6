#include "native/modules.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pyexc::native {

namespace {

constexpr std::uint64_t chunk_size = 64U << 10;
constexpr std::size_t max_chunks = 2'048;  // 128 MiB of files
constexpr unsigned chunk_bits = 40;

}  // namespace

Modules::Modules(const std::vector<Mapping>& mappings, const MappedFiles& files, PageCache& memory)
    : mappings_(mappings), files_(files), memory_(memory), of_mapping_(mappings.size()) {}

const Mapping* Modules::mapping_at(std::uint64_t address) const {
  const auto after = std::ranges::upper_bound(mappings_, address, {}, &Mapping::start);
  if (after == mappings_.begin()) return nullptr;
  const Mapping& mapping = *std::prev(after);
  return address < mapping.end ? &mapping : nullptr;
}

Module* Modules::module_of(const Mapping& mapping) {
  if (mapping.inode == 0 && mapping.path != "[vdso]") return nullptr;
  const std::string key = fmt::format("{}:{}:{}:{}", mapping.dev_major, mapping.dev_minor, mapping.inode,
                                      files_.fd(mapping) >= 0 ? "" : mapping.path);
  const auto [found, fresh] = modules_.try_emplace(key);
  if (!fresh) return found->second.get();
  auto module = std::make_unique<Module>();
  module->name = mapping.path;
  module->fd = files_.fd(mapping);
  if (module->fd >= 0) {
    auto image = elf::Image::open(module->fd);
    if (!image || !image->is_64bit()) return nullptr;
    module->build_id = image->build_id();
    module->image = std::move(*image);
  } else {
    const auto first = std::ranges::find_if(mappings_, [&](const Mapping& m) {
      return m.path == mapping.path && m.inode == mapping.inode && m.offset == 0;
    });
    if (first == mappings_.end()) return nullptr;
    auto image = elf::MemoryImage::open(memory_, RemoteAddr(first->start));
    if (!image || !image->is_64bit()) return nullptr;
    module->in_memory = std::move(*image);
  }
  found->second = std::move(module);
  return found->second.get();
}

Modules::OfMapping& Modules::look_at(const Mapping& mapping) {
  OfMapping& of = of_mapping_[static_cast<std::size_t>(&mapping - mappings_.data())];
  if (of.looked_at) return of;
  of.looked_at = true;
  of.module = module_of(mapping);
  if (of.module == nullptr) return of;
  const auto bias_of = [&](const elf::Segment& segment) {
    return mapping.start - mapping.offset + segment.offset - segment.vaddr;
  };
  // A mapping begins at a page; the segment may begin later on it, behind the end of another one, of which the same
  // page of the file is mapped, too. All segments have the bias of the code.
  const std::optional<std::uint64_t> wanted = mapping.executable ? std::nullopt : bias_of_code(mapping);
  const elf::Segment* best = nullptr;
  for (const elf::Segment& segment : of.module->segments()) {
    const std::uint64_t begin = segment.offset / page_size * page_size;
    if (mapping.offset < begin || mapping.offset >= segment.offset + segment.file_size) continue;
    const bool fits = wanted ? bias_of(segment) == *wanted : segment.executable == mapping.executable;
    if (best == nullptr || fits) best = &segment;
    if (fits) break;
  }
  if (best == nullptr) {
    of.module = nullptr;
    return of;
  }
  of.bias = bias_of(*best);
  // What the loader relocates and then protects is read-only, too, but of a segment that was writable.
  of.constant = !mapping.writable && !mapping.shared && !best->writable && of.module->fd >= 0;
  return of;
}

/// Of the nearest mapping of the same file's code.
std::optional<std::uint64_t> Modules::bias_of_code(const Mapping& mapping) {
  const Mapping* nearest = nullptr;
  const auto distance = [&](const Mapping& other) {
    return other.start > mapping.start ? other.start - mapping.start : mapping.start - other.start;
  };
  for (const Mapping& other : mappings_) {
    if (!other.executable || other.inode != mapping.inode || other.dev_major != mapping.dev_major ||
        other.dev_minor != mapping.dev_minor || other.path != mapping.path)
      continue;
    if (nearest == nullptr || distance(other) < distance(*nearest)) nearest = &other;
  }
  if (nearest == nullptr) return std::nullopt;
  const OfMapping& code = look_at(*nearest);
  return code.module == nullptr ? std::nullopt : std::optional(code.bias);
}

Place Modules::code_at(std::uint64_t address) {
  const Mapping* mapping = mapping_at(address);
  if (mapping == nullptr || !mapping->executable) return {};
  const OfMapping& of = look_at(*mapping);
  return {of.module, of.bias, mapping};
}

bool Modules::is_data(std::uint64_t address) {
  const Mapping* mapping = mapping_at(address);
  return mapping != nullptr && mapping->inode != 0 && !look_at(*mapping).constant;
}

std::optional<std::uint64_t> Modules::word(std::uint64_t address) {
  if (const Mapping* mapping = mapping_at(address); mapping != nullptr && mapping->inode != 0 && !mapping->writable) {
    const OfMapping& of = look_at(*mapping);
    if (of.constant) return file_word(of.module->fd, address - mapping->start + mapping->offset);
  }
  const auto value = memory_.read<std::uint64_t>(RemoteAddr(address));
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::uint64_t> Modules::file_word(int fd, std::uint64_t offset) {
  const std::uint64_t number = offset / chunk_size;
  if (number >> chunk_bits != 0 || offset % chunk_size + sizeof(std::uint64_t) > chunk_size) return std::nullopt;
  const std::uint64_t key = static_cast<std::uint64_t>(fd) << chunk_bits | number;
  auto found = chunks_.find(key);
  if (found == chunks_.end()) {
    if (chunks_.size() >= max_chunks) return std::nullopt;
    std::vector<std::byte> bytes(chunk_size);
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::pread(fd, bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(number * chunk_size + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      filled += static_cast<std::size_t>(got);
    }
    // What is mapped behind the end of a file reads as zero up to the end of its page.
    bytes.resize((filled + page_size - 1) / page_size * page_size);
    found = chunks_.emplace(key, std::move(bytes)).first;
  }
  const std::uint64_t at = offset % chunk_size;
  if (at + sizeof(std::uint64_t) > found->second.size()) return std::nullopt;
  std::uint64_t value = 0;
  std::memcpy(&value, found->second.data() + at, sizeof value);
  return value;
}

}  // namespace pyexc::native
