#pragma once
// Numbers and strings as a recording has them: little endian, every length in front of what it measures.
// The reader never looks past its end; the first thing that does not fit makes all that follows zero or
// empty and is asked about once, at the end.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace pyexc::recording {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in memory");

class ByteWriter {
 public:
  template <class T>
    requires std::is_arithmetic_v<T>
  void number(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    bytes_.append(bytes, sizeof(T));
  }
  void raw(std::string_view bytes) { bytes_ += bytes; }
  void flag(bool value) { number<std::uint8_t>(value ? 1 : 0); }
  void string(std::string_view text) {
    length(text.size());
    bytes_ += text;
  }
  /// Of a string or a record in bytes, of a list in items.
  void length(std::size_t value) {
    fits_ = fits_ && value <= std::numeric_limits<std::uint32_t>::max();
    number(static_cast<std::uint32_t>(value));
  }
  /// `write_item(item)` for each, as records: a later version may add fields at their ends.
  template <class List, class WriteItem>
  void records(const List& list, WriteItem write_item) {
    length(list.size());
    for (const auto& item : list) {
      const std::size_t at = bytes_.size();
      length(0);
      write_item(item);
      const std::size_t size = bytes_.size() - at - sizeof(std::uint32_t);
      fits_ = fits_ && size <= std::numeric_limits<std::uint32_t>::max();
      const auto stored = static_cast<std::uint32_t>(size);
      std::memcpy(bytes_.data() + at, &stored, sizeof(stored));
    }
  }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  /// False once a length did not fit into its field.
  [[nodiscard]] bool fits() const noexcept { return fits_; }

 private:
  std::string bytes_;
  bool fits_ = true;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) noexcept : left_(bytes) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }
  void fail() noexcept {
    ok_ = false;
    left_ = {};
  }

  [[nodiscard]] std::span<const std::byte> take(std::uint64_t size) noexcept {
    if (size > left_.size()) {
      fail();
      return {};
    }
    const auto taken = left_.first(static_cast<std::size_t>(size));
    left_ = left_.subspan(static_cast<std::size_t>(size));
    return taken;
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  [[nodiscard]] T number() noexcept {
    T value{};
    if (const auto bytes = take(sizeof(T)); !bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  [[nodiscard]] bool flag() noexcept {
    const auto value = number<std::uint8_t>();
    if (value > 1) fail();
    return value == 1;
  }
  [[nodiscard]] std::string string() {
    const auto bytes = take(number<std::uint32_t>());
    return bytes.empty() ? std::string() : std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  /// The number of items of a list of which each takes at least `least` bytes.
  [[nodiscard]] std::uint32_t count(std::size_t least) noexcept {
    const auto value = number<std::uint32_t>();
    if (value > left_.size() / least) {
      fail();
      return 0;
    }
    return value;
  }
  /// `read_item(ByteReader&)` for each record; what it leaves unread is of a later version.
  template <class ReadItem>
  void records(ReadItem read_item) {
    const std::uint32_t items = count(sizeof(std::uint32_t));
    for (std::uint32_t i = 0; i < items && ok_; ++i) {
      ByteReader record(take(number<std::uint32_t>()));
      if (!ok_) return;
      read_item(record);
      if (!record.ok()) fail();
    }
  }

 private:
  std::span<const std::byte> left_;
  bool ok_ = true;
};

}  // namespace pyexc::recording
