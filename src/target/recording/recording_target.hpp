#pragma once
// A recording as a target. Its memory is what was kept; there is nothing else to read and no file behind
// its mappings.

#include "memory/page_cache.hpp"
#include "target/recording/recording.hpp"

namespace pyexc {

class RecordingTarget final : public TargetBase {
 public:
  explicit RecordingTarget(Recording recording) : recording_(std::move(recording)), pages_(recording_) {}
  RecordingTarget(const RecordingTarget&) = delete;
  RecordingTarget& operator=(const RecordingTarget&) = delete;

  [[nodiscard]] const Recording& recording() const noexcept { return recording_; }

  [[nodiscard]] const Identity& identity() const override { return recording_.identity; }
  [[nodiscard]] const std::vector<Mapping>& mappings() const override { return recording_.mappings; }
  [[nodiscard]] const std::vector<TargetThread>& threads() const override { return recording_.threads; }
  [[nodiscard]] PageSource& pages() override { return pages_; }
  [[nodiscard]] Result<UniqueFd> open_mapped_file(const Mapping& mapping) const override;

  /// Fills a cache over pages() and seals it. Afterwards it answers as the cache of the capture did: a page
  /// that could not be read is `unmapped`, one that nobody had asked for `not_captured`. Fails (`limit`) if
  /// the cache may not keep as many pages.
  [[nodiscard]] Result<void> load(PageCache& cache) const;

 private:
  class Pages final : public PageSource {
   public:
    explicit Pages(const Recording& recording) : recording_(recording) {}
    [[nodiscard]] Result<void> read_pages(std::span<PageRequest> requests) override;

   private:
    const Recording& recording_;
  };

  Recording recording_;
  Pages pages_;
};

}  // namespace pyexc
