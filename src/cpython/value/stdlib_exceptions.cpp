// Exceptions of the standard library whose __str__ or __repr__ is more than a format (those are
// rows of functions/exceptions.def), and ssl.SSLError.

#include <fmt/format.h>

#include "cpython/value/families.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/self.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

/// signal.Signals(number); null where it raises ValueError.
RemoteAddr signal_member(Self& self, std::int64_t number) {
  const RemoteAddr signals = module_global(self.heap(), "signal", "Signals");
  const auto member =
      signals.null() ? fail(Errc::invalid) : enum_member(self.heap(), signals, number);
  if (!member) self.give_up();
  return member.value_or(RemoteAddr());
}

void put_called_process_error(Printer& out, RemoteAddr object, const TypeInfo& type,
                              std::string_view returned) {
  Self self(out, object, type);
  const RemoteAddr code = self.get("returncode");
  const bool is_int = !self.stopped() && out.heap().has_flag(code, type_flags::int_subclass);
  // However large, what is not negative is no signal.
  const auto exit_code = is_int ? out.heap().integer(code) : Result<IntValue>(IntValue{});
  const std::int64_t number = exit_code && !exit_code->negative ? 0 : self.integer(code);
  if (number >= 0) return put_formatted(self, returned);
  // -INT64_MIN is no signal either.
  const std::int64_t wanted = number == INT64_MIN ? 0 : -number;
  const RemoteAddr member = signal_member(self, wanted);
  if (self.ended()) return;
  put_formatted(self, "Command '{cmd}' died with ");
  if (self.stopped()) return;
  if (member.null()) out.put(fmt::format("unknown signal {}.", wanted));
  else out.repr(member), out.put(".");
}

/// Nobody told gettext of translations: then gettext() returns what it is given.
void require_untranslated(Self& self) {
  Heap& heap = self.heap();
  const RemoteAddr folders = module_global(heap, "gettext", "_localedirs");
  const RemoteAddr domain = module_global(heap, "gettext", "_current_domain");
  const auto told = folders.null() ? fail(Errc::invalid) : heap.dict_used(folders);
  if (!told || *told != 0 || domain.null() || !heap.str_equals(domain, "messages")) self.give_up();
}

}  // namespace

void str_called_process_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_called_process_error(out, object, type,
                           "Command '{cmd}' returned non-zero exit status {returncode:d}.");
}

void str_called_process_error_any_code(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_called_process_error(out, object, type,
                           "Command '{cmd:}' returned non-zero exit status {returncode:}.");
}

void str_called_process_error_quoted(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_called_process_error(out, object, type,
                           "Command {cmd!r} returned non-zero exit status {returncode:}.");
}

void str_argument_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  formatted_unless_none<"argument_name", "argument {argument_name}: {message}", "{message}">(
      out, object, type);
}

void str_argument_error_translated(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  if (self.is_none(self.get("argument_name"))) return put_formatted(self, "{message}");
  require_untranslated(self);
  put_formatted(self, "argument {argument_name}: {message}");
}

void str_bad_option_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  require_untranslated(self);
  put_formatted(self, "no such option: {opt_str%}");
}

void str_package_not_found(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  self.require_property("name", "importlib/metadata/__init__.py", "PackageNotFoundError.name");
  const auto args = out.heap().pointer(object, out.heap().layout().base_exception.args);
  const auto items = args && !args->null() ? out.heap().tuple_items(*args) : fail(Errc::invalid);
  if (!items) self.give_up();
  else if (items->items.size() != 1) self.raise();
  if (self.ended()) return;
  out.put("No package metadata was found for ");
  out.str(items->items.front());
}

// multiprocessing.managers.RemoteError
void str_remote_error(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const auto args = out.heap().pointer(object, out.heap().layout().base_exception.args);
  const auto items = args && !args->null() ? out.heap().tuple_items(*args) : fail(Errc::invalid);
  if (!items) self.give_up();
  else if (items->items.empty()) self.raise();
  if (self.ended()) return;
  const std::string line(75, '-');
  out.put("\n" + line + "\n");
  out.str(items->items.front());
  out.put(line);
}

void str_sax_parse_exception(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  constexpr std::string_view file = "xml/sax/_exceptions.py";
  self.require_method("getSystemId", file, "SAXParseException.getSystemId");
  self.require_method("getLineNumber", file, "SAXParseException.getLineNumber");
  self.require_method("getColumnNumber", file, "SAXParseException.getColumnNumber");
  const RemoteAddr system = self.get("_systemId");
  const RemoteAddr line = self.get("_linenum");
  const RemoteAddr column = self.get("_colnum");
  const RemoteAddr message = self.get("_msg");
  if (self.ended()) return;
  const auto put_or = [&](RemoteAddr value, std::string_view unknown, std::string_view behind) {
    if (self.is_none(value)) out.put(unknown);
    else out.str(value);
    out.put(behind);
  };
  put_or(system, "<unknown>", ":");
  put_or(line, "?", ":");
  put_or(column, "?", ": ");
  out.str(message);
}

// Modules/_ssl.c, SSLError_str()
void str_ssl_error(Printer& out, RemoteAddr object, const TypeInfo&) {
  Heap& heap = out.heap();
  const auto text = heap.pointer(object, heap.layout().os_error.strerror);
  const auto args = heap.pointer(object, heap.layout().base_exception.args);
  if (!text || !args) return out.mark_unreadable();
  if (!text->null() && heap.has_flag(*text, type_flags::str_subclass)) return out.str(*text);
  out.str(*args);
}

namespace {
constexpr Row str_rows[] = {{"ssl.SSLError", str_ssl_error}};
}

std::span<const Row> exception_str_rows() noexcept { return str_rows; }

}  // namespace pyexc::cpython
