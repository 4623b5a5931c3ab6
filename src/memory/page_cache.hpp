#pragma once
// All reads of a target go through one PageCache. It does three things the rest relies on:
//   * a structure is read as the pages it lies on, each page once per freeze, many pages a call;
//   * every page touched is kept, so after the thaw the same decoders run on the same bytes;
//   * after seal() nothing is read from the target any more: a page that was not kept is an error
//     (`not_captured`), never a late look at a process that has moved on.
// A page the source cannot read is remembered as such, so a broken pointer costs one system call.
//
// Threads: one thread reads at a time. seal() may be called by another thread while a read is blocked
// in the kernel; that read's bytes are then dropped, and the sealed cache may be read at once.

#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "memory/page_source.hpp"

namespace pyexc {

/// Page numbers [first, end).
struct PageRange {
  std::uint64_t first = 0, end = 0;
};

class PageCache {
 public:
  /// `source` must outlive the cache or be cut off by seal().
  PageCache(PageSource& source, std::size_t max_pages);
  ~PageCache();
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  /// Copies out.size() bytes. Fails as a whole if any byte cannot be had.
  [[nodiscard]] Result<void> read_into(RemoteAddr addr, std::span<std::byte> out);

  /// One scalar or trivially copyable structure.
  template <class T>
    requires std::is_trivially_copyable_v<T>
  [[nodiscard]] Result<T> read(RemoteAddr addr) {
    T value;
    if (const std::byte* fast = cached(addr, sizeof(T))) {
      std::memcpy(&value, fast, sizeof(T));
      return value;
    }
    PYEXC_CHECK(read_into(addr, std::as_writable_bytes(std::span(&value, 1))));
    return value;
  }
  [[nodiscard]] Result<RemoteAddr> read_pointer(RemoteAddr addr) {
    PYEXC_TRY(const auto value, read<std::uint64_t>(addr));
    return RemoteAddr(value);
  }

  /// `size` bytes; the caller has compared `size` with a limit before.
  [[nodiscard]] Result<std::string> read_string(RemoteAddr addr, std::size_t size);
  /// Up to a NUL, at most `max` bytes; longer is an error (`limit`).
  [[nodiscard]] Result<std::string> read_cstring(RemoteAddr addr, std::size_t max);

  /// Makes sure the range is kept, without copying it. What can be had is kept even if it fails.
  [[nodiscard]] Result<void> touch(RemoteAddr addr, std::size_t size);

  /// Reads what is not kept yet of many ranges, in pieces of as few calls as possible, as long as `go_on`
  /// says so. What cannot be had is left out, and is no failure; nothing beyond half of what may still be kept.
  [[nodiscard]] Result<void> touch(std::span<const PageRange> ranges, const std::function<bool()>& go_on);

  /// Makes room for so many further pages, so that none has to be made while the target stands still.
  void reserve(std::size_t pages);

  /// Forgets the bytes but not which pages were wanted, then reads all of those again in as few
  /// calls as possible. Called right after the target stopped: what a walk of the running target
  /// touched is what the walk of the stopped one will need. Pages for which `constant` says that the
  /// target cannot change them keep their bytes.
  [[nodiscard]] Result<void> refresh(const std::function<bool(std::uint64_t page)>& constant = {});

  /// The same, but between the pages that every report needs and those that were first wanted inside an
  /// Optional, and between pieces of the latter, `go_on` is asked; what was not read then stays unread.
  [[nodiscard]] Result<void> refresh(const std::function<bool(std::uint64_t page)>& constant,
                                     const std::function<bool()>& go_on);

  /// Forgets everything, the wanted pages included.
  void clear();

  /// Reads inside an Optional that could not be served: beyond its pages or not captured, and for want of
  /// memory that is mapped at all. Since the last forget_failures().
  struct OptionalFailures {
    std::size_t left_out = 0;
    std::size_t unmapped = 0;
  };

