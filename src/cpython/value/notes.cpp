// __notes__ (PEP 678) as traceback.py finds and formats them.

#include <algorithm>
#include <array>

#include "base/checked.hpp"
#include "cpython/value/attribute_fact.hpp"
#include "cpython/value/printer.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/str.hpp"

namespace pyexc::cpython {

namespace {

/// getattr(): the instance's own dict, unless a data descriptor of the class comes first; else the
/// class.
struct Found {
  RemoteAddr value;
  bool exact = true;
};

/// urllib.error.HTTPError inherits __getattr__ from tempfile's wrapper of files, which asks the file that it wraps
/// (Lib/tempfile.py). True if that is the library's own function and the file has no such attribute either.
bool asks_a_file_without(Heap& heap, RemoteAddr exception, RemoteAddr getattr, std::string_view name) {
  if (!is_stdlib_function(heap, getattr, "tempfile.py", "_TemporaryFileWrapper.__getattr__")) return false;
  const auto file = heap.instance_get(exception, "file");
  if (!file || file->null()) return false;
  const auto type = heap.type_info_of(*file);
  if (!type) return false;
  for (const std::string_view special : {std::string_view("__getattr__"), std::string_view("__getattribute__"), name}) {
    const auto found = heap.heap_type_attribute(**type, special);
    if (!found || !found->null()) return false;
  }
  const auto own = heap.instance_get(*file, name);
  return own && own->null();
}

Result<Found> find_notes(Heap& heap, RemoteAddr exception) {
  constexpr std::string_view name = "__notes__";
  Found found;
  PYEXC_TRY(const auto* type, heap.type_info_of(exception));
  PYEXC_TRY(const auto inherited, heap.heap_type_attribute(*type, name));
  if (!inherited.null() && heap.is_exactly(inherited, "member_descriptor")) {
    // __slots__ = ("__notes__",)
    PYEXC_TRY(found.value, heap.slot_member(exception, inherited));
    return found;
  }
  PYEXC_TRY(const auto getattribute, heap.heap_type_attribute(*type, "__getattribute__"));
  if (!getattribute.null()) found.exact = false;
  PYEXC_TRY(const auto* kind,
            inherited.null() ? Result<const TypeInfo*>(nullptr) : heap.type_info_of(inherited));
  const bool descriptor = kind != nullptr &&
                          (!kind->is(type_flags::list_subclass | type_flags::tuple_subclass |
                                     type_flags::str_subclass | type_flags::bytes_subclass |
                                     type_flags::int_subclass | type_flags::dict_subclass) ||
                           kind->heap()) &&
                          !heap.is_none(inherited);
  PYEXC_TRY(const auto own, heap.instance_get(exception, name));
  if (!own.null()) {
    if (descriptor) found.exact = false;
    found.value = own;
    return found;
  }
  found.value = inherited;
  if (descriptor) found.exact = false;
  if (inherited.null()) {
    PYEXC_TRY(const auto getattr, heap.heap_type_attribute(*type, "__getattr__"));
    if (!getattr.null() && !asks_a_file_without(heap, exception, getattr, name)) found.exact = false;
  }
  return found;
}

constexpr std::array not_sequences = {std::string_view("int"),       std::string_view("bool"),
                                      std::string_view("float"),     std::string_view("complex"),
                                      std::string_view("dict"),      std::string_view("set"),
                                      std::string_view("frozenset"), std::string_view("type"),
                                      std::string_view("function"),  std::string_view("ellipsis")};

class NotesReader {
 public:
  explicit NotesReader(Heap& heap) : heap_(heap) {}

  Notes read(RemoteAddr exception) {
    const auto found = find_notes(heap_, exception);
    if (!found) return unreadable();
    if (found->value.null() || heap_.is_none(found->value)) {
      if (!found->exact) return inexact("<not read: __notes__ is found by code of the target>");
      return {};
    }
    exact_ = found->exact;
    read_value(found->value);
    return std::move(notes_);
  }

