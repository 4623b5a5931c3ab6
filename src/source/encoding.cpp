#include "source/encoding.hpp"

#include <algorithm>
#include <optional>

#include "source/codec.hpp"
#include "source/utf8.hpp"

namespace pyexc {
namespace {

constexpr std::string_view bom = "\xef\xbb\xbf";

bool blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// A line as readline() of a binary file gives it: up to and including "\n".
std::string_view line_at(std::string_view bytes, std::size_t from) {
  const std::size_t end = bytes.find('\n', from);
  return bytes.substr(from, end == std::string_view::npos ? end : end + 1 - from);
}

/// The name in "# … coding: NAME"; empty if the line has none.
std::string_view cookie(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && blank(line[i])) ++i;
  if (i == line.size() || line[i] != '#') return {};
  line = line.substr(i + 1);
  if (line.ends_with('\n')) line.remove_suffix(1);
  constexpr std::string_view word = "coding";
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    std::size_t p = at + word.size();
    if (p == line.size() || (line[p] != ':' && line[p] != '=')) continue;
    ++p;
    while (p < line.size() && (line[p] == ' ' || line[p] == '\t')) ++p;
    const std::size_t start = p;
    while (p < line.size() && name_character(line[p])) ++p;
    if (p != start) return line.substr(start, p - start);
  }
  return {};
}

/// Whether a cookie may still follow: the line has nothing but white space and a comment.
bool only_comment(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && blank(line[i])) ++i;
  return i == line.size() || line[i] == '#' || line[i] == '\r' || line[i] == '\n';
}

/// The names that the tokenizer knows by itself, spelled in whatever way.
std::string usual_name(std::string_view name) {
  std::string head(name.substr(0, 12));
  std::transform(head.begin(), head.end(), head.begin(), [](char c) { return c == '_' ? '-' : lower(c); });
  const std::string_view h = head;
  if (h == "utf-8" || h.starts_with("utf-8-")) return "utf-8";
  for (const std::string_view latin : {"latin-1", "iso-8859-1", "iso-latin-1"})
    if (h == latin || (h.starts_with(latin) && h[latin.size()] == '-')) return "iso-8859-1";
  return std::string(name);
}

struct Detected {
  std::string encoding;        ///< "utf-8" also without a cookie
  std::string_view head;       ///< the lines that were looked at
  bool cookie_at_fault = false;
  bool bom_disagrees = false;
};

Detected detect(std::string_view body, bool has_bom, const SourceRules& rules) {
  Detected out{"utf-8", {}, false, false};
  const std::string_view first = line_at(body, 0);
  std::size_t looked_at = first.size();
  std::string_view name;
  // Each line that is searched for a cookie must be UTF-8 before it is searched.
  if (!rules.head_checked_in_its_encoding && !valid_utf8(first)) out.cookie_at_fault = true;
  name = cookie(first);
  if (name.empty() && only_comment(first) && first.size() < body.size()) {
    const std::string_view second = line_at(body, first.size());
    looked_at += second.size();
    if (!rules.head_checked_in_its_encoding && !valid_utf8(second)) out.cookie_at_fault = true;
    name = cookie(second);
  }
  out.head = body.substr(0, looked_at);
  if (!name.empty()) out.encoding = usual_name(name);
  out.bom_disagrees = has_bom && out.encoding != "utf-8";
  return out;
}

}  // namespace

DecodedSource decode_source(std::string bytes, const SourceRules& rules) {
  DecodedSource out;
  const bool has_bom = std::string_view(bytes).starts_with(bom);
  if (has_bom) bytes.erase(0, bom.size());
  const Detected detected = detect(bytes, has_bom, rules);
  out.encoding = detected.encoding;
  if (detected.cookie_at_fault || detected.bom_disagrees) return out;
  if (rules.head_checked_in_its_encoding && detected.head.find('\0') != std::string_view::npos)
    return out;
  const Codec codec = find_codec(detected.encoding, rules);
  switch (codec.kind) {
    case Codec::Kind::not_text: return out;
    case Codec::Kind::unsupported:
      out.state = DecodedSource::State::unsupported;
      return out;
    case Codec::Kind::utf_8:
      if (!valid_utf8(bytes)) return out;
      out.text = std::move(bytes);
      break;
    default: {
      // The first lines are decoded alone too, which matters to encodings of more than one byte.
      PyText head;
      if (rules.head_checked_in_its_encoding && !decode(codec, detected.head, head)) return out;
      if (!decode(codec, bytes, out.text)) {
        out.text.clear();
        return out;
      }
    }
  }
  out.state = DecodedSource::State::text;
  return out;
}

}  // namespace pyexc
