#pragma once
// The entries of a traceback or of a stack: `File "...", line N, in f`, the source below it, and the
// folding of repeated ones.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/report.hpp"
#include "traceback/syntax/lexer.hpp"

namespace pyexc::traceback {

/// Pieces as StackSummary.format() returns them: each is indented on its own inside a group.
struct Entries {
  std::vector<std::string> pieces;
  bool exact = true;
};

/// Formats entries, each different one once: threads that wait for the same thing have the same stack.
class EntryWriter {
 public:
  explicit EntryWriter(const Report& report);

  /// Entries of a traceback, outermost first; `left_out` of them are missing at the innermost end.
  [[nodiscard]] Entries traceback(std::span<const Frame> frames, std::size_t left_out);
  /// A stack, outermost first; `left_out` are missing at the outermost end.
  [[nodiscard]] Entries stack(std::span<const Frame> frames, std::size_t left_out);

  [[nodiscard]] const syntax::Grammar& grammar() const noexcept { return grammar_; }

 private:
  struct Cached {
    const Frame* frame;
    std::string rows;
    bool exact;
  };
  void add(Entries& entries, std::span<const Frame> frames, bool positions);
  const Cached& entry(const Frame& frame, bool positions);
  std::string header(const Frame& frame) const;

  const TextRules& rules_;
  syntax::Grammar grammar_;
  std::optional<std::size_t> limit_;  ///< sys.tracebacklimit
  bool limit_exact_ = true;
  std::unordered_multimap<std::size_t, Cached> cache_;
};

}  // namespace pyexc::traceback
