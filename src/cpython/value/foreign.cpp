// Values with a name, and objects that only their own code could print: what they hold is shown instead.

#include <algorithm>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_part_name = 256;   // characters of a name that redact/ looks at
constexpr std::size_t max_parts = 1U << 16;  // of one text
}  // namespace

ValueKind kind_of(Heap& heap, RemoteAddr object) {
  ValueKind kind;
  const auto type = heap.type_info_of(object);
  if (!type) return kind;
  if (const auto names = heap.type_names(**type)) kind.type = names->name;
  if ((*type)->is(type_flags::str_subclass)) {
    if (const auto length = heap.str_length(object)) kind.length = *length;
  } else if ((*type)->is(type_flags::dict_subclass)) {
    if (const auto length = heap.dict_used(object)) kind.length = *length;
  } else if ((*type)->is(type_flags::bytes_subclass | type_flags::list_subclass | type_flags::tuple_subclass)) {
    if (const auto length = heap.var_size(object)) kind.length = *length;
  } else if (heap.is_exactly(object, "bytearray")) {
    if (const auto length = heap.var_size(object)) kind.length = *length;
  }
  return kind;
}

void Printer::note_part(PyText name, std::size_t begin, RemoteAddr value) {
  if (heap_.capturing()) {
    (void)kind_of(heap_, value);
    return;
  }
  // Without its place in the list a value could not be masked: then nothing more is shown.
  if (parts_.size() >= max_parts) return stop_full();
  ValueKind kind = kind_of(heap_, value);
  const auto place = std::upper_bound(parts_.begin(), parts_.end(), begin,
                                      [](std::size_t at, const NamedPart& part) { return at <= part.begin; });
  parts_.insert(place, NamedPart{begin, text_.size(), std::move(name), std::move(kind.type), kind.length});
}

void Printer::repr_named(const PyText& name, RemoteAddr value) {
  const std::size_t begin = text_.size();
  repr(value);
  note_part(name, begin, value);
}

void Printer::repr_value_of(RemoteAddr key, RemoteAddr value) {
  if (!heap_.has_flag(key, type_flags::str_subclass)) return repr(value);
  const auto name = heap_.str(key, max_part_name);
  if (!name) return repr(value);
  repr_named(name->text, value);
}

std::size_t Printer::put_attributes(RemoteAddr object, bool first) {
  std::size_t count = 0, left_out = 0;
  const auto one = [&](RemoteAddr key, RemoteAddr value) {
    if (done()) return;
    if (count >= max_attributes_) {
      ++left_out;
      return;
    }
    const auto name = heap_.str(key, max_part_name);
    if (!name) return;
    if (!first) put(", ");
    first = false;
    ++count;
    put(name->length - name->left_out, [&] { return name->text; });
    put("=");
    repr_named(name->text, value);
  };
  if (const auto items = heap_.instance_items(object, max_attributes_)) {
    for (const DictEntry& entry : items->entries) one(entry.key, entry.value);
    left_out += items->left_out;
  }
  if (const auto items = heap_.slot_items(object))
    for (const DictEntry& entry : items->entries) one(entry.key, entry.value);
  if (left_out != 0) {
    if (!first) put(", ");
    mark_left_out(left_out);
  }
  return count + left_out;
}

void Printer::put_foreign(RemoteAddr object, const TypeInfo& type) {
  put_default(object, type);
  constexpr std::size_t max_nested = 2;  // objects shown by their attributes inside one another
  if (max_attributes_ == 0 || foreign_depth_ >= max_nested) return;
  const Guard guard(*this, object);
  if (!guard.entered()) return;
  ++foreign_depth_;
  put("(");
  put_attributes(object);
  put(")");
  --foreign_depth_;
}

}  // namespace pyexc::cpython
