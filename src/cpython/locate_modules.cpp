#include "cpython/locate_modules.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

namespace pyexc::cpython {

namespace {

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// The number after `prefix` in `text`: "libpython3.11.so" and "python3." give 11.
std::optional<int> number_after(std::string_view text, std::string_view prefix) {
  const auto at = text.find(prefix);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + prefix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc() || end - rest.data() > 2) return std::nullopt;
  return number;
}

}  // namespace

std::string_view Module::file_name() const noexcept { return base_name(first_->path); }

elf::MemoryImage* Module::loaded() {
  if (!loaded_known_) {
    loaded_known_ = true;
    if (auto image = elf::MemoryImage::open(*memory_, RemoteAddr(first_->start)))
      loaded_ = std::move(*image);
  }
  return loaded_ ? &*loaded_ : nullptr;
}

const Module::File* Module::file() {
  if (file_known_) return file_.get();
  file_known_ = true;
  auto fd = target_->open_mapped_file(*first_);
  if (!fd) return nullptr;
  auto image = elf::Image::open(fd->get());
  if (!image || !image->is_64bit() || !image->little_endian()) return nullptr;
  const auto bias = elf::load_bias(image->type(), image->segments(), first_->start);
  if (!bias) return nullptr;
  file_ = std::make_unique<File>(File{std::move(*fd), std::move(*image), *bias});
  return file_.get();
}

std::optional<RemoteAddr> Module::dynamic_symbol(std::string_view name) {
  elf::MemoryImage* image = loaded();
  if (image == nullptr || !image->is_64bit()) return std::nullopt;
  const auto symbol = image->symbol(name);
  if (!symbol) return std::nullopt;
  return RemoteAddr(symbol->value);
}

std::optional<RemoteAddr> Module::file_symbol(std::string_view name) {
  const File* known = file();
  if (known == nullptr) return std::nullopt;
  const auto symbol = known->image.symbol(name);
  if (!symbol) return std::nullopt;
  return RemoteAddr(symbol->value + known->bias);
}

std::optional<RemoteAddr> Module::file_section(std::string_view name) {
  const File* known = file();
  if (known == nullptr) return std::nullopt;
  const auto section = known->image.section(name);
  if (!section || section->address == 0) return std::nullopt;
  return RemoteAddr(section->address + known->bias);
}

std::optional<RemoteAddr> Module::any_symbol(std::string_view name) {
  if (auto found = dynamic_symbol(name)) return found;
  return file_symbol(name);
}

std::vector<Module> modules_of(const TargetBase& target, PageCache& memory) {
  using FileId = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;
  const auto id_of = [](const Mapping& m) { return FileId(m.dev_major, m.dev_minor, m.inode); };
  // A file that is only data is never mapped executable.
  std::set<FileId> programs;
  for (const Mapping& mapping : target.mappings())
    if (mapping.inode != 0 && mapping.executable) programs.insert(id_of(mapping));
  std::vector<const Mapping*> firsts;
  for (const Mapping& mapping : target.mappings()) {
    if (mapping.inode == 0 || mapping.offset != 0 || programs.erase(id_of(mapping)) == 0) continue;
    firsts.push_back(&mapping);
  }
  const auto rank = [&](const Mapping* mapping) {
    if (mapping->path == target.identity().executable) return 0;
    return base_name(mapping->path).find("python") != std::string_view::npos ? 1 : 2;
  };
  std::stable_sort(firsts.begin(), firsts.end(),
                   [&](const Mapping* a, const Mapping* b) { return rank(a) < rank(b); });
  std::vector<Module> modules;
  for (const Mapping* first : firsts) modules.emplace_back(target, memory, *first);
  return modules;
}

std::vector<int> minors_in_names(const TargetBase& target) {
  std::vector<int> minors;
  const auto add = [&](std::optional<int> minor) {
    if (minor && std::find(minors.begin(), minors.end(), *minor) == minors.end())
      minors.push_back(*minor);
  };
  for (const Mapping& mapping : target.mappings())
    if (mapping.inode != 0) add(number_after(base_name(mapping.path), "libpython3."));
  add(number_after(base_name(target.identity().executable), "python3."));
  for (const Mapping& mapping : target.mappings())  // _json.cpython-39-x86_64-linux-gnu.so
    if (mapping.inode != 0) add(number_after(base_name(mapping.path), ".cpython-3"));
  for (const Mapping& mapping : target.mappings())  // /usr/lib/python3.9/...
    if (mapping.inode != 0) add(number_after(mapping.path, "/python3."));
  return minors;
}

std::string pypy_file(const TargetBase& target) {
  for (const Mapping& mapping : target.mappings()) {
    const std::string_view name = base_name(mapping.path);
    if (mapping.inode != 0 && mapping.executable &&
        (name.starts_with("libpypy") || name.starts_with("pypy")))
      return std::string(name);
  }
  return {};
}

}  // namespace pyexc::cpython
