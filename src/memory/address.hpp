#pragma once
// An address in the target. Distinct from our own pointers and from plain numbers, so that neither is
// ever dereferenced by mistake; the constructor is explicit for the same reason.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace pyexc {

class RemoteAddr {
 public:
  constexpr RemoteAddr() = default;
  constexpr explicit RemoteAddr(std::uint64_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr bool null() const noexcept { return value_ == 0; }
  constexpr explicit operator bool() const noexcept { return value_ != 0; }

  /// Wraps at 2^64, as the target's own arithmetic would; the read that follows then fails.
  [[nodiscard]] constexpr RemoteAddr operator+(std::uint64_t offset) const noexcept {
    return RemoteAddr(value_ + offset);
  }
  [[nodiscard]] constexpr RemoteAddr operator-(std::uint64_t offset) const noexcept {
    return RemoteAddr(value_ - offset);
  }
  constexpr auto operator<=>(const RemoteAddr&) const = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace pyexc

template <>
struct std::hash<pyexc::RemoteAddr> {
  std::size_t operator()(pyexc::RemoteAddr addr) const noexcept {
    return std::hash<std::uint64_t>{}(addr.value() >> 3);
  }
};
