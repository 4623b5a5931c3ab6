#pragma once
// What a thread waits for among the locks of Python, and deadlocks, in words.

#include <string>

#include "report/report.hpp"

namespace pyexc::render {

/// thread 812 "worker-1"
[[nodiscard]] std::string thread_text(const Report& report, std::int64_t tid);

/// lock 'self._lock' of bank.Pool (threading.Lock), held by thread 812 "worker-1"; "" for no lock.
/// The same for locks that a reader could not tell apart.
[[nodiscard]] std::string lock_text(const Report& report, std::optional<LockId> id);

/// Several lines that end with a newline.
[[nodiscard]] std::string deadlock_text(const Report& report, const Deadlock& deadlock);

}  // namespace pyexc::render