  /// While one exists, at most `max_pages` further pages are read, and reads that fail are not counted as
  /// failures(): what is read so is nice to have. A page beyond that is `limit`, also for a
  /// later walk on the closed cache: not having it is no reason to look again.
  class Optional {
   public:
    /// Not `noted`: what fails is nobody's business but the asker's, and not in optional_failures() either.
    Optional(PageCache& cache, std::size_t max_pages, bool noted = true)
        : cache_(cache), noted_(noted), before_(cache.optional_failures_) {
      cache_.optional_ = true;
      cache_.allowance_ = max_pages;
    }
    ~Optional() {
      cache_.optional_ = false;
      if (!noted_) cache_.optional_failures_ = before_;
    }
    Optional(const Optional&) = delete;
    Optional& operator=(const Optional&) = delete;
    /// Another share begins: so many further pages from now on.
    void allow(std::size_t max_pages) noexcept { cache_.allowance_ = max_pages; }
    /// Reads that failed while this exists, noted or not.
    [[nodiscard]] std::size_t failed() const noexcept {
      const OptionalFailures& now = cache_.optional_failures_;
      return now.unmapped + now.left_out - before_.unmapped - before_.left_out;
    }
    /// Pages that may still be read.
    [[nodiscard]] std::size_t left() const noexcept { return cache_.allowance_; }

   private:
    PageCache& cache_;
    bool noted_;
    OptionalFailures before_;
  };
  /// Looking for things that may or may not be there, through pointers that may lead anywhere. At most `max_pages`
  /// further pages are read, and only while asking() is on; what cannot be had is counted nowhere and is no reason to look
  /// again.
  class Search {
   public:
    Search(PageCache& cache, std::size_t max_pages) : cache_(cache) {
      cache_.optional_ = cache_.searching_ = true;
      cache_.allowance_ = max_pages;
      cache_.asking_ = false;
    }
    ~Search() { cache_.optional_ = cache_.searching_ = false; }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;
    /// False: only pages that are held already.
    void asking(bool on) noexcept { cache_.asking_ = on; }
    [[nodiscard]] bool asking() const noexcept { return cache_.asking_; }
    /// Pages that may still be read.
    [[nodiscard]] std::size_t left() const noexcept { return cache_.allowance_; }

   private:
    PageCache& cache_;
  };
  /// Why the last read that failed did, since forget_last_failure(); `internal` if none has.
  [[nodiscard]] Errc last_failure() const noexcept { return last_failure_; }
  void forget_last_failure() noexcept { last_failure_ = Errc::internal; }
  [[nodiscard]] const OptionalFailures& optional_failures() const noexcept { return optional_failures_; }

  /// While closed, the source is not asked: a page that is not held is `not_captured`, and noticed. This
  /// is how a walk after the thaw finds out whether everything it needs was read in the freeze.
  void close() noexcept {
    closed_ = true;
    missed_ = false;
  }
  void reopen() noexcept { closed_ = false; }
  [[nodiscard]] bool missed() const noexcept { return missed_; }

  /// Reads that could not be served since the last forget_failures(), whoever asked and whether or not the
  /// asker could do without. A decoder that finds an optional thing missing so shows up nevertheless.
  struct Failures {
    std::size_t count = 0;
    std::uint64_t first_address = 0;
  };
  [[nodiscard]] const Failures& failures() const noexcept { return failures_; }
  void forget_failures() noexcept {
    failures_ = {};
    optional_failures_ = {};
  }

