#include "elf/memory_image.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace pyexc::elf {

namespace {

constexpr std::size_t max_segments = 64;
constexpr std::size_t max_dynamic = 512;
constexpr std::size_t max_chain = 4096;  // symbols of one hash bucket
constexpr std::uint64_t max_string = 512;
constexpr std::uint64_t max_symbols = 1U << 18;

std::uint32_t gnu_hash(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
  return hash;
}

std::uint32_t sysv_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char c : name) {
    hash = (hash << 4) + static_cast<unsigned char>(c);
    const std::uint32_t high = hash & 0xf0000000U;
    if (high != 0) hash ^= high >> 24;
    hash &= ~high;
  }
  return hash;
}

}  // namespace

Result<MemoryImage> MemoryImage::open(PageCache& memory, RemoteAddr start) {
  MemoryImage image(memory);
  PYEXC_TRY(const auto header, memory.read<Elf64_Ehdr>(start));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return fail(Errc::invalid, "no ELF header in memory");
  image.is_64bit_ = header.e_ident[EI_CLASS] == ELFCLASS64;
  image.machine_ = header.e_machine;
  image.type_ = header.e_type;
  if (!image.is_64bit_) return image;  // the caller refuses it; nothing else can be read
  if (header.e_ident[EI_DATA] != ELFDATA2LSB)
    return fail(Errc::invalid, "an ELF file of the other byte order");
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    return fail(Errc::invalid, "odd ELF program headers");
  std::uint64_t dynamic = 0, dynamic_size = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(header.e_phnum, max_segments); ++i) {
    PYEXC_TRY(const auto program,
              memory.read<Elf64_Phdr>(start + header.e_phoff + i * sizeof(Elf64_Phdr)));
    if (program.p_type == PT_DYNAMIC) {
      dynamic = program.p_vaddr;
      dynamic_size = program.p_memsz;
    } else if (program.p_type == PT_GNU_EH_FRAME) {
      image.eh_frame_header_ = {program.p_vaddr, program.p_memsz};
    } else if (program.p_type == PT_LOAD) {
      image.segments_.push_back({program.p_vaddr, program.p_memsz, program.p_offset,
                                 program.p_filesz, (program.p_flags & PF_W) != 0,
                                 (program.p_flags & PF_X) != 0});
    }
  }
  const auto bias = load_bias(image.type_, image.segments_, start.value());
  if (!bias) return fail(Errc::invalid, "an ELF file without segments");
  image.bias_ = *bias;
  if (dynamic != 0) PYEXC_CHECK(image.read_dynamic(dynamic, dynamic_size));
  return image;
}

// glibc writes the loaded addresses into the dynamic section, musl leaves the file's.
std::uint64_t MemoryImage::loaded_address(std::uint64_t value) const noexcept {
  if (value == 0 || bias_ == 0) return value;
  for (const Segment& segment : segments_)
    if (value - segment.vaddr < segment.memory_size) return value + bias_;
  return value;
}

Result<void> MemoryImage::read_dynamic(std::uint64_t vaddr, std::uint64_t size) {
  const RemoteAddr table(bias_ + vaddr);
  const std::size_t count = std::min<std::size_t>(size / sizeof(Elf64_Dyn), max_dynamic);
  std::optional<std::uint64_t> soname;
  for (std::size_t i = 0; i < count; ++i) {
    PYEXC_TRY(const auto entry, memory_->read<Elf64_Dyn>(table + i * sizeof(Elf64_Dyn)));
    const std::uint64_t value = entry.d_un.d_val;
    switch (entry.d_tag) {
      case DT_NULL: soname_ = soname; return {};
      case DT_SYMTAB: symbols_ = loaded_address(value); break;
      case DT_STRTAB: strings_ = loaded_address(value); break;
      case DT_STRSZ: strings_size_ = value; break;
      case DT_GNU_HASH: gnu_hash_ = loaded_address(value); break;
      case DT_HASH: sysv_hash_ = loaded_address(value); break;
      case DT_SONAME: soname = value; break;
      default: break;
    }
  }
  soname_ = soname;
  return {};
}

std::optional<Symbol> MemoryImage::match(std::uint64_t index, std::string_view name) {
  const auto symbol = memory_->read<Elf64_Sym>(RemoteAddr(symbols_) + index * sizeof(Elf64_Sym));
  if (!symbol || symbol->st_shndx == SHN_UNDEF || symbol->st_name >= strings_size_)
    return std::nullopt;
  std::array<char, max_string> text;
  if (name.size() + 1 > text.size() || name.size() >= strings_size_ - symbol->st_name)
    return std::nullopt;
  const std::span<char> wanted(text.data(), name.size() + 1);
  if (!memory_->read_into(RemoteAddr(strings_) + symbol->st_name, std::as_writable_bytes(wanted)))
    return std::nullopt;
  if (std::string_view(text.data(), name.size()) != name || text[name.size()] != '\0')
    return std::nullopt;
  const std::uint64_t shift = symbol->st_shndx == SHN_ABS ? 0 : bias_;
  return Symbol{symbol->st_value + shift, symbol->st_size};
}

