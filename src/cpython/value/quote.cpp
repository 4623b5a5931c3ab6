// Objects/unicodeobject.c (unicode_repr), Objects/bytesobject.c (PyBytes_Repr),
// Objects/bytearrayobject.c (bytearray_repr).

#include "cpython/value/quote.hpp"

#include <fmt/format.h>

#include <iterator>

#include "text/codepoints.hpp"

namespace pyexc::cpython {

namespace {

char quote_for(std::string_view text) {
  return text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos
             ? '"'
             : '\'';
}

/// The escapes that str and bytes share; false if `c` is not one of them.
bool append_short_escape(std::string& out, char32_t c, char quote) {
  switch (c) {
    case '\\': out.append("\\\\"); return true;
    case '\t': out.append("\\t"); return true;
    case '\n': out.append("\\n"); return true;
    case '\r': out.append("\\r"); return true;
    default: break;
  }
  if (c != static_cast<char32_t>(quote)) return false;
  out.push_back('\\');
  out.push_back(quote);
  return true;
}

void append_code(std::string& out, char32_t c) {
  const auto value = static_cast<std::uint32_t>(c);
  if (c <= 0xff) fmt::format_to(std::back_inserter(out), "\\x{:02x}", value);
  else if (c <= 0xffff) fmt::format_to(std::back_inserter(out), "\\u{:04x}", value);
  else fmt::format_to(std::back_inserter(out), "\\U{:08x}", value);
}

}  // namespace

std::string quote_str(std::string_view utf8, text::Database database, std::size_t max) {
  const char quote = quote_for(utf8);
  std::string out(1, quote);
  const auto put = [&](char32_t c) {
    if (append_short_escape(out, c, quote)) return;
    if (text::is_printable(c, database)) text::append(out, c);
    else append_code(out, c);
  };
  if (text::is_ascii(utf8)) {
    for (const char c : utf8) {
      if (out.size() > max) return out;
      put(static_cast<unsigned char>(c));
    }
  } else {
    for (const char32_t c : text::decode(utf8)) {
      if (out.size() > max) return out;
      put(c);
    }
  }
  out.push_back(quote);
  return out;
}

std::string quote_bytes(std::string_view bytes, std::size_t max, SingleQuotes single) {
  const char quote = quote_for(bytes);
  std::string out(1, quote);
  for (const char signed_byte : bytes) {
    if (out.size() > max) return out;
    const auto c = static_cast<unsigned char>(signed_byte);
    if (c == '\'' && single == SingleQuotes::escaped) {
      out.append("\\'");
      continue;
    }
    if (append_short_escape(out, c, quote)) continue;
    if (c < 0x20 || c >= 0x7f) append_code(out, c);
    else out.push_back(static_cast<char>(c));
  }
  out.push_back(quote);
  return out;
}

}  // namespace pyexc::cpython
