// Values with a name, and objects that only their own code could print: what they hold is shown instead.

#include <algorithm>

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

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

void Printer::note_part(PyText name, std::size_t begin, ValueKind kind) {
  if (heap_.capturing()) return;
  // Without its place in the list a value could not be masked: then nothing more is shown.
  if (parts_.size() >= max_parts) return stop_full();
  const auto place = std::upper_bound(parts_.begin(), parts_.end(), begin,
                                      [](std::size_t at, const NamedPart& part) { return at <= part.begin; });
  parts_.insert(place, NamedPart{begin, text_.size(), std::move(name), std::move(kind.type), kind.length});
}

void Printer::repr_named(const PyText& name, RemoteAddr value) {
  const std::size_t begin = text_.size();
  repr(value);
  note_part(name, begin, kind_of(heap_, value));
}

void Printer::note_value_of(RemoteAddr key, std::size_t begin, RemoteAddr value) {
  if (heap_.has_flag(key, type_flags::bytes_subclass)) {
    if (const auto name = heap_.bytes(key, max_part_name)) note_part(name->data, begin, kind_of(heap_, value));
  } else if (heap_.has_flag(key, type_flags::str_subclass)) {
    if (const auto name = heap_.str(key, max_part_name)) note_part(name->text, begin, kind_of(heap_, value));
  }
}

void Printer::repr_value_of(RemoteAddr key, RemoteAddr value) {
  named_by(key, value, [&] { repr(value); });
}

std::size_t Printer::put_attributes(RemoteAddr object, bool first) {
  const std::size_t most = max_attributes();
  std::size_t count = 0, left_out = 0;
  const auto one = [&](RemoteAddr key, RemoteAddr value) {
    if (done()) return;
    if (count >= most) {
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
  if (const auto items = heap_.slot_items(object))
    for (const DictEntry& entry : items->entries) one(entry.key, entry.value);
  if (const auto items = heap_.instance_items(object, most)) {
    for (const DictEntry& entry : items->entries) one(entry.key, entry.value);
    left_out += items->left_out;
  }
  if (left_out != 0) {
    if (!first) put(", ");
    mark_left_out(left_out);
  }
  return count + left_out;
}

void Printer::put_foreign(RemoteAddr object, const TypeInfo& type) {
  put_default(object, type);
  const Inside inside(*this, object);
  if (!inside.entered()) return;
  if (!has_parts(object, type)) return;
  put("(");
  bool first = true;
  put_underlying(object, type, first);
  put_attributes(object, first);
  put(")");
}

// Nothing is known of many objects of C types: then empty parentheses say no more than none.
bool Printer::has_parts(RemoteAddr object, const TypeInfo& type) {
  constexpr std::string_view root = "object";
  const auto types = heap_.mro(type);
  const auto is_other = [&](const TypeInfo* base) { return !base->heap() && base->tp_name != root; };
  if (type.heap() && types && std::any_of(types->begin(), types->end(), is_other)) return true;
  const auto items = heap_.instance_items(object, 1);
  const auto slots = heap_.slot_items(object);
  return (items && !items->entries.empty()) || (slots && !slots->entries.empty());
}

// What a list, a str or a deque is besides its attributes, as the type that it inherits from would write it.
void Printer::put_underlying(RemoteAddr object, const TypeInfo& type, bool& first) {
  const auto types = heap_.mro(type);
  if (!types) return mark_unreadable();
  for (const TypeInfo* base : *types) {
    if (base->heap() || base->tp_name == "object") continue;
    if (type.is(type_flags::exception_subclass)) {
      const auto args = heap_.pointer(object, heap_.layout().base_exception.args);
      if (!args) return mark_unreadable();
      put("args=");
      repr(*args);
    } else if (type.is(type_flags::dict_subclass)) {
      const auto items = heap_.dict_items(object, max_items());
      if (!items) return mark_unreadable();
      put_entries(*this, *items);
    } else if (type.is(type_flags::list_subclass | type_flags::tuple_subclass)) {
      const bool tuple = type.is(type_flags::tuple_subclass);
      const auto items = tuple ? heap_.tuple_items(object, max_items()) : heap_.list_items(object, max_items());
      if (!items) return mark_unreadable();
      put_sequence(*this, *items, tuple);
    } else if (const Decoder decoder = repr_decoder(base->tp_name)) {
      // Decoders of containers guard the object themselves.
      guarded_.pop_back();
      decoder(*this, object, type);
      guarded_.push_back(object);
    } else {
      continue;
    }
    first = false;
    return;
  }
}

bool Printer::may_enter(RemoteAddr object) const {
  constexpr std::size_t max_nested = 2;
  return max_attributes_ != 0 && foreign_depth_ < max_nested &&
         std::find(guarded_.begin(), guarded_.end(), object) == guarded_.end();
}

Printer::Inside::Inside(Printer& printer, RemoteAddr object) : printer_(printer), entered_(printer.may_enter(object)) {
  if (!entered_) return;
  printer_.guarded_.push_back(object);
  ++printer_.foreign_depth_;
}

Printer::Inside::~Inside() {
  if (!entered_) return;
  printer_.guarded_.pop_back();
  --printer_.foreign_depth_;
}

}  // namespace pyexc::cpython
