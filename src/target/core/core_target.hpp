#pragma once
// A core as a target: what the process was, and its memory, from the core itself and from the files
// that were mapped.

#include <memory>

#include "target/core/core_file.hpp"
#include "target/core/mapped_files.hpp"
#include "target/target.hpp"

namespace pyexc {

class CoreTarget final : public TargetBase {
 public:
  /// Fails as CoreFile::open does, and with Fault::wrong_executable if one is given that is not the
  /// core's.
  [[nodiscard]] static Result<std::unique_ptr<CoreTarget>> open(UniqueFd fd,
                                                                core::FilePlaces places);
  CoreTarget(const CoreTarget&) = delete;
  CoreTarget& operator=(const CoreTarget&) = delete;

  [[nodiscard]] const Identity& identity() const override { return identity_; }
  [[nodiscard]] const std::vector<Mapping>& mappings() const override { return mappings_; }
  [[nodiscard]] const std::vector<TargetThread>& threads() const override {
    return core_.notes().threads;
  }
  [[nodiscard]] PageSource& pages() override { return pages_; }
  [[nodiscard]] Result<UniqueFd> open_mapped_file(const Mapping& mapping) const override;

  [[nodiscard]] const std::optional<Signal>& signal() const noexcept {
    return core_.notes().signal;
  }
  [[nodiscard]] const core::CoreFile& core() const noexcept { return core_; }
  [[nodiscard]] core::MappedFiles& files() noexcept { return *files_; }
  /// Pages that the core would hold if it were not cut, asked for since forget_uses().
  [[nodiscard]] std::size_t cut_pages() const noexcept { return pages_.cut; }
  void forget_uses() noexcept;

 private:
  class Pages final : public PageSource {
   public:
    explicit Pages(CoreTarget& target) : target_(target) {}
    [[nodiscard]] Result<void> read_pages(std::span<PageRequest> requests) override;
    std::size_t cut = 0;

   private:
    CoreTarget& target_;
  };

  explicit CoreTarget(core::CoreFile core) : core_(std::move(core)), pages_(*this) {}
  void find_program(core::FilePlaces places);
  void list_mappings();
  void identify();
  [[nodiscard]] const core::MappedPiece* piece_of(std::uint64_t address) const noexcept;
  [[nodiscard]] bool read_page(std::uint64_t address, std::span<std::byte> page);

  core::CoreFile core_;
  std::unique_ptr<core::MappedFiles> files_;
  std::optional<std::uint32_t> program_;  ///< index of the executable among the files
  bool has_private_memory_ = false;       ///< what the process wrote to is in the core
  Identity identity_;
  std::vector<Mapping> mappings_;
  Pages pages_;
};

}  // namespace pyexc
