#include "cpython/value/exception_text.hpp"

#include "cpython/value/catalog.hpp"
#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

namespace {

/// "; args=('a', 1)"; both phases, so that capture has what the reason will show.
std::string args_text(Heap& heap, RemoteAddr exception, std::size_t behind, std::vector<NamedPart>& parts) {
  std::string text = "; args=";
  const auto args = heap.pointer(exception, heap.layout().base_exception.args);
  if (!args) return text + "<unreadable>";
  if (args->null()) return text + "()";
  Printer printer(heap, {}, Printer::Failures::placeholder);
  printer.repr(*args);
  parts = printer.take_parts();
  for (NamedPart& part : parts) {
    part.begin += behind + text.size();
    part.end += behind + text.size();
  }
  return text + printer.take_text();
}

}  // namespace

ExceptionMessage exception_message(Heap& heap, RemoteAddr exception) {
  ExceptionMessage out;
  ValueText& reason = out.inexact_reason;
  const auto add_args = [&] {
    const std::size_t behind = reason.text.size();
    reason.text += args_text(heap, exception, behind, reason.parts);
  };
  const auto type = heap.type_of(exception);
  const auto decoders = type ? catalog(heap).of(*type) : Result<const TypeDecoders*>(fail(type.error()));
  if (!decoders) {
    reason.text = "the exception is unreadable";
    out.text = {{}, false};
    return out;
  }
  const TypeInfo& info = *(*decoders)->type;
  if ((*decoders)->str == nullptr) {
    const CodeBehind code = code_behind(heap, info, "__str__", &TypeInfo::tp_str);
    reason.text = code.python ? "__str__ is Python code" : "__str__ is C code of " + full_name(heap, *code.type);
    add_args();
    out.text = {"<" + reason.text + ">", false, reason.parts};
    for (NamedPart& part : out.text.parts) ++part.begin, ++part.end;
    return out;
  }
  Printer printer(heap, {});
  printer.str(exception);
  if (printer.failed()) {
    out.failed = true;
    return out;
  }
  reason.text = printer.reason();
  const bool cut = printer.cut();
  out.text = printer.take();
  if (out.text.exact) {
    reason = {};
  } else if (cut) {
    reason.text += ": ";
    reason.parts = out.text.parts;
    for (NamedPart& part : reason.parts) part.begin += reason.text.size(), part.end += reason.text.size();
    reason.text += out.text.text;
  } else {
    add_args();
  }
  return out;
}

}  // namespace pyexc::cpython