void MemoryImage::each_symbol(const std::function<void(const NamedSymbol&)>& visit) {
  if (symbols_ == 0 || strings_ <= symbols_) return;
  // Nothing says how many there are. Linkers put the strings right behind them.
  const std::uint64_t count = std::min<std::uint64_t>((strings_ - symbols_) / sizeof(Elf64_Sym), max_symbols);
  for (std::uint64_t i = 1; i < count; ++i) {
    const auto symbol = memory_->read<Elf64_Sym>(RemoteAddr(symbols_) + i * sizeof(Elf64_Sym));
    if (!symbol) return;
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_name == 0 || symbol->st_name >= strings_size_) continue;
    const auto name = memory_->read_cstring(RemoteAddr(strings_) + symbol->st_name,
                                            std::min(max_string, strings_size_ - symbol->st_name));
    if (name) visit({{symbol->st_value, symbol->st_size}, *name, symbol->st_info});
  }
}

std::optional<Symbol> MemoryImage::symbol(std::string_view name) {
  if (symbols_ == 0 || strings_ == 0) return std::nullopt;
  if (gnu_hash_ != 0) return find_gnu(name);
  if (sysv_hash_ != 0) return find_sysv(name);
  return std::nullopt;
}

std::optional<Symbol> MemoryImage::find_gnu(std::string_view name) {
  struct Header {
    std::uint32_t buckets, first_symbol, bloom_words, bloom_shift;
  };
  const RemoteAddr table(gnu_hash_);
  const auto header = memory_->read<Header>(table);
  if (!header || header->buckets == 0 || header->bloom_words == 0) return std::nullopt;
  const std::uint32_t hash = gnu_hash(name);
  const RemoteAddr bloom = table + sizeof(Header);
  const auto word =
      memory_->read<std::uint64_t>(bloom + std::uint64_t{(hash / 64) % header->bloom_words} * 8);
  if (!word) return std::nullopt;
  const std::uint64_t mask =
      (1ULL << (hash % 64)) | (1ULL << ((hash >> (header->bloom_shift % 32)) % 64));
  if ((*word & mask) != mask) return std::nullopt;
  const RemoteAddr buckets = bloom + std::uint64_t{header->bloom_words} * 8;
  const auto first =
      memory_->read<std::uint32_t>(buckets + std::uint64_t{hash % header->buckets} * 4);
  if (!first || *first < header->first_symbol) return std::nullopt;
  const RemoteAddr chains = buckets + std::uint64_t{header->buckets} * 4;
  for (std::uint64_t i = *first, steps = 0; steps < max_chain; ++i, ++steps) {
    const auto chain = memory_->read<std::uint32_t>(chains + (i - header->first_symbol) * 4);
    if (!chain) return std::nullopt;
    if ((*chain | 1) == (hash | 1))
      if (auto found = match(i, name)) return found;
    if ((*chain & 1) != 0) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Symbol> MemoryImage::find_sysv(std::string_view name) {
  struct Header {
    std::uint32_t buckets, chains;
  };
  const RemoteAddr table(sysv_hash_);
  const auto header = memory_->read<Header>(table);
  if (!header || header->buckets == 0) return std::nullopt;
  const RemoteAddr buckets = table + sizeof(Header);
  const RemoteAddr chains = buckets + std::uint64_t{header->buckets} * 4;
  auto index =
      memory_->read<std::uint32_t>(buckets + std::uint64_t{sysv_hash(name) % header->buckets} * 4);
  for (std::size_t steps = 0; index && *index != 0 && *index < header->chains && steps < max_chain;
       ++steps) {
    if (auto found = match(*index, name)) return found;
    index = memory_->read<std::uint32_t>(chains + std::uint64_t{*index} * 4);
  }
  return std::nullopt;
}

std::string MemoryImage::soname() {
  if (!soname_ || *soname_ >= strings_size_ || strings_ == 0) return {};
  return memory_
      ->read_cstring(RemoteAddr(strings_) + *soname_,
                     std::min(max_string, strings_size_ - *soname_))
      .value_or(std::string());
}

}  // namespace pyexc::elf
