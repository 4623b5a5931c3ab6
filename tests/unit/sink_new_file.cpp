#include <doctest/doctest.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sink/sink.hpp"

using namespace pyexc;
using sink::NewFile;

namespace {

struct Directory {
  std::filesystem::path path;
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pyexc-sink-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::string operator/(const char* name) const { return (path / name).string(); }
  std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(path),
                         std::filesystem::directory_iterator());
  }
};

std::string contents(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a new file is complete, private and alone") {
  for (const NewFile::How how : {NewFile::How::best, NewFile::How::named}) {
    const Directory directory;
    const std::string path = directory / "report";
    {
      auto file = NewFile::create(path, how);
      REQUIRE(file);
      REQUIRE(file->write("one "));
      REQUIRE(file->write("two"));
      CHECK_FALSE(std::filesystem::exists(path));
      REQUIRE(file->commit());
    }
    CHECK(contents(path) == "one two");
    CHECK(directory.entries() == 1);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
  }
}

TEST_CASE("a file that is not committed leaves nothing behind") {
  for (const NewFile::How how : {NewFile::How::best, NewFile::How::named}) {
    const Directory directory;
    {
      auto file = NewFile::create(directory / "report", how);
      REQUIRE(file);
      REQUIRE(file->write("half"));
    }
    CHECK(directory.entries() == 0);
  }
}

TEST_CASE("nothing is overwritten and no link is followed") {
  const Directory directory;
  const std::string file = directory / "file";
  std::ofstream(file) << "old";
  std::filesystem::create_symlink(file, directory / "link");
  std::filesystem::create_symlink(directory / "nowhere", directory / "dangling");
  REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
  for (const char* name : {"file", "link", "dangling", "fifo"}) {
    const auto result = sink::write_new_file(directory / name, "new");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::exists);
  }
  CHECK(contents(file) == "old");
  CHECK_FALSE(std::filesystem::exists(directory / "nowhere"));
}

TEST_CASE("a file that appears while we write is not replaced") {
  for (const NewFile::How how : {NewFile::How::best, NewFile::How::named}) {
    const Directory directory;
    const std::string path = directory / "report";
    {
      auto file = NewFile::create(path, how);
      REQUIRE(file);
      REQUIRE(file->write("ours"));
      std::ofstream(path) << "theirs";
      const auto result = file->commit();
      REQUIRE_FALSE(result);
      CHECK(result.error().code == Errc::exists);
    }
    CHECK(contents(path) == "theirs");
    CHECK(directory.entries() == 1);
  }
}

TEST_CASE("paths that cannot be a new file") {
  const Directory directory;
  for (const std::string& path :
       {directory / "no/such/directory", directory.path.string() + "/",
        std::string("/proc/self/fd"), std::string(""), std::string("..")}) {
    const auto result = sink::write_new_file(path, "x");
    REQUIRE_FALSE(result);
    CHECK((result.error().code == Errc::write_failed || result.error().code == Errc::exists));
  }
}

TEST_CASE("a full disk is an error with its errno") {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full);
  const auto result = sink::write_all(full.get(), "x", "stdout");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::write_failed);
  CHECK(result.error().sys_errno == ENOSPC);
}
