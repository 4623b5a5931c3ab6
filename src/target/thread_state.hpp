#pragma once
// What the letters of the field State in /proc/PID/status are called in a report: a closed list of its schema.

#include <string_view>

namespace pyexc {

[[nodiscard]] inline std::string_view state_name(char letter) {
  switch (letter) {
    case 'R': return "running";
    case 'S': return "sleeping";
    case 'D': return "disk-sleep";
    case 'T': return "stopped";
    case 't': return "traced";
    case 'Z': return "zombie";
    case 'X': return "dead";
    case 'I': return "idle";
    default: return "unknown";
  }
}

}  // namespace pyexc
