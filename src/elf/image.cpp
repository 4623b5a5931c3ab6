#include "elf/image.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/checked.hpp"

namespace pyexc::elf {

namespace {

// A section read into memory is never bigger than this, whatever its header says: the .symtab of a
// large program with an embedded interpreter is some tens of megabytes.
constexpr std::uint64_t max_table = 256ULL << 20;
constexpr std::size_t max_segments = 1024;
constexpr std::size_t max_sections = 65'536;
constexpr std::size_t max_dynamic = 4096;

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

struct Image::Handle {
  Elf* elf = nullptr;
  std::uint64_t file_size = 0;

  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (elf != nullptr) ::elf_end(elf);
  }

  /// The bytes of a section if they lie in the file; libelf keeps them until elf_end.
  Elf_Data* data(Elf_Scn* scn, const GElf_Shdr& header) const {
    if (header.sh_type == SHT_NOBITS || header.sh_size == 0 || header.sh_size > max_table)
      return nullptr;
    const auto end = checked_add<std::uint64_t>(header.sh_offset, header.sh_size);
    if (!end || *end > file_size) return nullptr;
    Elf_Data* found = ::elf_getdata(scn, nullptr);
    return found != nullptr && found->d_buf != nullptr ? found : nullptr;
  }

  template <class Visit>  // bool visit(Elf_Scn*, const GElf_Shdr&): true to stop
  void each_section(Visit visit) const {
    Elf_Scn* scn = nullptr;
    for (std::size_t i = 0; i < max_sections && (scn = ::elf_nextscn(elf, scn)) != nullptr; ++i) {
      GElf_Shdr header;
      if (::gelf_getshdr(scn, &header) == nullptr) continue;
      if (visit(scn, header)) return;
    }
  }
};

Image::Image(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Image::Image(Image&&) noexcept = default;
Image& Image::operator=(Image&&) noexcept = default;
Image::~Image() = default;

Result<Image> Image::open(int fd) {
  if (::elf_version(EV_CURRENT) == EV_NONE)
    return fail(Errc::internal, "libelf is older than its header");
  struct stat status {};
  if (::fstat(fd, &status) != 0)
    return fail(Error::system(Errc::unreadable_file, errno, "opening an ELF file"));
  if (!S_ISREG(status.st_mode)) return fail(Errc::unreadable_file, "not a regular file");
  auto handle = std::make_unique<Handle>();
  handle->file_size = static_cast<std::uint64_t>(status.st_size);
  handle->elf = ::elf_begin(fd, ELF_C_READ, nullptr);
  if (handle->elf == nullptr || ::elf_kind(handle->elf) != ELF_K_ELF)
    return fail(Errc::unreadable_file, "not an ELF file");
  GElf_Ehdr header;
  if (::gelf_getehdr(handle->elf, &header) == nullptr)
    return fail(Errc::unreadable_file, "an ELF file without a header");
  Image image(std::move(handle));
  image.is_64bit_ = header.e_ident[EI_CLASS] == ELFCLASS64;
  image.little_endian_ = header.e_ident[EI_DATA] == ELFDATA2LSB;
  image.machine_ = header.e_machine;
  image.type_ = header.e_type;
  std::size_t count = 0;
  if (::elf_getphdrnum(image.handle_->elf, &count) != 0) count = 0;
  for (std::size_t i = 0; i < std::min(count, max_segments); ++i) {
    GElf_Phdr program;
    if (::gelf_getphdr(image.handle_->elf, static_cast<int>(i), &program) == nullptr) break;
    if (program.p_type == PT_GNU_EH_FRAME) image.eh_frame_header_ = {program.p_vaddr, program.p_memsz};
    if (program.p_type != PT_LOAD) continue;
    image.segments_.push_back({program.p_vaddr, program.p_memsz, program.p_offset, program.p_filesz,
                               (program.p_flags & PF_W) != 0, (program.p_flags & PF_X) != 0});
  }
  return image;
}

std::optional<Symbol> Image::symbol(std::string_view name) const {
  if (auto found = find_symbol(SHT_DYNSYM, name)) return found;
  return find_symbol(SHT_SYMTAB, name);
}

namespace {

/// Visits the symbols of one section that are defined, until `visit` says true: the symbol, its name, and how many bytes
/// of the string table are left from there on.
template <class File, class Visit>
bool visit_symbols(File& file, Elf_Scn* scn, const GElf_Shdr& header, Visit&& visit) {
  Elf_Data* symbols = file.data(scn, header);
  Elf_Scn* strings_scn = ::elf_getscn(file.elf, header.sh_link);
  GElf_Shdr strings_header;
  if (header.sh_entsize == 0 || symbols == nullptr || strings_scn == nullptr ||
      ::gelf_getshdr(strings_scn, &strings_header) == nullptr)
    return false;
  Elf_Data* strings = file.data(strings_scn, strings_header);
  if (strings == nullptr) return false;
  const char* text = static_cast<const char*>(strings->d_buf);
  const std::size_t entry = ::gelf_fsize(file.elf, ELF_T_SYM, 1, EV_CURRENT);
  const std::size_t count = entry == 0 ? 0 : symbols->d_size / entry;
  for (std::size_t i = 1; i < count; ++i) {
    GElf_Sym symbol;
    if (::gelf_getsym(symbols, static_cast<int>(i), &symbol) == nullptr) break;
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= strings->d_size) continue;
    if (visit(symbol, text + symbol.st_name, strings->d_size - symbol.st_name)) return true;
  }
  return false;
}

}  // namespace

std::optional<Symbol> Image::find_symbol(std::uint32_t table_type, std::string_view name) const {
  std::optional<Symbol> found;
  handle_->each_section([&](Elf_Scn* scn, const GElf_Shdr& header) {
    if (header.sh_type != table_type) return false;
    return visit_symbols(*handle_, scn, header, [&](const GElf_Sym& symbol, const char* text, std::size_t room) {
      if (room <= name.size() || std::memcmp(text, name.data(), name.size()) != 0 || text[name.size()] != '\0') return false;
      found = Symbol{symbol.st_value, symbol.st_size};
      return true;
    });
  });
  return found;
}

void Image::each_symbol(const std::function<void(const NamedSymbol&)>& visit) const {
  handle_->each_section([&](Elf_Scn* scn, const GElf_Shdr& header) {
    if (header.sh_type != SHT_DYNSYM && header.sh_type != SHT_SYMTAB) return false;
    return visit_symbols(*handle_, scn, header, [&](const GElf_Sym& symbol, const char* text, std::size_t room) {
      if (symbol.st_name != 0) visit({{symbol.st_value, symbol.st_size}, {text, ::strnlen(text, room)}, symbol.st_info});
      return false;
    });
  });
}

std::string Image::debug_link() const {
  const auto found = section(".gnu_debuglink");
  if (!found || found->type == SHT_NOBITS) return {};
  std::string name;
  handle_->each_section([&](Elf_Scn* scn, const GElf_Shdr& header) {
    if (header.sh_offset != found->offset || header.sh_type != found->type) return false;
    if (const Elf_Data* data = handle_->data(scn, header)) {
      const char* text = static_cast<const char*>(data->d_buf);
      name.assign(text, ::strnlen(text, data->d_size));
    }
    return true;
  });
  return name;
}

std::optional<Section> Image::section(std::string_view name) const {
  std::size_t names_index = 0;
  if (::elf_getshdrstrndx(handle_->elf, &names_index) != 0) return std::nullopt;
  Elf_Scn* names_scn = ::elf_getscn(handle_->elf, names_index);
  GElf_Shdr names_header;
  if (names_scn == nullptr || ::gelf_getshdr(names_scn, &names_header) == nullptr)
    return std::nullopt;
  Elf_Data* names = handle_->data(names_scn, names_header);
  if (names == nullptr) return std::nullopt;
  std::optional<Section> found;
  handle_->each_section([&](Elf_Scn*, const GElf_Shdr& header) {
    if (header.sh_name >= names->d_size) return false;
    const char* text = static_cast<const char*>(names->d_buf) + header.sh_name;
    if (std::string_view(text, ::strnlen(text, names->d_size - header.sh_name)) != name)
      return false;
    found = Section{header.sh_addr, header.sh_size, header.sh_offset, header.sh_type};
    return true;
  });
  return found;
}

std::string Image::build_id() const {
  std::string id;
  handle_->each_section([&](Elf_Scn* scn, const GElf_Shdr& header) {
    if (header.sh_type != SHT_NOTE) return false;
    Elf_Data* data = handle_->data(scn, header);
    if (data == nullptr) return false;
    const auto* bytes = static_cast<const unsigned char*>(data->d_buf);
    std::size_t offset = 0;
    GElf_Nhdr note;
    std::size_t name_offset = 0, desc_offset = 0;
    while ((offset = ::gelf_getnote(data, offset, &note, &name_offset, &desc_offset)) != 0) {
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(bytes + name_offset, "GNU", 4) == 0 && note.n_descsz > 0 &&
          note.n_descsz <= 64) {
        id = hex(bytes + desc_offset, note.n_descsz);
        return true;
      }
    }
    return false;
  });
  return id;
}

