#include "memory/page_cache.hpp"

#include <algorithm>

namespace pyexc {

namespace {
constexpr std::size_t initial_slots = 1024;   // a power of two
constexpr std::size_t pages_a_piece = 1024;   // 4 MiB: about a millisecond
constexpr std::size_t pages_per_chunk = 256;  // 1 MiB; untouched pages of it cost nothing
auto new_chunk() { return std::make_unique_for_overwrite<std::byte[]>(pages_per_chunk * page_size); }
// A pointer may lead anywhere; a range that wraps around the address space is nobody's object.
bool wraps(RemoteAddr addr, std::size_t size) { return addr.value() + size < addr.value(); }
}  // namespace

PageCache::PageCache(PageSource& source, std::size_t max_pages)
    : source_(source), max_pages_(max_pages), slots_(initial_slots) {
  requests_.reserve(initial_slots);
}

PageCache::~PageCache() = default;

Result<void> PageCache::read_into(RemoteAddr addr, std::span<std::byte> out) {
  if (wraps(addr, out.size())) return fail(Error::at(Errc::unmapped, addr.value(), "reading past the end of memory"));
  // A range over several pages is fetched as one batch.
  if (addr.value() / page_size != (addr.value() + out.size()) / page_size)
    if (auto touched = touch(addr, out.size()); !touched) return touched;
  std::size_t done = 0;
  while (done < out.size()) {
    const RemoteAddr at = addr + done;
    const std::size_t offset = at.value() % page_size;
    const std::size_t part = std::min(page_size - offset, out.size() - done);
    PYEXC_TRY(const std::byte* bytes, page_bytes(at.value() / page_size, at));
    std::memcpy(out.data() + done, bytes + offset, part);
    done += part;
  }
  return {};
}

Result<std::string> PageCache::read_string(RemoteAddr addr, std::size_t size) {
  // The pages are had first: a length nobody can back with memory is never an allocation.
  PYEXC_CHECK(touch(addr, size));
  std::string text(size, '\0');
  PYEXC_CHECK(read_into(addr, std::as_writable_bytes(std::span(text))));
  return text;
}

Result<std::string> PageCache::read_cstring(RemoteAddr addr, std::size_t max) {
  std::string text;
  while (text.size() < max) {
    const RemoteAddr at = addr + text.size();
    const std::size_t offset = at.value() % page_size;
    const std::size_t part = std::min(page_size - offset, max - text.size());
    PYEXC_TRY(const std::byte* bytes, page_bytes(at.value() / page_size, at));
    const char* begin = reinterpret_cast<const char*>(bytes + offset);
    const std::size_t length = ::strnlen(begin, part);
    text.append(begin, length);
    if (length < part) return text;
  }
  return fail(Error::at(Errc::limit, addr.value(), "a C string without an end"));
}

Result<void> PageCache::touch(RemoteAddr addr, std::size_t size) {
  if (size == 0) return {};
  if (wraps(addr, size)) return fail(Error::at(Errc::unmapped, addr.value(), "reading past the end of memory"));
  const std::uint64_t first = addr.value() / page_size;
  const std::uint64_t last = (addr.value() + (size - 1)) / page_size;
  if (last - first >= max_pages_)
    return fail(Error::at(Errc::limit, addr.value(), "more memory than is kept of one process"));
  requests_.clear();
  for (std::uint64_t page = first; page <= last; ++page) {
    const Slot* slot = find(page);
    if (is_wanted(slot)) requests_.push_back({page, nullptr, false});
    // One page that is not to be had, and the range is not to be had: the others need not be asked for.
    else if (slot->state == SlotState::refused) return failed_read(Errc::limit, std::max(addr.value(), page * page_size));
  }
  if (!requests_.empty() && may_ask() && may_spend(requests_.size(), requests_.front().page))
    PYEXC_CHECK(fetch(requests_));
  for (std::uint64_t page = first; page <= last; ++page) {
    const Slot* slot = find(page);
    if (slot == nullptr || slot->state != SlotState::held) {
      const std::uint64_t at = std::max(addr.value(), page * page_size);
      return failed_read(why_not_held(slot), at);
    }
  }
  return {};
}

Result<void> PageCache::touch(std::span<const PageRange> ranges, const std::function<bool()>& go_on) {
  requests_.clear();
  // Others want some, too.
  std::size_t left = (max_pages_ - std::min(max_pages_, used_)) / 2;
  for (const PageRange& range : ranges)
    for (std::uint64_t page = range.first; page < range.end && left > 0; ++page)
      if (is_wanted(find(page))) {
        requests_.push_back({page, nullptr, false});
        --left;
      }
  for (std::span<PageRequest> rest(requests_); !rest.empty() && may_ask() && go_on();) {
    const auto piece = rest.first(std::min(pages_a_piece, rest.size()));
    PYEXC_CHECK(fetch(piece));
    rest = rest.subspan(piece.size());
  }
  return {};
}

Result<const std::byte*> PageCache::page_bytes(std::uint64_t page, RemoteAddr wanted) {
  const Slot* slot = find(page);
  if (is_wanted(slot) && may_ask()) {
    PageRequest request{page, nullptr, false};
    if (may_spend(1, page)) PYEXC_CHECK(fetch(std::span(&request, 1)));
    slot = find(page);
  }
  if (slot == nullptr || slot->state != SlotState::held) return failed_read(why_not_held(slot), wanted.value());
  return slot->bytes;
}

/// A page that was refused is asked for again by what every report needs, and as long as pages are read at all.
bool PageCache::is_wanted(const Slot* slot) const noexcept {
  if (slot == nullptr || slot->state == SlotState::stale) return true;
  return slot->state == SlotState::refused && (!optional_ || (!closed_ && !sealed()));
}

Errc PageCache::why_not_held(const Slot* slot) noexcept {
  if (slot == nullptr) return Errc::not_captured;
  switch (slot->state) {
    case SlotState::missing: return Errc::unmapped;
    case SlotState::refused: return Errc::limit;
    default: return Errc::not_captured;
  }
}

bool PageCache::may_spend(std::size_t pages, std::uint64_t page) {
  if (!optional_) return true;
  if (pages <= allowance_) {
    allowance_ -= pages;
    return true;
  }
  allowance_ = 0;  // what is smaller and comes later waits for the next share, too
  if (auto slot = slot_for(page); slot && (*slot)->state != SlotState::held) (*slot)->state = SlotState::refused;
  return false;
}

Unexpected PageCache::failed_read(Errc code, std::uint64_t address) {
  last_failure_ = code;
  if (searching_) return fail(Error::at(code, address, "reading memory"));
  if (optional_) {
    ++(code == Errc::unmapped ? optional_failures_.unmapped : optional_failures_.left_out);
    return fail(Error::at(code, address, "reading memory"));
  }
  if (failures_.count++ == 0) failures_.first_address = address;
  return fail(Error::at(code, address, "reading memory"));
}

Result<void> PageCache::fetch(std::span<PageRequest> requests) {
  if (!state_) return state_;
  for (PageRequest& request : requests) {
    PYEXC_TRY(Slot * slot, slot_for(request.page));
    if (slot->bytes == nullptr) slot->bytes = allocate_page();
    request.destination = slot->bytes;
    request.ok = false;
  }
  reading_first_.store(requests.front().page, std::memory_order_relaxed);
  reading_last_.store(requests.back().page, std::memory_order_relaxed);
  calls_.fetch_add(1, std::memory_order_relaxed);
  reading_.store(true, std::memory_order_release);
  Result<void> outcome = source_.read_pages(requests);
  reading_.store(false, std::memory_order_release);

  const std::lock_guard lock(publish_);
  if (sealed()) return fail(Errc::thawed, "reading memory");
  for (const PageRequest& request : requests) {
    Slot* slot = const_cast<Slot*>(find(request.page));
    const bool was_held = slot->state == SlotState::held;
    slot->state = request.ok ? SlotState::held : (outcome ? SlotState::missing : SlotState::stale);
    if (request.ok && !was_held) ++held_;
    if (!request.ok && was_held) --held_;
  }
  if (!outcome) state_ = outcome;
  return outcome;
}

Result<PageCache::Slot*> PageCache::slot_for(std::uint64_t page) {
  if (const Slot* known = find(page)) return const_cast<Slot*>(known);
  if (used_ >= max_pages_)
    return fail(Error::at(Errc::limit, page * page_size, "more memory than is kept of one process"));
  if ((used_ + 1) * 2 > slots_.size()) grow();
  std::size_t i = hash(page);
  while (slots_[i].state != SlotState::empty) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = {page, nullptr, SlotState::stale, optional_};
  ++used_;
  return &slots_[i];
}

void PageCache::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.state == SlotState::empty) continue;
    std::size_t i = hash(slot.page);
    while (slots_[i].state != SlotState::empty) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
}

