#include "cpython/value/exception_text.hpp"

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

namespace {

/// "; args=('a', 1)"; both phases, so that capture has what the reason will show.
std::string args_text(Heap& heap, RemoteAddr exception) {
  std::string text = "; args=";
  const auto args = heap.pointer(exception, heap.layout().base_exception.args);
  if (!args) return text + "<unreadable>";
  if (args->null()) return text + "()";
  Printer printer(heap, {}, Printer::Failures::placeholder);
  printer.repr(*args);
  return text + printer.take_text();
}

}  // namespace

ValueText exception_message(Heap& heap, RemoteAddr exception, std::string* inexact_reason,
                            bool* str_failed) {
  *str_failed = false;
  inexact_reason->clear();
  const auto type = heap.type_info_of(exception);
  if (!type) {
    *inexact_reason = "the exception is unreadable";
    return {{}, false};
  }
  const auto owner = heap.slot_owner(**type, &TypeInfo::tp_str);
  if (!owner || *owner == nullptr || str_decoder((*owner)->tp_name) == nullptr) {
    const CodeBehind code = code_behind(heap, **type, "__str__", &TypeInfo::tp_str);
    *inexact_reason = code.python ? "__str__ is Python code"
                                  : "__str__ is C code of " + full_name(heap, *code.type);
    *inexact_reason += args_text(heap, exception);
    return {"<" + *inexact_reason + ">", false};
  }
  Printer printer(heap, {});
  printer.str(exception);
  if (printer.failed()) {
    *str_failed = true;
    return {};
  }
  ValueText message{printer.take_text(), printer.exact()};
  if (message.exact) return message;
  *inexact_reason = printer.reason();
  *inexact_reason += printer.cut() ? ": " + message.text : args_text(heap, exception);
  return message;
}

}  // namespace pyexc::cpython