std::vector<std::string> Image::dynamic_strings(std::int64_t tag) const {
  std::vector<std::string> texts;
  handle_->each_section([&](Elf_Scn* scn, const GElf_Shdr& header) {
    if (header.sh_type != SHT_DYNAMIC) return false;
    Elf_Data* data = handle_->data(scn, header);
    if (data == nullptr) return false;
    // Not elf_strptr(): it would read the table whatever size it claims.
    Elf_Scn* strings_scn = ::elf_getscn(handle_->elf, header.sh_link);
    GElf_Shdr strings_header;
    if (strings_scn == nullptr || ::gelf_getshdr(strings_scn, &strings_header) == nullptr)
      return false;
    Elf_Data* strings = handle_->data(strings_scn, strings_header);
    if (strings == nullptr) return false;
    for (std::size_t i = 0; i < max_dynamic; ++i) {
      GElf_Dyn entry;
      if (::gelf_getdyn(data, static_cast<int>(i), &entry) == nullptr || entry.d_tag == DT_NULL)
        break;
      if (entry.d_tag != tag || entry.d_un.d_val >= strings->d_size) continue;
      const char* text = static_cast<const char*>(strings->d_buf) + entry.d_un.d_val;
      texts.emplace_back(text, ::strnlen(text, strings->d_size - entry.d_un.d_val));
    }
    return true;
  });
  return texts;
}

std::string Image::soname() const {
  auto names = dynamic_strings(DT_SONAME);
  return names.empty() ? std::string() : std::move(names.front());
}

std::vector<std::string> Image::needed() const { return dynamic_strings(DT_NEEDED); }

std::optional<std::uint64_t> load_bias(std::uint16_t type, const std::vector<Segment>& segments,
                                       std::uint64_t first_mapping) {
  if (type == ET_EXEC) return 0;
  if (segments.empty()) return std::nullopt;
  constexpr std::uint64_t page = 4096;
  std::uint64_t lowest = ~0ULL;
  for (const Segment& segment : segments) lowest = std::min(lowest, segment.vaddr);
  return first_mapping - lowest / page * page;
}

}  // namespace pyexc::elf
