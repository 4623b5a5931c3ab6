// print_values PID: repr() and str() of every item of __main__.VALUES, str() of every exception of
// __main__.EXCEPTIONS, the keys of the instances in __main__.ORDERS and of the static types in
// __main__.STATIC, one a line, for the test that compares them with the target's own. Everything is
// read in the capture phase first; then the cache is sealed and the lines are decoded from the kept
// pages.

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "cpython/threads.hpp"
#include "cpython/value/attribute_fact.hpp"
#include "cpython/value/exception_text.hpp"
#include "cpython/value/printer.hpp"
#include "cpython/value/str.hpp"
#include "target/live/live_target.hpp"

using namespace pyexc;
using namespace pyexc::cpython;

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2 + 1);
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return out.empty() ? "-" : out;
}

char verdict(const ValueText& value, bool failed) { return failed ? 'F' : value.exact ? 'E' : 'I'; }

class Walk {
 public:
  Walk(Heap& heap, std::string& out) : heap_(heap), out_(out) {}

  Result<void> run(const Runtime& runtime) {
    PYEXC_TRY(const auto interpreters, read_interpreters(heap_, runtime));
    for (const InterpreterState& interp : interpreters) {
      heap_.set_interpreter(interp.address);
      PYEXC_TRY(const auto main, heap_.dict_get(interp.modules, "__main__"));
      if (main.null()) continue;
      PYEXC_TRY(const auto dict, heap_.module_dict(main));
      PYEXC_CHECK(each(dict, "VALUES", [this](RemoteAddr item) { value(item); }));
      PYEXC_CHECK(each(dict, "CORPUS", [this](RemoteAddr item) { corpus(item); }));
      PYEXC_CHECK(each(dict, "EXCEPTIONS", [this](RemoteAddr item) { exception(item); }));
      PYEXC_CHECK(
          each(dict, "ORDERS", [this](RemoteAddr item) { keys(heap_.instance_items(item), "O"); }));
      PYEXC_CHECK(
          each(dict, "DICTS", [this](RemoteAddr item) { keys(heap_.dict_items(item), "D"); }));
      PYEXC_CHECK(each(dict, "STATIC", [this](RemoteAddr item) { keys(static_items(item), "S"); }));
      PYEXC_CHECK(each(dict, "NOTED", [this](RemoteAddr item) { noted(item); }));
    }
    return {};
  }

 private:
  template <class Each>
  Result<void> each(RemoteAddr dict, std::string_view name, Each each) {
    PYEXC_TRY(const auto list, heap_.dict_get(dict, name));
    if (list.null()) return {};
    PYEXC_TRY(const auto items, heap_.list_items(list));
    for (const RemoteAddr item : items.items) each(item);
    return {};
  }

  void value(RemoteAddr item) {
    bool repr_failed = false, str_failed = false;
    const ValueText repr_text = repr(heap_, item, {}, &repr_failed);
    const ValueText str_text = str(heap_, item, {}, &str_failed);
    if (heap_.capturing()) return;
    out_ += fmt::format("V {} {} {} {}\n", verdict(repr_text, repr_failed), hex(repr_text.text),
                        verdict(str_text, str_failed), hex(str_text.text));
  }

  /// As the value of a variable: with its attributes where only code of the target could say more.
  void corpus(RemoteAddr item) {
    if (!heap_.capturing()) out_ += "C";
    for (const bool as_str : {false, true}) {
      Printer printer(heap_, {.max_attributes = 20});
      if (as_str) printer.str(item);
      else printer.repr(item);
      if (heap_.capturing()) continue;
      const std::string reason = printer.reason();
      const bool failed = printer.failed();
      const ValueText text = printer.take();
      out_ += fmt::format(" {} {} {}", verdict(text, failed), hex(text.text), hex(reason));
    }
    if (!heap_.capturing()) out_ += "\n";
  }

  void exception(RemoteAddr item) {
    const ExceptionMessage message = exception_message(heap_, item);
    if (heap_.capturing()) return;
    out_ += fmt::format("X {} {} {}\n", verdict(message.text, message.failed), hex(message.text.text),
                        hex(message.inexact_reason.text));
  }

  Result<DictItems> static_items(RemoteAddr object) {
    PYEXC_TRY(const auto* type, heap_.type_info(object));
    PYEXC_TRY(const auto dict, heap_.type_dict(*type));
    if (dict.null()) return fail(Errc::invalid, "no dict");
    return heap_.dict_items(dict);
  }

  void keys(const Result<DictItems>& items, std::string_view tag) {
    if (!items) {
      if (!heap_.capturing())
        out_ += fmt::format("{} error {}\n", tag, hex(items.error().message()));
      return;
    }
    std::string line(tag);
    for (const DictEntry& entry : items->entries) {
      const auto text = heap_.text(entry.key);
      line.append(" ").append(text ? hex(*text) : "?");
    }
    if (!heap_.capturing()) out_ += line + "\n";
  }

  void noted(RemoteAddr item) {
    const Notes found = notes(heap_, item);
    if (heap_.capturing()) return;
    out_ += fmt::format("N {}", static_cast<int>(found.kind));
    for (const ValueText& note : found.items)
      out_ += fmt::format(" {}{}", verdict(note, false), hex(note.text));
    out_ += fmt::format(" / {}{}\n", verdict(found.repr, false), hex(found.repr.text));
  }

  Heap& heap_;
  std::string& out_;
};

int fail_with(const Error& error) {
  fmt::print(stderr, "{}\n", error.message());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto target = LiveTarget::open(std::atoll(argv[1]));
  if (!target) return fail_with(target.error());
  const Limits limits;
  PageCache memory((*target)->pages(), limits.max_pages);
  const auto runtime = locate(**target, memory);
  if (!runtime) return fail_with(runtime.error());
  LookupHints hints;
  std::string out;
  for (const Phase phase : {Phase::capture, Phase::decode}) {
    const auto start = std::chrono::steady_clock::now();
    Heap heap(memory, runtime->layout, limits, hints, phase);
    if (const auto walked = Walk(heap, out).run(*runtime); !walked)
      return fail_with(walked.error());
    memory.seal();
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    out +=
        fmt::format("T {:.1f} {} {}\n", spent.count(), memory.page_count(), memory.source_calls());
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}
