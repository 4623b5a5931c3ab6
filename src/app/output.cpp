#include "app/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "app/explain.hpp"
#include "render/render.hpp"
#include "session/exit_status.hpp"

namespace pyexc::app {

namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

Result<> Output::open() {
  if (!options_.output) return {};
  auto file = sink::NewFile::create(*options_.output);
  if (!file) return fail(std::move(file).error());
  file_.emplace(*std::move(file));
  return {};
}

bool Output::colored() const {
  if (options_.color != Color::automatic) return options_.color == Color::always;
  if (file_ || is_set("NO_COLOR")) return false;
  if (is_set("FORCE_COLOR")) return true;
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

void Output::add(const Report& report) {
  incomplete_ = incomplete_ || !report.complete;
  if (options_.format == Format::json) {
    bytes_ += render::json(report);
    return;
  }
  if (!bytes_.empty()) bytes_ += '\n';
  bytes_ += render::text(report,
                         {.color = colored(), .tasks = options_.tasks, .exceptions_only = options_.session.exceptions_only});
}

void Output::add_failure(ExitStatus status) {
  if (!first_failure_) first_failure_ = status;
}

Result<> Output::write() {
  if (!file_) return sink::write_stdout(bytes_);
  PYEXC_CHECK(file_->write(bytes_));
  return file_->commit();
}

ExitStatus Output::deliver(Watchdog& watchdog) {
  if (bytes_.empty()) return first_failure_.value_or(ExitStatus::internal);
  watchdog.delivering();
  if (const auto written = write(); !written) {
    if (!file_ && written.error().sys_errno == EPIPE) return ExitStatus::reader_gone;
    complain(written.error(), {});
    return exit_status(written.error());
  }
  // A process that could not be reported on makes the whole incomplete, as a thread does.
  return incomplete_ || first_failure_ ? ExitStatus::incomplete : ExitStatus::complete;
}

Result<> files_possible(const Options& options, Output& output) {
  if (options.session.record_path) {
    const auto recording = sink::NewFile::create(*options.session.record_path);
    if (!recording) return fail(recording.error());
  }
  return output.open();
}

}  // namespace pyexc::app
