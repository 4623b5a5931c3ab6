#pragma once
// What linecache.getline() would find, in the order it looks: its own entry, the file, the loader, the
// archive, sys.path. The steps depend on what the file system says now, as they would in the target.

#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"
#include "source/files.hpp"
#include "source/lines.hpp"

namespace pyexc {

/// One file name to be resolved, with copies of everything that is needed for it.
struct SourceRequest {
  PyText file;
  std::optional<LinecacheEntry> cached;  ///< one with a file, or lazy
  LoaderFacts loader;
  WantedLines wanted;
};

struct SourceAnswer {
  Lines lines;
  std::string problem;  ///< why lines that Python may have are missing, empty if none are
};

class LineFinder {
 public:
  LineFinder(const TargetFiles& files, const SourceRules& rules, const std::vector<PyText>& search_path)
      : files_(files), rules_(rules), search_path_(search_path) {}

  [[nodiscard]] SourceAnswer find(const SourceRequest& request) const;

 private:
  enum class Step { found, none, next };
  [[nodiscard]] Step from_file(const FoundFile& file, const SourceRequest& request, SourceAnswer& out) const;
  [[nodiscard]] Step from_loader(const SourceRequest& request, SourceAnswer& out) const;
  [[nodiscard]] Step from_archive(const SourceRequest& request, SourceAnswer& out) const;
  [[nodiscard]] bool still_cached(const SourceRequest& request) const;
  /// decode_source() and splitlines() of bytes that did not come from open().
  Step split_source(std::string bytes, const SourceRequest& request, SourceAnswer& out) const;
  Step split_text(PyTextView text, const SourceRequest& request, SourceAnswer& out) const;

  const TargetFiles& files_;
  const SourceRules& rules_;
  const std::vector<PyText>& search_path_;
};

/// Names that linecache looks for nowhere but in its own entries.
[[nodiscard]] bool has_no_file(PyTextView name);

}  // namespace pyexc
