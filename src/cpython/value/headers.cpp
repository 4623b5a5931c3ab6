#include "cpython/value/headers.hpp"

#include <algorithm>
#include <cctype>

#include "cpython/value/quote.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 256;
constexpr std::size_t max_environ = 1000;

class Writer {
 public:
  explicit Writer(Printer& out) : out_(out) { out_.put("{"); }
  ~Writer() {
    if (left_out_ != 0) {
      if (count_ != 0) out_.put(", ");
      out_.mark_left_out(left_out_);
    }
    out_.put("}");
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void header(std::string_view name, RemoteAddr value) {
    if (count_ >= out_.max_items()) return leave_out(1);
    if (count_++ != 0) out_.put(", ");
    out_.put(2, [&] { return quote_str(name, out_.database(), out_.room()); });
    out_.put(": ");
    out_.repr_named(PyText(name), value);
  }

  void header(RemoteAddr name, RemoteAddr value) {
    Heap& heap = out_.heap();
    if (heap.has_flag(name, type_flags::bytes_subclass)) {
      const auto bytes = heap.raw_bytes(name, max_name);
      return header(bytes ? std::string_view(*bytes) : "?", value);
    }
    const auto text = heap.text_now(name, max_name);
    header(text ? std::string_view(*text) : "?", value);
  }

  /// A tuple that begins with a name and ends with its value.
  void pair(RemoteAddr tuple) {
    const auto items = out_.heap().tuple_items(tuple, 4);
    if (items && items->items.size() >= 2 && items->left_out == 0)
      header(items->items.front(), items->items.back());
  }

  void leave_out(std::size_t count) { left_out_ += count; }

 private:
  Printer& out_;
  std::size_t count_ = 0, left_out_ = 0;
};

/// "HTTP_ACCEPT_LANGUAGE" was "Accept-Language".
std::string name_in_request(std::string_view key) {
  std::string name;
  bool begins = true;
  for (const char c : key) {
    const auto letter = static_cast<unsigned char>(c);
    name.push_back(
        c == '_' ? '-' : static_cast<char>(begins ? std::toupper(letter) : std::tolower(letter)));
    begins = c == '_';
  }
  return name;
}

}  // namespace

void put_environ_headers(Printer& out, RemoteAddr environ) {
  constexpr std::string_view prefix = "HTTP_";
  Heap& heap = out.heap();
  const auto items = heap.dict_items(environ, max_environ);
  if (!items) return out.mark_unreadable();
  Writer writer(out);
  writer.leave_out(items->left_out);
  for (const DictEntry& entry : items->entries) {
    const auto key = heap.text_now(entry.key, max_name);
    if (!key) continue;
    const bool content = *key == "CONTENT_TYPE" || *key == "CONTENT_LENGTH";
    // An empty CONTENT_LENGTH says that there was none (PEP 3333).
    if (content && heap.str_equals(entry.value, "")) continue;
    if (content || key->starts_with(prefix))
      writer.header(name_in_request(content ? std::string_view(*key)
                                            : std::string_view(*key).substr(prefix.size())),
                    entry.value);
  }
}

void put_header_list(Printer& out, RemoteAddr list) {
  Heap& heap = out.heap();
  const auto items = heap.has_flag(list, type_flags::tuple_subclass)
                         ? heap.tuple_items(list, out.max_items())
                         : heap.list_items(list, out.max_items());
  if (!items) return out.mark_unreadable();
  Writer writer(out);
  writer.leave_out(items->left_out);
  for (const RemoteAddr item : items->items) writer.pair(item);
}

void put_headers(Printer& out, RemoteAddr headers) {
  Heap& heap = out.heap();
  // werkzeug.datastructures.EnvironHeaders has an empty _list beside its environ in 3.x.
  const RemoteAddr environ = attribute(heap, headers, "environ");
  if (!environ.null() && heap.has_flag(environ, type_flags::dict_subclass))
    return put_environ_headers(out, environ);
  // werkzeug, starlette and httpx.
  const RemoteAddr list = attribute(heap, headers, "_list");
  if (!list.null() && heap.has_flag(list, type_flags::list_subclass))
    return put_header_list(out, list);
  // requests, django: lower-case name -> (name, value).
  const RemoteAddr store = attribute(heap, headers, "_store");
  if (store.null() || !heap.has_flag(store, type_flags::dict_subclass)) return out.repr(headers);
  const auto items = heap.dict_items(store, out.max_items());
  if (!items) return out.mark_unreadable();
  Writer writer(out);
  writer.leave_out(items->left_out);
  for (const DictEntry& entry : items->entries) writer.pair(entry.value);
}

}  // namespace pyexc::cpython
