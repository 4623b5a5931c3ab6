#include "render/signal_text.hpp"

#include <fmt/format.h>

#include <csignal>

#include "render/escape.hpp"

namespace pyexc::render {

namespace {

/// The codes of sigaction(2) that say more than their signal does.
std::string_view code_text(const Signal& signal) {
  if (signal.code == SI_KERNEL) return "the kernel names no address";
  switch (signal.number) {
    case SIGSEGV:
      switch (signal.code) {
        case SEGV_MAPERR: return "nothing is mapped there";
        case SEGV_ACCERR: return "this access is not allowed there";
        default: return "";
      }
    case SIGBUS:
      switch (signal.code) {
        case BUS_ADRALN: return "not aligned";
        case BUS_ADRERR: return "nothing is there, as behind the end of a mapped file";
        case BUS_MCEERR_AR:
        case BUS_MCEERR_AO: return "a fault of the memory";
        default: return "";
      }
    case SIGFPE:
      switch (signal.code) {
        case FPE_INTDIV: return "an integer was divided by zero";
        case FPE_INTOVF: return "an integer overflow";
        default: return "";
      }
    case SIGILL: return signal.code == ILL_ILLOPN ? "an operand that does not exist" : "";
    default: return "";
  }
}

}  // namespace

std::string signal_text(const Signal& signal, std::int64_t pid) {
  std::string text = "Ended by " + one_line(signal.name);
  if (signal.address) text += fmt::format(" at {:#x}", *signal.address);
  if (const auto why = code_text(signal); !why.empty()) text += fmt::format(" ({})", why);
  if (signal.sender_pid)
    text += *signal.sender_pid == pid ? std::string(", which it sent to itself")
                                      : fmt::format(", sent by process {}", *signal.sender_pid);
  return text + ".";
}

}  // namespace pyexc::render
