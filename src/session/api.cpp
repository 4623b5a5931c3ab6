// The public interface of include/pyexc/, on top of the session.

#include "pyexc/pyexc.hpp"

#include "render/render.hpp"
#include "session/exit_status.hpp"
#include "session/session.hpp"

namespace pyexc::api {

namespace {

AttachOptions to_session(const Options& options) {
  AttachOptions out;
  out.freeze = options.freeze;
  out.max_freeze = options.max_freeze;
  out.exceptions_only = options.exceptions_only;
  out.threads = options.threads;
  out.redact = options.redact;
  out.redaction = {options.redact_also, options.keep};
  if (!options.record_path.empty()) out.record_path = options.record_path;
  return out;
}

Outcome to_outcome(const Result<Report>& result, const Options& options) {
  Outcome outcome;
  if (!result) {
    outcome.status = exit_status(result.error());
    outcome.error_code = errc_name(result.error().code);
    outcome.error = result.error().message();
    return outcome;
  }
  outcome.status = result->complete ? ExitStatus::complete : ExitStatus::incomplete;
  outcome.report = options.format == Format::json
                       ? render::json(*result)
                       : render::text(*result, {.exceptions_only = options.exceptions_only});
  return outcome;
}

}  // namespace

Outcome attach(std::int64_t pid, const Options& options) {
  return to_outcome(pyexc::attach(pid, to_session(options)), options);
}

Outcome replay(const std::string& path, const Options& options) {
  return to_outcome(pyexc::replay(path, to_session(options)), options);
}

const char* version() noexcept { return PYEXC_VERSION; }

}  // namespace pyexc::api
