#include "native/mapped_files.hpp"

#include <algorithm>
#include <set>

namespace pyexc::native {

namespace {
constexpr std::uint64_t max_in_memory = 64U << 20;  // of all files that cannot be opened together
}

MappedFiles MappedFiles::open(const TargetBase& target) {
  MappedFiles files;
  std::set<Key> refused;
  for (const Mapping& mapping : target.mappings()) {
    if (!mapping.executable || mapping.inode == 0 || files.files_.size() >= max_files) continue;
    if (files.files_.contains(key(mapping)) || refused.contains(key(mapping))) continue;
    if (auto fd = target.open_mapped_file(mapping)) files.files_.emplace(key(mapping), std::move(*fd));
    else refused.insert(key(mapping));
  }
  return files;
}

int MappedFiles::fd(const Mapping& mapping) const {
  const auto found = mapping.inode == 0 ? files_.end() : files_.find(key(mapping));
  return found == files_.end() ? -1 : found->second.get();
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> MappedFiles::only_in_memory(
    const std::vector<Mapping>& mappings) const {
  std::set<Key> with_code;
  for (const Mapping& mapping : mappings)
    if (mapping.executable && mapping.inode != 0 && fd(mapping) < 0) with_code.insert(key(mapping));
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  std::uint64_t left = max_in_memory;
  for (const Mapping& mapping : mappings) {
    const bool vdso = mapping.path == "[vdso]";
    if (!vdso && (mapping.inode == 0 || mapping.writable || !mapping.readable || !with_code.contains(key(mapping))))
      continue;
    if (mapping.end - mapping.start > left) continue;
    left -= mapping.end - mapping.start;
    ranges.emplace_back(mapping.start, mapping.end);
  }
  return ranges;
}

}  // namespace pyexc::native
