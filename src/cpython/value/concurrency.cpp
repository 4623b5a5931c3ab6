// concurrent.futures, subprocess and the C types of locks.cpp.

#include "cpython/value/asyncio.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/self.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

// concurrent.futures.Future
void repr_concurrent_future(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const std::string state = self.text(self.get("_state"));
  RemoteAddr result;
  bool raised = false;
  if (state == "FINISHED") {
    const RemoteAddr exception = self.get("_exception");
    raised = self.truth(exception);
    result = raised ? exception : self.get("_result");
  }
  std::string_view description;
  if (state == "PENDING") description = "pending";
  else if (state == "RUNNING") description = "running";
  else if (state == "CANCELLED" || state == "CANCELLED_AND_NOTIFIED") description = "cancelled";
  else if (state == "FINISHED") description = "finished";
  else self.raise();
  const auto result_type = result.null() ? fail(Errc::invalid) : out.heap().type_info_of(result);
  if (!result.null() && !result_type) self.give_up();
  if (self.ended()) return;
  out.put("<");
  self.put_class_name();
  out.put(" at ");
  self.put_id();
  out.put(" state=");
  out.put(description);
  if (!result.null()) {
    out.put(raised ? " raised " : " returned ");
    put_class_name(out, **result_type);
  }
  out.put(">");
}

void repr_popen(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::size_t max_length = 80, kept = 76;
  Self self(out, object, type);
  out.put_sliced(
      [&] { put_formatted(self, "<{.class}: returncode: {returncode:} args: {args!r}>"); },
      [&](std::size_t characters) {
        return self.stopped() || characters <= max_length ? Printer::Slice{}
                                                          : Printer::Slice{0, kept, "...>"};
      });
}

void repr_completed_process(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const bool has_out = !self.is_none(self.get("stdout"));
  const bool has_err = !self.is_none(self.get("stderr"));
  if (self.ended()) return;
  std::string format = "{.class}(args={args!r}, returncode={returncode!r}";
  if (has_out) format += ", stdout={stdout!r}";
  if (has_err) format += ", stderr={stderr!r}";
  put_formatted(self, format + ")");
}

namespace {
constexpr Row repr_rows[] = {
    {"_thread.lock", repr_lock},
    {"_thread.RLock", repr_rlock},
    {"_thread._ThreadHandle", repr_thread_handle_object},
    {"_asyncio.Future", repr_c_future},
    {"_asyncio.Task", repr_c_task},
};
}

std::span<const Row> concurrency_repr_rows() noexcept { return repr_rows; }

}  // namespace pyexc::cpython
