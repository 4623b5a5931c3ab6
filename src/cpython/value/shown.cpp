#include "cpython/value/shown.hpp"

#include <algorithm>
#include <string>

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_name = 256;

/// A class attribute that getattr() would give as it is.
RemoteAddr class_constant(Heap& heap, const TypeInfo& type, std::string_view name) {
  const auto value = heap.heap_type_attribute(type, name);
  if (!value || value->null()) return {};
  const auto kind = heap.type_info_of(*value);
  return kind && !(*kind)->heap() && !(*kind)->has_descr_get ? *value : RemoteAddr();
}

}  // namespace

RemoteAddr attribute(Heap& heap, RemoteAddr object, std::string_view name) {
  if (const auto own = heap.instance_get(object, name); own && !own->null()) return *own;
  const auto type = heap.type_info_of(object);
  if (!type) return {};
  if (const auto slot = heap.heap_type_attribute(**type, name);
      slot && !slot->null() && heap.is_exactly(*slot, "member_descriptor"))
    return heap.slot_member(object, *slot).value_or(RemoteAddr());
  return class_constant(heap, **type, name);
}

Shown::Shown(Printer& out, RemoteAddr object, const TypeInfo& type)
    : out_(out), object_(object), inside_(out, object) {
  out_.put("<");
  out_.put_type_name(type);
}

Shown::~Shown() { out_.put(">"); }

void Shown::comma() {
  out_.put(first_ ? " " : ", ");
  first_ = false;
}

void Shown::begin(std::string_view name) {
  comma();
  out_.put(name);
  out_.put("=");
}

void Shown::value(std::string_view name, RemoteAddr value) {
  if (value.null()) return;
  begin(name);
  out_.repr_named(PyText(name), value);
}

void Shown::text(std::string_view name, std::string_view text) {
  begin(name);
  out_.put(text);
}

void Shown::number(std::string_view name, std::size_t value) { text(name, std::to_string(value)); }

void Shown::remark(std::string_view words) {
  comma();
  out_.put(words);
}

void Shown::attribute(std::string_view name) {
  const RemoteAddr found = cpython::attribute(out_.heap(), object_, name);
  value(name.substr(std::min(name.find_first_not_of('_'), name.size())), found);
}

void Shown::attributes(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) attribute(name);
}

void Shown::items(const DictItems& items, std::initializer_list<std::string_view> hidden) {
  std::size_t count = 0, left_out = items.left_out;
  for (const DictEntry& entry : items.entries) {
    if (out_.done()) return;
    const auto is_hidden = [&](std::string_view name) {
      return out_.heap().str_equals(entry.key, name);
    };
    if (std::any_of(hidden.begin(), hidden.end(), is_hidden)) continue;
    const auto name = out_.heap().str(entry.key, max_name);
    if (!name) continue;
    if (count++ >= out_.max_attributes()) {
      ++left_out;
      continue;
    }
    comma();
    out_.put(name->length - name->left_out, [&] { return name->text; });
    out_.put("=");
    out_.repr_named(name->text, entry.value);
  }
  if (left_out == 0) return;
  comma();
  out_.mark_left_out(left_out);
}

}  // namespace pyexc::cpython
