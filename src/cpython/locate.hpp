#pragma once
// Finds the CPython runtime of a process: where `_PyRuntime` is, which version and kind of build it
// belongs to, and the layout to read it with. Names of files only decide the order of looking: an
// interpreter may be renamed, embedded, stripped, deleted or started through ld.so.
//
// Nothing found is believed before the process itself confirms it: its first thread state must
// point back at its interpreter, and that interpreter's `sys.hexversion` must be the version the
// layout is for.

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "cpython/layout/layout.hpp"
#include "memory/page_cache.hpp"
#include "target/target.hpp"

namespace pyexc::cpython {

struct Runtime {
  RemoteAddr runtime;  ///< &_PyRuntime
  layout::Version version;
  layout::Layout layout;
  std::string module;  ///< the mapped file it is in
};

/// Errors: `not_python` (the text says if it is another Python, or one too old); `not_initialised`
/// (still starting, or already finalised); `unsupported` (32-bit, a version or a layout this build
/// refuses); and what the target's memory gives. Reads the running target; what was read stays in
/// `memory`.
[[nodiscard]] Result<Runtime> locate(const TargetBase& target, PageCache& memory);

/// The same when the address is already known, as from a recording. `debug`: a Py_DEBUG build.
[[nodiscard]] Result<Runtime> locate_at(const TargetBase& target, PageCache& memory,
                                        RemoteAddr runtime, bool debug);

}  // namespace pyexc::cpython