 private:
  void read_value(RemoteAddr value) {
    const auto type = heap_.type_info_of(value);
    if (!type) {
      notes_ = unreadable();
      return;
    }
    const TypeInfo& info = **type;
    if (info.heap()) {
      const auto iterates = heap_.heap_type_attribute(info, "__iter__");
      const auto items = heap_.heap_type_attribute(info, "__getitem__");
      if (!iterates || !items || !iterates->null() || !items->null()) exact_ = false;
    }
    if (info.is(type_flags::str_subclass)) return text(value);
    if (info.is(type_flags::list_subclass)) return sequence(heap_.list_items(value));
    if (info.is(type_flags::tuple_subclass)) return sequence(heap_.tuple_items(value));
    if (info.is(type_flags::bytes_subclass) && any_sequence()) return bytes(value);
    // What else is a collections.abc.Sequence was registered or inherits from it: not decided here,
    // but none of the builtin types below is.
    const bool known =
        !info.heap() && (info.is(type_flags::bytes_subclass) || info.tp_name == "bytearray" ||
                         std::find(not_sequences.begin(), not_sequences.end(), info.tp_name) !=
                             not_sequences.end());
    if (info.tp_name == "range" && !info.heap()) return range(value);
    if (!known || info.tp_name == "bytearray") exact_ = false;
    other(value);
  }

  [[nodiscard]] bool any_sequence() const {
    return heap_.layout().text.notes == TextRules::Notes::any_sequence;
  }

  void sequence(const Result<Items>& items) {
    if (!items) {
      notes_ = unreadable();
      return;
    }
    notes_.kind = Notes::Kind::sequence;
    for (const RemoteAddr item : items->items) add(item);
    if (items->left_out != 0)
      notes_.items.push_back({"...<" + std::to_string(items->left_out) + " more>", false});
  }

  void add(RemoteAddr item) {
    bool failed = false;
    ValueText note = str(heap_, item, {}, &failed);
    if (failed) note = {"<note str() failed>", true};
    if (!exact_) note.exact = false;
    notes_.items.push_back(std::move(note));
  }

  void bytes(RemoteAddr value) {
    const auto data = heap_.bytes(value);
    if (!data) {
      notes_ = unreadable();
      return;
    }
    notes_.kind = Notes::Kind::sequence;
    for (const char byte : data->data)
      notes_.items.push_back({std::to_string(static_cast<unsigned char>(byte)), exact_});
    if (data->left_out != 0)
      notes_.items.push_back({"...<" + std::to_string(data->left_out) + " more>", false});
  }

  void range(RemoteAddr value) {
    const auto& f = heap_.layout().range;
    const auto start = number(value, f.start), stop = number(value, f.stop),
               step = number(value, f.step);
    if (!start || !stop || !step || *step == 0) {
      exact_ = false;
      return other(value);
    }
    notes_.kind = Notes::Kind::sequence;
    for (std::int64_t i = *start; *step > 0 ? i < *stop : i > *stop;) {
      if (notes_.items.size() >= heap_.limits().max_items) {
        notes_.items.push_back({"...<more>", false});
        return;
      }
      notes_.items.push_back({std::to_string(i), exact_});
      const auto next = checked_add(i, *step);
      if (!next) return;
      i = *next;
    }
  }

  Result<std::int64_t> number(RemoteAddr object, layout::Offset field) {
    PYEXC_TRY(const auto value, heap_.pointer(object, field));
    PYEXC_TRY(const auto integer, heap_.integer(value));
    if (!integer.fits_int64()) return fail(Errc::limit, "a range beyond 64 bits");
    return integer.clamped();
  }

  void text(RemoteAddr value) {
    notes_.kind = Notes::Kind::text;
    auto whole = heap_.str(value);
    if (!whole) {
      notes_ = unreadable();
      return;
    }
    notes_.items.push_back({std::move(whole->text), exact_ && whole->left_out == 0});
    repr_of(value);
  }

  void other(RemoteAddr value) {
    notes_.kind = Notes::Kind::other;
    repr_of(value);
  }

  void repr_of(RemoteAddr value) {
    bool failed = false;
    notes_.repr = repr(heap_, value, {}, &failed);
    if (failed) notes_.repr = {"<__notes__ repr() failed>", true};
    if (!exact_) notes_.repr.exact = false;
  }

  static Notes inexact(std::string what) {
    Notes notes;
    notes.kind = Notes::Kind::other;
    notes.repr = {std::move(what), false};
    return notes;
  }
  static Notes unreadable() { return inexact("<unreadable>"); }

  Heap& heap_;
  Notes notes_;
  bool exact_ = true;
};

}  // namespace

Notes notes(Heap& heap, RemoteAddr exception) { return NotesReader(heap).read(exception); }

}  // namespace pyexc::cpython
