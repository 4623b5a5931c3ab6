#include "render/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/escape.hpp"

namespace pyexc::render {

namespace {

bool plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

void append_scalar(std::string& out, std::string_view bytes, char32_t c) {
  switch (c) {
    case U'"': out += "\\\""; return;
    case U'\\': out += "\\\\"; return;
    case U'\n': out += "\\n"; return;
    case U'\t': out += "\\t"; return;
    case U'\r': out += "\\r"; return;
    default: break;
  }
  // The same string for a program, and harmless where a person prints the file to a terminal.
  if (moves_or_reorders(c)) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  else out += bytes;
}

}  // namespace

void JsonWriter::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  need_comma_ = false;
}

void JsonWriter::string(std::string_view text) {
  separate();
  out_ += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto* begin = text.begin() + static_cast<std::ptrdiff_t>(i);
    const auto* end = std::find_if_not(begin, text.end(), plain);
    if (end != begin) {
      out_.append(begin, end);
      i += static_cast<std::size_t>(end - begin);
      continue;
    }
    const CodePoint c = decode_at(text, i);
    const auto value = static_cast<unsigned>(c.value);
    switch (c.kind) {
      case CodePoint::Kind::scalar: append_scalar(out_, text.substr(i, c.length), c.value); break;
      case CodePoint::Kind::surrogate: out_ += fmt::format("\\\\u{:04x}", value); break;
      case CodePoint::Kind::invalid_byte: out_ += fmt::format("\\\\x{:02x}", value); break;
    }
    i += c.length;
  }
  out_ += '"';
  need_comma_ = true;
}

}  // namespace pyexc::render
