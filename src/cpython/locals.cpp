// Objects/frameobject.c: PyFrame_GetLocals() and PyFrame_FastToLocals() of each version.

#include "cpython/locals.hpp"

#include <algorithm>

namespace pyexc::cpython {

namespace {

constexpr std::int32_t co_optimized = 0x1;  // CO_OPTIMIZED, Include/cpython/code.h
// Bits of co_localspluskinds, Include/internal/pycore_code.h
constexpr std::uint8_t kind_hidden = 0x10;
constexpr std::uint8_t kind_cell = 0x40;
constexpr std::uint8_t kind_free = 0x80;
constexpr std::size_t pointer_size = 8;

class LocalsReader {
 public:
  LocalsReader(Heap& heap, const FrameFacts& frame) : heap_(heap), frame_(frame) {}

  Result<Variables> read() {
    PYEXC_TRY(flags_, heap_.field<std::int32_t>(frame_.code, heap_.layout().code.co_flags));
    const bool optimized = (flags_ & co_optimized) != 0;
    if (!optimized) return from_mapping();
    if (heap_.layout().code.co_localsplusnames.has()) {
      PYEXC_CHECK(fast_locals());
    } else {
      PYEXC_CHECK(old_locals());
    }
    PYEXC_CHECK(extra_locals());
    return std::move(found_);
  }

 private:
  Result<Variables> from_mapping() {
    if (frame_.locals.null()) return std::move(found_);
    PYEXC_TRY(const auto* type, heap_.type_info_of(frame_.locals));
    if (!type->is(type_flags::dict_subclass) || type->heap()) {
      found_.exact = false;
      return std::move(found_);
    }
    PYEXC_CHECK(append_dict(frame_.locals));
    return std::move(found_);
  }

  Result<void> append_dict(RemoteAddr dict) {
    PYEXC_TRY(const auto items, heap_.dict_items(dict));
    for (const DictEntry& entry : items.entries) found_.items.push_back({entry.key, entry.value});
    if (items.left_out != 0) found_.exact = false;
    return {};
  }

  /// A slot may hold the value itself, before MAKE_CELL has run: only a real cell is looked into.
  Result<RemoteAddr> through_cell(RemoteAddr value) {
    if (value.null() || !heap_.is_exactly(value, "cell")) return value;
    return heap_.pointer(value, heap_.layout().cell.ob_ref);
  }

  Result<void> add(RemoteAddr name, RemoteAddr slot, bool cell) {
    PYEXC_TRY(auto value, heap_.memory().read_pointer(slot));
    value = heap_.untag(value);
    if (cell) {
      PYEXC_TRY(value, through_cell(value));
    }
    if (!value.null()) found_.items.push_back({name, value});
    return {};
  }

  Result<void> fast_locals() {
    const auto& code = heap_.layout().code;
    PYEXC_TRY(const auto names_object, heap_.pointer(frame_.code, code.co_localsplusnames));
    PYEXC_TRY(const auto kinds_object, heap_.pointer(frame_.code, code.co_localspluskinds));
    PYEXC_TRY(const auto names, heap_.tuple_items(names_object));
    PYEXC_TRY(const auto kinds, heap_.raw_bytes(kinds_object, heap_.limits().max_items));
    const std::size_t count = std::min(names.items.size(), kinds.size());
    const RemoteAddr slots = frame_.iframe + *heap_.layout().iframe.localsplus;
    PYEXC_CHECK(heap_.memory().touch(slots, count * pointer_size));
    for (std::size_t i = 0; i < count; ++i) {
      const auto kind = static_cast<std::uint8_t>(kinds[i]);
      if ((kind & kind_hidden) != 0) continue;
      PYEXC_CHECK(add(names.items[i], slots + i * pointer_size, (kind & (kind_cell | kind_free)) != 0));
    }
    return {};
  }

  /// Up to 3.10: variables, then cells, then free variables, each with its own tuple of names.
  Result<void> old_locals() {
    const auto& code = heap_.layout().code;
    RemoteAddr slot = frame_.frame_object + *heap_.layout().frame_object.f_localsplus;
    for (const auto& [names_field, cells] :
         {std::pair{code.co_varnames, false}, std::pair{code.co_cellvars, true}, std::pair{code.co_freevars, true}}) {
      PYEXC_TRY(const auto names_object, heap_.pointer(frame_.code, names_field));
      PYEXC_TRY(const auto names, heap_.tuple_items(names_object));
      for (const RemoteAddr name : names.items) {
        PYEXC_CHECK(add(name, slot, cells));
        slot = slot + pointer_size;
      }
    }
    return {};
  }

  /// 3.13+: keys written through frame.f_locals. Up to 3.12 a snapshot dict may hold further names.
  Result<void> extra_locals() {
    const auto& extra = heap_.layout().frame_object.f_extra_locals;
    if (!extra.has() || frame_.frame_object.null()) return {};
    PYEXC_TRY(const auto dict, heap_.pointer(frame_.frame_object, extra));
    if (dict.null()) return {};
    return append_dict(dict);
  }

  Heap& heap_;
  const FrameFacts& frame_;
  std::int32_t flags_ = 0;
  Variables found_;
};

}  // namespace

Result<Variables> read_locals(Heap& heap, const FrameFacts& frame) { return LocalsReader(heap, frame).read(); }

}  // namespace pyexc::cpython