std::byte* PageCache::allocate_page() {
  if (chunks_.empty() || chunk_used_ == pages_per_chunk) {
    if (spare_chunks_.empty()) spare_chunks_.push_back(new_chunk());
    chunks_.push_back(std::move(spare_chunks_.back()));
    spare_chunks_.pop_back();
    chunk_used_ = 0;
  }
  return chunks_.back().get() + page_size * chunk_used_++;
}

Result<void> PageCache::refresh(const std::function<bool(std::uint64_t page)>& constant) {
  return refresh(constant, {});
}

Result<void> PageCache::refresh(const std::function<bool(std::uint64_t page)>& constant,
                                const std::function<bool()>& go_on) {
  requests_.clear();
  for (Slot& slot : slots_) {
    if (slot.state == SlotState::empty || slot.state == SlotState::avoided || slot.state == SlotState::refused) continue;
    if (slot.state == SlotState::held) {
      if (constant && constant(slot.page)) continue;
      requests_.push_back({slot.page, nullptr, false});
      --held_;
    }
    slot.state = SlotState::stale;
  }
  const auto first_optional = std::partition(requests_.begin(), requests_.end(), [&](const PageRequest& request) {
    return !go_on || !find(request.page)->optional;
  });
  // Neighbouring pages make one iovec instead of many.
  const auto by_page = [](const PageRequest& a, const PageRequest& b) { return a.page < b.page; };
  std::sort(requests_.begin(), first_optional, by_page);
  std::sort(first_optional, requests_.end(), by_page);
  const std::span<PageRequest> needed(requests_.begin(), first_optional);
  if (!needed.empty()) PYEXC_CHECK(fetch(needed));
  for (std::span<PageRequest> rest(first_optional, requests_.end()); !rest.empty() && go_on();) {
    const auto piece = rest.first(std::min(pages_a_piece, rest.size()));
    PYEXC_CHECK(fetch(piece));
    rest = rest.subspan(piece.size());
  }
  return {};
}

