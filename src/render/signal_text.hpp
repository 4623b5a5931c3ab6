#pragma once
// What ended a process, in a sentence.

#include <string>

#include "report/report.hpp"

namespace pyexc::render {

/// "Ended by SIGSEGV at 0x0 (nothing is mapped there)", "Ended by SIGABRT, which it sent to itself"
[[nodiscard]] std::string signal_text(const Signal& signal, std::int64_t pid);

}  // namespace pyexc::render
