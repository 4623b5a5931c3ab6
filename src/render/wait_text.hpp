#pragma once
// What a thread waits in, as one line of the text format, and when two waits are alike.

#include <string>
#include <vector>

#include "report/report.hpp"

namespace pyexc::render {

/// Equal for waits that a reader need not tell apart: the same call for the same kind of thing.
/// Descriptor numbers, addresses of futexes, times, pids and the ports that a kernel chose (of
/// clients) do not count; paths, and the addresses of servers, do.
[[nodiscard]] std::string wait_key(const Wait& wait);

/// " in read(fd 7 → pipe) for 3.2 s, other end: 812" of threads whose waits are alike; "" if they
/// wait in nothing that is known. Different texts are named up to a small number.
[[nodiscard]] std::string waiting_text(const std::vector<const Thread*>& threads);

/// "cpu 0.12 s, age 50.1 s", of several threads from the least to the most; "" if unknown.
[[nodiscard]] std::string times_text(const std::vector<const Thread*>& threads);

/// "the same place in 5 looks over 2.0 s, cpu 0.00 s meanwhile" of threads that all moved or all did not; ""
/// if they were looked at once.
[[nodiscard]] std::string movement_text(const std::vector<const Thread*>& threads);
[[nodiscard]] std::string movement_text(const Movement& movement);

}  // namespace pyexc::render
