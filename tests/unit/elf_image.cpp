#include <doctest/doctest.h>

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <random>
#include <vector>

#include "base/fd.hpp"
#include "elf/image.hpp"
#include "elf/memory_image.hpp"

using namespace pyexc;

namespace {

class OwnMemory final : public PageSource {
 public:
  Result<void> read_pages(std::span<PageRequest> requests) override {
    for (PageRequest& r : requests) {
      iovec local{r.destination, page_size};
      iovec remote{reinterpret_cast<void*>(r.page * page_size), page_size};
      r.ok = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0) ==
             static_cast<ssize_t>(page_size);
    }
    return {};
  }
};

/// A library of this process, as the dynamic loader knows it.
struct Library {
  std::string path;
  std::uint64_t start = 0, base = 0;
};

Library library_of(const void* address) {
  Dl_info info{};
  link_map* map = nullptr;
  REQUIRE(::dladdr1(address, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) != 0);
  return {info.dli_fname, reinterpret_cast<std::uint64_t>(info.dli_fbase), map->l_addr};
}

Library zlib() {
  static void* handle = ::dlopen("libz.so.1", RTLD_NOW);
  REQUIRE(handle != nullptr);
  return library_of(::dlsym(handle, "inflate"));
}

std::vector<char> contents(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

UniqueFd file_of(const std::vector<char>& bytes) {
  UniqueFd fd(::memfd_create("elf", MFD_CLOEXEC));
  REQUIRE(fd);
  REQUIRE(::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return fd;
}

void use_everything(const elf::Image& image) {
  (void)image.symbol("inflate");
  (void)image.symbol("no such symbol");
  (void)image.section(".text");
  (void)image.section("");
  (void)image.build_id();
  (void)image.soname();
  (void)image.needed();
  (void)elf::load_bias(image.type(), image.segments(), 0x7f0000000000);
}

}  // namespace

TEST_CASE("a library's file agrees with the dynamic loader") {
  const Library library = zlib();
  const UniqueFd fd(::open(library.path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(fd);
  const auto image = elf::Image::open(fd.get());
  REQUIRE(image);
  CHECK(image->is_64bit());
  CHECK(image->type() == ET_DYN);
  const auto bias = elf::load_bias(image->type(), image->segments(), library.start);
  REQUIRE(bias);
  CHECK(*bias == library.base);
  for (const char* name : {"inflate", "deflate", "crc32", "zlibVersion"}) {
    const auto symbol = image->symbol(name);
    REQUIRE(symbol);
    void* handle = ::dlopen("libz.so.1", RTLD_NOW);
    CHECK(symbol->value + *bias == reinterpret_cast<std::uint64_t>(::dlsym(handle, name)));
    ::dlclose(handle);
  }
  CHECK_FALSE(image->symbol("inflat"));
  CHECK_FALSE(image->symbol("inflate_"));
  CHECK_FALSE(image->symbol("malloc"));  // undefined there
  CHECK(image->soname() == "libz.so.1");
  const auto needed = image->needed();
  REQUIRE(needed.size() >= 1);
  CHECK(needed.back() == "libc.so.6");
  const auto text = image->section(".text");
  REQUIRE(text);
  CHECK(text->type == SHT_PROGBITS);
  CHECK_FALSE(image->section(".tex"));
  const std::string id = image->build_id();
  CHECK(id.size() == 40);
  CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("a local symbol is found in .symtab") {
  const UniqueFd fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto image = elf::Image::open(fd.get());
  REQUIRE(image);
  CHECK(image->symbol("main"));
}

TEST_CASE("the loaded image agrees with the dynamic loader") {
  OwnMemory source;
  PageCache memory(source, 10'000);
  const Library library = zlib();
  auto image = elf::MemoryImage::open(memory, RemoteAddr(library.start));
  REQUIRE(image);
  CHECK(image->bias() == library.base);
  CHECK(image->soname() == "libz.so.1");
  void* handle = ::dlopen("libz.so.1", RTLD_NOW);
  for (const char* name : {"inflate", "deflate", "crc32", "zlibVersion", "gzopen64", "adler32_z"}) {
    const auto symbol = image->symbol(name);
    REQUIRE(symbol);
    CHECK(symbol->value == reinterpret_cast<std::uint64_t>(::dlsym(handle, name)));
  }
  ::dlclose(handle);
  CHECK_FALSE(image->symbol("malloc"));
  CHECK_FALSE(image->symbol("inflat"));
  CHECK_FALSE(image->symbol(std::string(10'000, 'x')));
}

TEST_CASE("what is no ELF file is refused") {
  const auto open = [](const std::vector<char>& bytes) {
    const UniqueFd fd = file_of(bytes);
    const auto image = elf::Image::open(fd.get());
    return image ? Errc::internal : image.error().code;
  };
  CHECK(open({}) == Errc::unreadable_file);
  CHECK(open({'#', '!', '/', 'b', 'i', 'n'}) == Errc::unreadable_file);
  CHECK(open({0x7f, 'E', 'L', 'F'}) == Errc::unreadable_file);
  const UniqueFd directory(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto image = elf::Image::open(directory.get());
  REQUIRE_FALSE(image);
  CHECK(image.error().code == Errc::unreadable_file);
  CHECK_FALSE(elf::Image::open(-1));
}

TEST_CASE("a truncated file never crashes") {
  const std::vector<char> whole = contents(zlib().path);
  REQUIRE(whole.size() > 10'000);
  std::size_t opened = 0;
  for (std::size_t size = 0; size < whole.size(); size += size < 1024 ? 7 : 997) {
    const UniqueFd fd = file_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    if (const auto image = elf::Image::open(fd.get())) {
      ++opened;
      use_everything(*image);
    }
  }
  CHECK(opened > 0);
}

TEST_CASE("a file truncated while it is open never crashes") {
  const std::vector<char> whole = contents(zlib().path);
  const UniqueFd fd = file_of(whole);
  const auto image = elf::Image::open(fd.get());
  REQUIRE(image);
  REQUIRE(::ftruncate(fd.get(), 100) == 0);
  use_everything(*image);
}

TEST_CASE("damaged headers and tables never crash") {
  const std::vector<char> whole = contents(zlib().path);
  Elf64_Ehdr header;
  std::memcpy(&header, whole.data(), sizeof header);
  const std::size_t sections = header.e_shoff, count = header.e_shnum;
  REQUIRE(sections + count * sizeof(Elf64_Shdr) <= whole.size());
  std::mt19937_64 random(1);
  constexpr std::uint64_t interesting[] = {0,          1,          0x7f,       0xff,  0xffff,
                                           0x7fffffff, 0xffffffff, 0xfffffff8, ~0ULL, 1ULL << 63};
  for (int round = 0; round < 1500; ++round) {
    std::vector<char> bytes = whole;
    const int changes = 1 + static_cast<int>(random() % 6);
    for (int i = 0; i < changes; ++i) {
      std::size_t at = 0;
      switch (random() % 4) {
        case 0: at = random() % sizeof header; break;
        case 1: at = header.e_phoff + random() % (header.e_phnum * sizeof(Elf64_Phdr)); break;
        case 2: at = sections + random() % (count * sizeof(Elf64_Shdr)); break;
        default: at = random() % 0x4000; break;  // notes, hashes, .dynsym and .dynstr come first
      }
      const std::uint64_t value =
          random() % 2 == 0 ? random() : interesting[random() % std::size(interesting)];
      const std::size_t width = std::size_t{1} << (random() % 4);
      std::memcpy(bytes.data() + std::min(at, bytes.size() - 8), &value, width);
    }
    const UniqueFd fd = file_of(bytes);
    if (const auto image = elf::Image::open(fd.get())) use_everything(*image);
  }
}

namespace {

/// The bytes of a library as they are in memory, at an address of our choice.
class FakeMemory final : public PageSource {
 public:
  std::uint64_t base = 0x10000000;
  std::vector<std::byte> bytes;

  Result<void> read_pages(std::span<PageRequest> requests) override {
    for (PageRequest& r : requests) {
      const std::uint64_t at = r.page * page_size;
      r.ok = at >= base && at + page_size <= base + bytes.size();
      if (r.ok) std::memcpy(r.destination, bytes.data() + (at - base), page_size);
    }
    return {};
  }
};

void copy_loaded(const Library& library, FakeMemory& fake) {
  OwnMemory source;
  PageCache memory(source, 10'000);
  auto image = elf::MemoryImage::open(memory, RemoteAddr(library.start));
  REQUIRE(image);
  std::uint64_t end = 0;
  for (const elf::Segment& segment : image->segments())
    end = std::max(end, segment.vaddr + segment.memory_size);
  fake.base = library.start;  // glibc has written loaded addresses into the dynamic section
  fake.bytes.resize((end + page_size - 1) / page_size * page_size);
  for (std::size_t at = 0; at < fake.bytes.size(); at += page_size)
    (void)memory.read_into(RemoteAddr(library.start + at),
                           std::span(fake.bytes).subspan(at, page_size));
}

}  // namespace

TEST_CASE("a damaged loaded image ends in an answer") {
  FakeMemory fake;
  copy_loaded(zlib(), fake);
  const std::vector<std::byte> good = fake.bytes;
  std::mt19937_64 random(2);
  std::size_t found = 0;
  for (int round = 0; round < 4000; ++round) {
    fake.bytes = good;
    const int changes = static_cast<int>(random() % 6);
    for (int i = 0; i < changes; ++i) {
      const std::size_t range = random() % 2 == 0 ? 0x400 : fake.bytes.size() - 8;
      const std::uint64_t value = random() % 3 == 0 ? ~0ULL >> (random() % 64) : random();
      std::memcpy(fake.bytes.data() + random() % range, &value, std::size_t{1} << (random() % 4));
    }
    PageCache memory(fake, 10'000);
    auto image = elf::MemoryImage::open(memory, RemoteAddr(fake.base));
    if (!image) continue;
    found += image->symbol("inflate").has_value() ? 1 : 0;
    (void)image->symbol("_PyRuntime");
    (void)image->soname();
  }
  CHECK(found > 1000);
}