  /// No read reaches the source any more.
  void seal();
  [[nodiscard]] bool sealed() const noexcept { return sealed_.load(std::memory_order_acquire); }
  /// True while a call into the source is under way (it may be blocked in the kernel).
  [[nodiscard]] bool reading() const noexcept { return reading_.load(std::memory_order_acquire); }
  /// First and last page of the call under way: among them is what a blocked read waits for.
  [[nodiscard]] std::uint64_t reading_first() const noexcept { return reading_first_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t reading_last() const noexcept { return reading_last_.load(std::memory_order_relaxed); }
  /// Pages never to be asked for again in this process (a read of one did not come back).
  void avoid(std::uint64_t page);

  struct KeptPage {
    std::uint64_t page;
    std::span<const std::byte, page_size> bytes;
  };
  /// Every page held now, in order of page number.
  [[nodiscard]] std::vector<KeptPage> kept() const;
  /// Every page that was asked for and that the source does not have, in order.
  [[nodiscard]] std::vector<std::uint64_t> missing() const;
  [[nodiscard]] std::size_t page_count() const noexcept { return held_; }
  /// Calls made into the source since construction; a benchmark and a test count them.
  [[nodiscard]] std::size_t source_calls() const noexcept { return calls_.load(std::memory_order_relaxed); }
  /// False once a call into the source failed as a whole; `why` says how.
  [[nodiscard]] const Result<void>& source_state() const noexcept { return state_; }

 private:
  enum class SlotState : std::uint8_t { empty, stale, held, missing, avoided, refused };
  struct Slot {
    std::uint64_t page = 0;
    std::byte* bytes = nullptr;
    SlotState state = SlotState::empty;
    bool optional = false;  ///< first wanted inside an Optional
  };

  [[nodiscard]] const std::byte* cached(RemoteAddr addr, std::size_t size) const noexcept {
    const std::uint64_t page = addr.value() / page_size;
    const std::size_t offset = addr.value() % page_size;
    if (offset + size > page_size) return nullptr;
    const Slot* slot = find(page);
    return slot != nullptr && slot->state == SlotState::held ? slot->bytes + offset : nullptr;
  }
  [[nodiscard]] const Slot* find(std::uint64_t page) const noexcept {
    for (std::size_t i = hash(page);; i = (i + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[i];
      if (slot.state == SlotState::empty) return nullptr;
      if (slot.page == page) return &slot;
    }
  }
  [[nodiscard]] std::size_t hash(std::uint64_t page) const noexcept {
    return static_cast<std::size_t>((page * 0x9e3779b97f4a7c15ULL) >> 32) & (slots_.size() - 1);
  }
  Result<Slot*> slot_for(std::uint64_t page);
  void grow();
  std::byte* allocate_page();
  Result<void> fetch(std::span<PageRequest> requests);
  [[nodiscard]] bool may_ask() noexcept {
    if (searching_ && !asking_) return false;
    if (closed_ && !searching_) missed_ = true;
    return !closed_ && !sealed();
  }
  Result<const std::byte*> page_bytes(std::uint64_t page, RemoteAddr wanted);

  PageSource& source_;
  std::size_t max_pages_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;   // slots that are not empty
  std::size_t held_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::vector<std::unique_ptr<std::byte[]>> spare_chunks_;
  std::size_t chunk_used_ = 0;
  std::vector<PageRequest> requests_;
  std::atomic<std::size_t> calls_{0};
  Result<void> state_{};
  std::mutex publish_;
  [[nodiscard]] Unexpected failed_read(Errc code, std::uint64_t address);

  [[nodiscard]] bool may_spend(std::size_t pages, std::uint64_t page);
  [[nodiscard]] bool is_wanted(const Slot* slot) const noexcept;
  [[nodiscard]] static Errc why_not_held(const Slot* slot) noexcept;

  Failures failures_;
  OptionalFailures optional_failures_;
  Errc last_failure_ = Errc::internal;
  bool optional_ = false;
  bool searching_ = false, asking_ = false;  ///< see Search
  std::size_t allowance_ = 0;  ///< pages that may still be read inside the Optional
  bool closed_ = false;
  bool missed_ = false;
  std::atomic<bool> sealed_{false};
  std::atomic<bool> reading_{false};
  std::atomic<std::uint64_t> reading_first_{0}, reading_last_{0};
};

}  // namespace pyexc
