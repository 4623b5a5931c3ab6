// A zip archive with every byte damaged in turn: whatever comes out, it comes out.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "source/zip.hpp"

using namespace pyexc;

namespace {

void put(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

// "hello\n" three times, raw deflate.
const std::string deflated("\xcb\x48\xcd\xc9\xc9\xe7\xca\x40\x22\x01", 10);

std::string archive() {
  std::string out = "prefix";
  std::string directory;
  const auto add = [&](const std::string& name, unsigned method, const std::string& data) {
    const std::size_t header = out.size() - 6;
    out += "PK\x03\x04";
    out.append(22, '\0');
    put(out, name.size(), 2);
    put(out, 0, 2);
    out += name + data;
    directory += "PK\x01\x02";
    directory.append(6, '\0');
    put(directory, method, 2);
    directory.append(8, '\0');
    put(directory, data.size(), 4);
    put(directory, 18, 4);
    put(directory, name.size(), 2);
    directory.append(12, '\0');
    put(directory, header, 4);
    directory += name;
  };
  add("a.py", 8, deflated);
  add("b.py", 0, "stored\n");
  add("p/__init__.py", 0, "package\n");
  const std::size_t offset = out.size() - 6;
  out += directory;
  out += "PK\x05\x06";
  put(out, 0, 4);
  put(out, 3, 2);
  put(out, 3, 2);
  put(out, directory.size(), 4);
  put(out, offset, 4);
  put(out, 0, 2);
  return out;
}

class Directory {
 public:
  Directory() {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
    roots_.root = UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    roots_.cwd = UniqueFd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    roots_.credentials = {::getuid(), ::getgid(), {}};
  }
  ~Directory() {
    ::unlink((path_ + "/x.zip").c_str());
    ::rmdir(path_.c_str());
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  void write(const std::string& bytes) {
    const UniqueFd fd(::open((path_ + "/x.zip").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    REQUIRE(::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  [[nodiscard]] TargetFiles files() const { return {roots_, limits_, {}}; }

 private:
  std::string path_ = "/tmp/pyexc-zip-XXXXXX";
  SourceRoots roots_;
  SourceLimits limits_;
};

using Read = ZipArchive::Read;

Read source(const TargetFiles& files, PyTextView prefix, PyTextView module, std::int64_t limit,
            std::string& bytes) {
  ZipArchive zip;
  const Read opened = ZipArchive::open(files, "x.zip", zip);
  return opened == Read::done ? zip.source_of(prefix, module, limit, bytes) : opened;
}

}  // namespace

TEST_CASE("members are found as zipimport finds them") {
  Directory directory;
  directory.write(archive());
  const TargetFiles files = directory.files();
  std::string bytes;
  CHECK(source(files, "", "x.a", 1'000, bytes) == Read::done);
  CHECK(bytes == "hello\nhello\nhello\n");
  CHECK(source(files, "", "b", 1'000, bytes) == Read::done);
  CHECK(bytes == "stored\n");
  CHECK(source(files, "", "p", 1'000, bytes) == Read::done);
  CHECK(bytes == "package\n");
  CHECK(source(files, "", "c", 1'000, bytes) == Read::fails);
  CHECK(source(files, "", "a", 17, bytes) == Read::too_large);
  CHECK(source(files, "", "b", 6, bytes) == Read::too_large);
  ZipArchive zip;
  CHECK(ZipArchive::open(files, "none.zip", zip) == Read::fails);
}

TEST_CASE("a damaged archive is survived") {
  Directory directory;
  const std::string good = archive();
  const TargetFiles files = directory.files();
  std::string bytes;
  std::size_t unreadable = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char change : {'\xff', '\x01', '\x80'}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ change);
      directory.write(bad);
      for (const char* module : {"a", "b", "p"}) {
        if (source(files, "", module, 1'000, bytes) != Read::done) ++unreadable;
        CHECK(bytes.size() <= 1'000);
      }
    }
  }
  CHECK(unreadable > 100);
  for (std::size_t length = 0; length < good.size(); ++length) {
    directory.write(good.substr(0, length));
    CHECK(source(files, "", "a", 1'000, bytes) != Read::done);
  }
}