void PageCache::clear() {
  for (Slot& slot : slots_)
    if (slot.state != SlotState::avoided) slot = {};
  std::vector<Slot> old(slots_.size());
  old.swap(slots_);
  used_ = held_ = 0;
  for (const Slot& slot : old)
    if (slot.state == SlotState::avoided) avoid(slot.page);
  chunks_.clear();
  chunk_used_ = 0;
}

void PageCache::reserve(std::size_t pages) {
  pages = std::min(pages, max_pages_ - std::min(max_pages_, used_));
  while ((used_ + pages) * 2 > slots_.size()) grow();
  requests_.reserve(used_ + pages);
  const std::size_t spare = (pages + pages_per_chunk - 1) / pages_per_chunk;
  chunks_.reserve(chunks_.size() + spare);
  while (spare_chunks_.size() < spare) spare_chunks_.push_back(new_chunk());
}

void PageCache::seal() {
  const std::lock_guard lock(publish_);
  sealed_.store(true, std::memory_order_release);
}

void PageCache::avoid(std::uint64_t page) {
  if (auto slot = slot_for(page)) {
    if ((*slot)->state == SlotState::held) --held_;
    (*slot)->state = SlotState::avoided;
  }
}

std::vector<PageCache::KeptPage> PageCache::kept() const {
  std::vector<KeptPage> pages;
  pages.reserve(held_);
  for (const Slot& slot : slots_)
    if (slot.state == SlotState::held)
      pages.push_back({slot.page, std::span<const std::byte, page_size>(slot.bytes, page_size)});
  std::sort(pages.begin(), pages.end(), [](const KeptPage& a, const KeptPage& b) { return a.page < b.page; });
  return pages;
}

std::vector<std::uint64_t> PageCache::missing() const {
  std::vector<std::uint64_t> pages;
  for (const Slot& slot : slots_)
    if (slot.state == SlotState::missing) pages.push_back(slot.page);
  std::sort(pages.begin(), pages.end());
  return pages;
}

}  // namespace pyexc
