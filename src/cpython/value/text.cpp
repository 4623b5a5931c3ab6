// str, bytes and bytearray.

#include "cpython/value/families.hpp"
#include "cpython/value/quote.hpp"

namespace pyexc::cpython {

void repr_str(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto value = out.heap().str(object, out.max_string());
  if (!value) return out.mark_unreadable();
  out.put(value->length - value->left_out + 2,
          [&] { return quote_str(value->text, out.database(), out.room()); });
  out.mark_left_out(value->left_out);
}

void str_str(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto value = out.heap().str(object, out.max_string());
  if (!value) return out.mark_unreadable();
  out.put_whole(value->length - value->left_out, value->text);
  out.mark_left_out(value->left_out);
}

void repr_bytes(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto value = out.heap().bytes(object, out.max_string());
  if (!value) return out.mark_unreadable();
  out.put("b");
  out.put(value->length - value->left_out + 2,
          [&] { return quote_bytes(value->data, out.room()); });
  out.mark_left_out(value->left_out);
}

void repr_bytearray(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto value = out.heap().bytearray(object, out.max_string());
  if (!value) return out.mark_unreadable();
  out.put(Printer::short_name(type));
  out.put("(b");
  const auto single = out.heap().traits().bytearray_escapes_single_quotes ? SingleQuotes::escaped
                                                                          : SingleQuotes::as_needed;
  out.put(value->length - value->left_out + 2,
          [&] { return quote_bytes(value->data, out.room(), single); });
  out.mark_left_out(value->left_out);
  out.put(")");
}

}  // namespace pyexc::cpython
