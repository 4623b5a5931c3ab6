// Objects/frameobject.c of each version: PyFrame_FastToLocalsWithError() up to 3.11,
// _PyFrame_GetLocals() in 3.12, frame_getlocals() and the FrameLocalsProxy since 3.13 (PEP 667).

#include "cpython/locals.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "cpython/namespace.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::int32_t co_optimized = 0x1;  // CO_OPTIMIZED, Include/cpython/code.h
// Bits of co_localspluskinds, Include/internal/pycore_code.h
constexpr std::uint8_t kind_hidden = 0x10;  // 3.12+, PEP 709
constexpr std::uint8_t kind_cell = 0x40;
constexpr std::uint8_t kind_free = 0x80;
constexpr std::size_t pointer_size = 8;

/// One of a frame's own variables.
struct Slot {
  RemoteAddr name;
  RemoteAddr value;  ///< null: not bound
  std::uint8_t kind = 0;
};

class LocalsReader {
 public:
  LocalsReader(Heap& heap, const FrameFacts& frame) : heap_(heap), frame_(frame), found_(heap) {}

  Result<Variables> read() {
    PYEXC_TRY(const auto flags,
              heap_.field<std::int32_t>(frame_.code, heap_.layout().code.co_flags));
    optimized_ = (flags & co_optimized) != 0;
    if (heap_.layout().code.co_localsplusnames.has()) {
      PYEXC_CHECK(read_localsplus());
    } else {
      PYEXC_CHECK(read_three_tuples());
    }
    if (heap_.layout().frame_object.f_extra_locals.has()) {
      PYEXC_CHECK(through_proxy());
    } else {
      PYEXC_CHECK(merged());
    }
    return Variables{found_.take(), rewritten_, exact_};
  }

 private:
  /// Up to 3.12 the variables are written into the mapping that the frame keeps: the namespace of a
  /// module or a class body, or what an earlier look has left.
  Result<void> merged() {
    PYEXC_CHECK(add_mapping(frame_.locals));
    found_.next_source();
    for (const Slot& slot : slots_) {
      if ((slot.kind & kind_hidden) != 0) continue;
      // Those of a class body are not in its namespace.
      if ((slot.kind & kind_free) != 0 && !optimized_) continue;
      if (slot.value.null()) found_.remove(slot.name);
      else found_.set(slot.name, slot.value);
    }
    if (found_.changed() && !frame_.locals.null()) rewritten_ = frame_.locals;
    // Variables of a comprehension that runs inside this frame, in a copy of the mapping.
    for (const Slot& slot : slots_)
      if ((slot.kind & kind_hidden) != 0 && !slot.value.null()) found_.set(slot.name, slot.value);
    return {};
  }

  /// Since 3.13 a proxy lists the variables themselves, and a dict of names that were written
  /// through it. While a comprehension runs inside a module or a class body, that is all there is.
  Result<void> through_proxy() {
    const bool hidden = std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
      return (slot.kind & kind_hidden) != 0 && !slot.value.null();
    });
    if (!optimized_ && !hidden) return add_mapping(frame_.locals);
    for (const Slot& slot : slots_)
      if (!slot.value.null()) found_.set(slot.name, slot.value);
    if (frame_.frame_object.null()) return {};
    PYEXC_TRY(const auto extra,
              heap_.pointer(frame_.frame_object, heap_.layout().frame_object.f_extra_locals));
    if (extra.null()) return {};
    found_.next_source();
    return add_dict(extra);
  }

  Result<void> add_mapping(RemoteAddr mapping) {
    if (mapping.null()) return {};
    PYEXC_TRY(const auto* type, heap_.type_info_of(mapping));
    if (!type->is(type_flags::dict_subclass)) {
      exact_ = false;  // only its own code could list it
      return {};
    }
    // What `locals.items() if locals` and, with cells, the merge would call.
    static constexpr std::array methods{
        std::string_view("items"),       std::string_view("keys"),
        std::string_view("__iter__"),    std::string_view("__len__"),
        std::string_view("__bool__"),    std::string_view("__getattribute__"),
        std::string_view("__setitem__"), std::string_view("__delitem__")};
    for (const std::string_view method : methods) {
      PYEXC_TRY(const auto own, heap_.heap_type_attribute(*type, method));
      if (own.null()) continue;
      exact_ = false;
      break;
    }
    return add_dict(mapping);
  }

  Result<void> add_dict(RemoteAddr dict) {
    PYEXC_TRY(const auto items, heap_.dict_items(dict));
    for (const DictEntry& entry : items.entries) found_.set(entry.key, entry.value);
    if (items.left_out != 0) exact_ = false;
    return {};
  }

  /// A slot may hold the value itself, before MAKE_CELL has run or while a comprehension has a
  /// variable of that name (gh-128396): only a real cell is looked into.
  Result<void> add_slot(RemoteAddr name, RemoteAddr place, std::uint8_t kind) {
    PYEXC_TRY(auto value, heap_.memory().read_pointer(place));
    value = heap_.untag(value);
    if ((kind & (kind_cell | kind_free)) != 0 && !value.null() && heap_.is_exactly(value, "cell")) {
      PYEXC_TRY(value, heap_.pointer(value, heap_.layout().cell.ob_ref));
    }
    slots_.push_back({name, value, kind});
    return {};
  }

  Result<void> read_localsplus() {
    const auto& code = heap_.layout().code;
    PYEXC_TRY(const auto names_object, heap_.pointer(frame_.code, code.co_localsplusnames));
    PYEXC_TRY(const auto kinds_object, heap_.pointer(frame_.code, code.co_localspluskinds));
    PYEXC_TRY(const auto names, heap_.tuple_items(names_object));
    PYEXC_TRY(const auto kinds, heap_.raw_bytes(kinds_object, heap_.limits().max_items));
    if (names.left_out != 0) exact_ = false;
    const std::size_t count = std::min(names.items.size(), kinds.size());
    const RemoteAddr first = frame_.iframe + *heap_.layout().iframe.localsplus;
    PYEXC_CHECK(heap_.memory().touch(first, count * pointer_size));
    for (std::size_t i = 0; i < count; ++i)
      PYEXC_CHECK(
          add_slot(names.items[i], first + i * pointer_size, static_cast<std::uint8_t>(kinds[i])));
    return {};
  }

  /// Up to 3.10: variables, then cells, then free variables, each with its own tuple of names.
  Result<void> read_three_tuples() {
    const auto& code = heap_.layout().code;
    RemoteAddr place = frame_.frame_object + *heap_.layout().frame_object.f_localsplus;
    using Names = std::pair<layout::Offset, std::uint8_t>;
    for (const auto& [names_field, kind] :
         {Names{code.co_varnames, 0}, Names{code.co_cellvars, kind_cell},
          Names{code.co_freevars, kind_free}}) {
      PYEXC_TRY(const auto names_object, heap_.pointer(frame_.code, names_field));
      PYEXC_TRY(const auto names, heap_.tuple_items(names_object));
      if (names.left_out != 0) exact_ = false;
      for (const RemoteAddr name : names.items) {
        PYEXC_CHECK(add_slot(name, place, kind));
        place = place + pointer_size;
      }
    }
    return {};
  }

  Heap& heap_;
  const FrameFacts& frame_;
  bool optimized_ = false;
  bool exact_ = true;
  RemoteAddr rewritten_;
  std::vector<Slot> slots_;
  Namespace found_;
};

}  // namespace

Result<Variables> read_locals(Heap& heap, const FrameFacts& frame) {
  return LocalsReader(heap, frame).read();
}

}  // namespace pyexc::cpython
