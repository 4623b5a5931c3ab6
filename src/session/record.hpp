#pragma once
// Writing what was captured as a recording, and making a Report of one.

#include <string>

#include "session/capture.hpp"
#include "target/recording/recording.hpp"

namespace pyexc {

/// Writes a new file, 0600. `report` has its source lines resolved; they go into the recording.
[[nodiscard]] Result<void> record(const std::string& path, const Captured& captured,
                                  const cpython::WalkOptions& walk, const Report& report,
                                  std::vector<NativeStack> native_stacks);

/// The report of a recording, source lines included. Nothing of this machine is read. What `options`
/// ask for and the recording lacks becomes a problem `not-recorded`.
[[nodiscard]] Result<Report> decode_recording(Recording recording, const cpython::WalkOptions& options,
                                              NativeThreads native = NativeThreads::none);

}  // namespace pyexc
