#include "cpython/value/repr.hpp"

#include "cpython/value/printer.hpp"
#include "cpython/value/str.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view failed_text = "<failed>";

ValueText result_of(Printer& printer, bool* failed) {
  if (failed != nullptr) *failed = printer.failed();
  if (printer.failed()) return {std::string(failed_text), false};
  return printer.take();
}

}  // namespace

ValueText repr(Heap& heap, RemoteAddr object, const ReprLimits& limits, bool* failed) {
  Printer printer(heap, limits);
  printer.repr(object);
  return result_of(printer, failed);
}

ValueText str(Heap& heap, RemoteAddr object, const ReprLimits& limits, bool* failed) {
  Printer printer(heap, limits);
  printer.str(object);
  return result_of(printer, failed);
}

}  // namespace pyexc::cpython
