#pragma once
// Collects what the processes of one command line gave, and delivers it in one piece at the end:
// until then nothing stands on stdout, so an error never leaves half an answer there.

#include <optional>
#include <string>

#include "app/options.hpp"
#include "app/watchdog.hpp"
#include "pyexc/exit_status.hpp"
#include "report/report.hpp"
#include "sink/sink.hpp"

namespace pyexc::app {

class Output {
 public:
  explicit Output(const Options& options) : options_(options) {}

  /// Makes sure that --output can be written, before any process is stopped for it.
  [[nodiscard]] Result<> open();

  void add(const Report& report);
  /// A process without a report; `status` counts only if no other process gives one.
  void add_failure(ExitStatus status);

  /// Writes the reports, if there are any, and returns what the program ends with.
  [[nodiscard]] ExitStatus deliver(Watchdog& watchdog);

 private:
  [[nodiscard]] bool colored() const;
  [[nodiscard]] Result<> write();

  const Options& options_;
  std::optional<sink::NewFile> file_;
  std::string bytes_;
  bool incomplete_ = false;
  std::optional<ExitStatus> first_failure_;
};

/// Asked before any process is stopped: a name that is taken, or a directory that is not there,
/// costs nobody a freeze.
[[nodiscard]] Result<> files_possible(const Options& options, Output& output);

}  // namespace pyexc::app
