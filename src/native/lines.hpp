#pragma once
// From an address of an ELF file to a line of source, by its DWARF.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace pyexc::native {

class Lines {
 public:
  struct Found {
    std::string file;
    std::int64_t line = 0;
  };

  /// Empty if the file has no line table, or more debug information than is looked at, or time is up.
  [[nodiscard]] static Lines open(int fd, std::chrono::steady_clock::time_point until);
  Lines(Lines&&) noexcept;
  Lines& operator=(Lines&&) noexcept;
  ~Lines();

  [[nodiscard]] std::optional<Found> find(std::uint64_t address) const;

 private:
  struct Handle;
  explicit Lines(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace pyexc::native
