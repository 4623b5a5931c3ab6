// Modules/_sre: compiled patterns and matches, whose reprs show a cut repr of a str or bytes.

#include <fmt/format.h>

#include <array>

#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/quote.hpp"

namespace pyexc::cpython {

void repr_pattern(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_match(Printer& out, RemoteAddr object, const TypeInfo& type);

namespace {

/// The first `count` characters of a UTF-8 text.
std::string first_characters(std::string text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80 && count-- == 0) break;
  text.resize(at);
  return text;
}

/// `%.NR` of text[begin:end].
void put_cut_repr(Printer& out, RemoteAddr text, std::int64_t begin, std::int64_t end,
                  std::size_t shown) {
  Heap& heap = out.heap();
  const auto wanted = static_cast<std::size_t>(end);
  const auto from = static_cast<std::size_t>(begin);
  if (heap.has_flag(text, type_flags::str_subclass) && heap.is_exactly(text, "str")) {
    const auto value = heap.str(text, wanted);
    if (!value) return out.mark_unreadable();
    if (value->length - value->left_out < std::min(wanted, value->length))
      out.mark_inexact("too long");
    return out.put(2, [&] {
      const std::string head = first_characters(value->text, from);
      const std::string part = first_characters(value->text, wanted).substr(head.size());
      return first_characters(quote_str(part, out.database(), SIZE_MAX), shown);
    });
  }
  const bool changeable = heap.is_exactly(text, "bytearray");
  if (changeable || heap.is_exactly(text, "bytes")) {
    const auto value = changeable ? heap.bytearray(text, wanted) : heap.bytes(text, wanted);
    if (!value) return out.mark_unreadable();
    if (value->data.size() < from && !heap.capturing()) out.mark_inexact("too long");
    return out.put(3, [&] {
      const std::string part =
          value->data.size() < from ? std::string() : value->data.substr(from, wanted - from);
      return first_characters("b" + quote_bytes(part, SIZE_MAX), shown);
    });
  }
  out.mark_inexact("a text of another type");
  out.repr(text);
}

struct Flag {
  std::uint32_t bit;
  std::string_view name;
};
// pattern_repr(), in this order; the bits are those of Lib/re (sre_constants).
constexpr std::uint32_t template_bit = 1, locale_bit = 4, unicode_bit = 32, ascii_bit = 256;
constexpr std::array flags = {Flag{template_bit, "re.TEMPLATE"},
                              Flag{2, "re.IGNORECASE"},
                              Flag{locale_bit, "re.LOCALE"},
                              Flag{8, "re.MULTILINE"},
                              Flag{16, "re.DOTALL"},
                              Flag{unicode_bit, "re.UNICODE"},
                              Flag{64, "re.VERBOSE"},
                              Flag{128, "re.DEBUG"},
                              Flag{ascii_bit, "re.ASCII"}};

}  // namespace

void repr_pattern(Printer& out, RemoteAddr object, const TypeInfo&) {
  constexpr std::size_t shown = 200;
  Heap& heap = out.heap();
  const auto& f = heap.layout().pattern;
  const auto pattern = heap.pointer(object, f.pattern);
  const auto value = heap.field<std::uint32_t>(object, f.flags);
  const auto is_bytes = heap.field<std::int32_t>(object, f.isbytes);
  if (!pattern || !value || !is_bytes) return out.mark_unreadable();
  std::uint32_t left = *value;
  if (*is_bytes == 0 && (left & (locale_bit | unicode_bit | ascii_bit)) == unicode_bit)
    left &= ~unicode_bit;
  out.put("re.compile(");
  put_cut_repr(out, *pattern, 0, INT64_MAX, shown);
  std::string text;
  for (const Flag& flag : flags) {
    if ((left & flag.bit) == 0 ||
        (flag.bit == template_bit && !heap.traits().patterns_know_template))
      continue;
    text += (text.empty() ? "" : "|") + std::string(flag.name);
    left &= ~flag.bit;
  }
  if (left != 0) text += fmt::format("{}{:#x}", text.empty() ? "" : "|", left);
  if (!text.empty()) {
    out.put(", ");
    out.put(text);
  }
  out.put(")");
}

void repr_match(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::size_t shown = 50;
  Heap& heap = out.heap();
  const auto& f = heap.layout().match;
  const auto string = heap.pointer(object, f.string);
  const auto begin = heap.field<std::int64_t>(object, f.mark);
  const auto end = heap.memory().read<std::int64_t>(object + *f.mark + sizeof(std::int64_t));
  if (!string || !begin || !end || *begin < 0 || *end < *begin) return out.mark_unreadable();
  out.put("<");
  out.put(type.tp_name);
  out.put(fmt::format(" object; span=({}, {}), match=", *begin, *end));
  put_cut_repr(out, *string, *begin, *end, shown);
  out.put(">");
}

}  // namespace pyexc::cpython
