// os.environ and os.environb (Lib/os.py, _Environ): a dict of bytes, shown through functions that
// decode it.

#include "cpython/value/class_facts.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/quote.hpp"
#include "text/codepoints.hpp"

namespace pyexc::cpython {

namespace {

enum class Decoding : std::uint8_t { unknown, none, ascii, latin1, utf8 };

constexpr std::size_t max_encoding = 32;
constexpr std::size_t max_name = 256;
constexpr char32_t escape =
    0xdc00;  // surrogateescape: U+DC80..U+DCFF for the bytes that are not text

/// Bytes of the UTF-8 sequence at the front, 0 if it is none.
std::size_t sequence_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((at(i) & 0xc0U) != 0x80) return 0;
  // Overlong, a surrogate, beyond U+10FFFF.
  if ((first == 0xe0 && at(1) < 0xa0) || (first == 0xed && at(1) >= 0xa0) ||
      (first == 0xf0 && at(1) < 0x90) || (first == 0xf4 && at(1) >= 0x90))
    return 0;
  return length;
}

std::string decoded(std::string_view bytes, Decoding decoding) {
  std::string text;
  while (!bytes.empty()) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    std::size_t taken = 1;
    if (byte < 0x80) {
      text.push_back(bytes.front());
    } else if (decoding == Decoding::latin1) {
      text::append(text, char32_t{byte});
    } else if (const std::size_t length = decoding == Decoding::utf8 ? sequence_length(bytes) : 0;
               length != 0) {
      text.append(bytes.substr(0, length));
      taken = length;
    } else {
      text::append(text, escape + byte);
    }
    bytes.remove_prefix(taken);
  }
  return text;
}

/// What the function does that _Environ decodes with: os.py's own, for the encoding in its closure,
/// or bytes.
Decoding decoding_of(Heap& heap, RemoteAddr function) {
  if (const auto type = heap.type_info(function);
      type && !(*type)->heap() && (*type)->tp_name == "bytes")
    return Decoding::none;
  if (python_decoder(heap, function) != called_by_repr) return Decoding::unknown;
  const auto cells = closure(heap, function, 1);
  if (!cells) return Decoding::unknown;
  const auto name = heap.text_now(cells->front(), max_encoding);
  if (!name) return Decoding::unknown;
  if (*name == "utf-8") return Decoding::utf8;
  if (*name == "ascii") return Decoding::ascii;
  if (*name == "iso8859-1" || *name == "iso-8859-1" || *name == "latin-1") return Decoding::latin1;
  return Decoding::unknown;
}

void put_bytes(Printer& out, const BytesValue& value, Decoding decoding) {
  const std::size_t length = value.length - value.left_out;
  if (decoding == Decoding::none) {
    out.put("b");
    out.put(length + 2, [&] { return quote_bytes(value.data, out.room()); });
  } else {
    // Up to four bytes are one character.
    out.put(length / 4 + 2,
            [&] { return quote_str(decoded(value.data, decoding), out.database(), out.room()); });
  }
  out.mark_left_out(value.left_out);
}

}  // namespace

void repr_environ(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto data = attribute_of(heap, object, "_data");
  const auto key_decoder = attribute_of(heap, object, "decodekey");
  const auto value_decoder = attribute_of(heap, object, "decodevalue");
  if (!is_found(data)) return put_without(out, object, type, "_data", data);
  if (!is_found(key_decoder) || !is_found(value_decoder) || !heap.is_exactly(data->value, "dict"))
    return put_unknown(out, object, type, "the decoding");
  const Decoding keys = decoding_of(heap, key_decoder->value);
  const Decoding values = decoding_of(heap, value_decoder->value);
  const auto items = heap.dict_items(data->value, out.max_items());
  if (!items) return out.mark_unreadable();
  if (keys == Decoding::unknown || values == Decoding::unknown)
    return put_unknown(out, object, type, "the decoding");
  for (const DictEntry& entry : items->entries)
    if (!heap.is_exactly(entry.key, "bytes") || !heap.is_exactly(entry.value, "bytes"))
      return put_unknown(out, object, type, "the decoding");
  out.put("environ({");
  bool first = true;
  for (const DictEntry& entry : items->entries) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    const auto key = heap.bytes(entry.key, out.max_string());
    const auto value = heap.bytes(entry.value, out.max_string());
    if (!key || !value) return out.mark_unreadable();
    put_bytes(out, *key, keys);
    out.put(": ");
    const PyText name = decoded(std::string_view(key->data).substr(0, max_name), Decoding::utf8);
    const ValueKind kind{values == Decoding::none ? "bytes" : "str",
                         static_cast<std::int64_t>(value->length)};
    out.named(name, kind, [&] { put_bytes(out, *value, values); });
  }
  if (items->left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items->left_out);
  }
  out.put("})");
}

}  // namespace pyexc::cpython
