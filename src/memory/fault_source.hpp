#pragma once
// A source in which one thing goes wrong: the n-th distinct page that anyone asks for cannot be read, or
// the target is gone from that moment on. Run over a recording once for every n, it shows that no single
// loss costs more than what depended on it.

#include <cstdint>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "memory/page_source.hpp"

namespace pyexc {

class FaultSource final : public PageSource {
 public:
  enum class Fault : std::uint8_t {
    page_unreadable,  ///< that page alone, however often it is asked for
    target_gone,      ///< the call it is asked for in, and every one after it
  };

  /// `nth` counts from 0, in the order of asking; beyond the last page nothing goes wrong. `inner` must
  /// outlive this.
  FaultSource(PageSource& inner, std::size_t nth, Fault fault = Fault::page_unreadable)
      : inner_(inner), nth_(nth), fault_(fault) {}

  [[nodiscard]] Result<void> read_pages(std::span<PageRequest> requests) override {
    for (const PageRequest& request : requests)
      if (seen_.insert(request.page).second && seen_.size() == nth_ + 1) faulted_ = request.page;
    if (faulted_ && fault_ == Fault::target_gone) {
      for (PageRequest& request : requests) request.ok = false;
      return fail(Errc::process_ended, "reading memory");
    }
    PYEXC_CHECK(inner_.read_pages(requests));
    for (PageRequest& request : requests) {
      if (request.page != faulted_) continue;
      request.ok = false;
      std::memset(request.destination, spoiled, page_size);
    }
    return {};
  }

  /// Distinct pages asked for so far.
  [[nodiscard]] std::size_t pages_seen() const noexcept { return seen_.size(); }
  /// The page it happened at, none if it has not happened.
  [[nodiscard]] std::optional<std::uint64_t> faulted() const noexcept { return faulted_; }

 private:
  static constexpr int spoiled = 0xdb;  // whoever uses the page all the same shows up

  PageSource& inner_;
  std::size_t nth_;
  Fault fault_;
  std::unordered_set<std::uint64_t> seen_;
  std::optional<std::uint64_t> faulted_;
};

}  // namespace pyexc
