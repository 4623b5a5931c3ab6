// Bounds every offset of a layout once, so that no reader has to.

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "cpython/layout/layout.hpp"

namespace pyexc::layout {

namespace {

// sizeof of the largest structures: PyInterpreterState is 384 kB in 3.12, _PyRuntimeState 460 kB.
constexpr std::uint32_t max_runtime = 16U << 20;
constexpr std::uint32_t max_interpreter = 8U << 20;
constexpr std::uint32_t max_thread_state = 1U << 16;
constexpr std::uint32_t max_object = 1U << 12;

enum class FieldKind : std::uint8_t { ptr, i64, i32, u32, u8, size, inl };

constexpr std::uint32_t width_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::ptr:
    case FieldKind::i64: return 8;
    case FieldKind::i32:
    case FieldKind::u32: return 4;
    case FieldKind::u8: return 1;
    case FieldKind::size:
    case FieldKind::inl: return 0;
  }
  return 0;
}

constexpr std::uint32_t cap_of(std::string_view structure) {
  if (structure == "runtime") return max_runtime;
  if (structure == "interp") return max_interpreter;
  if (structure == "tstate" || structure == "tstate_impl") return max_thread_state;
  return max_object;
}

template <class Fields>
constexpr Offset size_of(const Fields& fields) {
  if constexpr (requires { fields.size; }) return fields.size;
  else return Offset();
}

const char* check_field(Offset offset, FieldKind kind, Offset structure_size, std::uint32_t cap) {
  if (!offset.has()) return nullptr;
  if (kind == FieldKind::size)
    return *offset == 0 || *offset > cap ? "has an impossible size" : nullptr;
  const std::uint32_t width = width_of(kind);
  if (width != 0 && *offset % width != 0) return "is not aligned";
  const std::uint32_t limit = structure_size.has() ? *structure_size : cap;
  if (*offset > cap || *offset + width > limit) return "lies outside its structure";
  return nullptr;
}

Result<void> check_all(const Layout& layout) {
  const auto bad = [](const char* structure, const char* field, const char* what) {
    return fail(Errc::unsupported, fmt::format("the layout's {}.{} {}", structure, field, what));
  };
#define STRUCT(ours, theirs)                       \
  {                                                \
    const auto& fields = layout.ours;              \
    const char* const name = #ours;                \
    const Offset structure_size = size_of(fields); \
    const std::uint32_t cap = cap_of(#ours);
#define FIELD(member, kind)                                                                \
  if (const char* what = check_field(fields.member, FieldKind::kind, structure_size, cap)) \
    return bad(name, #member, what);
#define END_STRUCT() }
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
  return {};
}

struct Extent {
  const char* field;
  std::uint32_t begin, end;
};

// Two members at one place mean that one of the two offsets is wrong.
template <std::size_t N>
const char* overlapping(const std::array<Extent, N>& extents) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (extents[i].begin < extents[j].end && extents[j].begin < extents[i].end)
        return extents[i].field;
  return nullptr;
}

constexpr Extent extent_of(const char* field, Offset offset, FieldKind kind) {
  if (!offset.has()) return {field, 0, 0};
  return {field, *offset, *offset + width_of(kind)};
}

// clang-format off
Result<void> check_overlaps(const Layout& layout) {
#define STRUCT(ours, theirs)          \
  {                                   \
    const auto& fields = layout.ours; \
    const char* const name = #ours;   \
    const std::array extents = {
#define FIELD(member, kind) extent_of(#member, fields.member, FieldKind::kind),
#define END_STRUCT()                                                                      \
  };                                                                                      \
  if (const char* field = overlapping(extents))                                           \
    return fail(Errc::unsupported,                                                        \
                fmt::format("the layout's {}.{} lies over another member", name, field)); \
  }
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
  return {};
}
// clang-format on

Result<void> check_required(const Layout& l) {
  const auto need = [](Offset offset, const char* name) -> Result<void> {
    if (offset.has()) return {};
    return fail(Errc::unsupported, fmt::format("the layout has no {}", name));
  };
#define NEED(structure, field) PYEXC_CHECK(need(l.structure.field, #structure "." #field))
  NEED(runtime, interpreters_head);
  NEED(interp, next);
  NEED(interp, threads_head);
  NEED(interp, sysdict);
  NEED(interp, builtins);
  NEED(interp, imports_modules);
  NEED(tstate, next);
  NEED(tstate, interp);
  NEED(tstate, thread_id);
  NEED(tstate, exc_info);
  NEED(exc_item, exc_value);
  NEED(exc_item, previous_item);
  switch (l.traits.frame_entry) {
    case FrameEntry::frame_object:
      NEED(tstate, frame);
      NEED(frame_object, f_code);
      NEED(frame_object, f_lasti);
      break;
    case FrameEntry::cframe:
      NEED(tstate, cframe);
      NEED(cframe, current_frame);
      break;
    case FrameEntry::current_frame: NEED(tstate, current_frame); break;
  }
  if (l.traits.frame_entry != FrameEntry::frame_object) {
    NEED(iframe, f_executable);
    NEED(iframe, previous);
    NEED(iframe, instr_ptr);
    NEED(iframe, owner);
    NEED(iframe, localsplus);
    NEED(code, co_code_adaptive);
    NEED(frame_object, f_frame);
  }
  NEED(frame_object, f_back);
  NEED(frame_object, f_lineno);
  NEED(code, co_filename);
  NEED(code, co_name);
  NEED(code, co_linetable);
  NEED(code, co_firstlineno);
  NEED(code, co_flags);
  NEED(traceback, tb_next);
  NEED(traceback, tb_frame);
  NEED(traceback, tb_lasti);
  NEED(traceback, tb_lineno);
  NEED(base_exception, dict);
  NEED(base_exception, args);
  NEED(base_exception, traceback);
  NEED(base_exception, context);
  NEED(base_exception, cause);
  NEED(base_exception, suppress_context);
  NEED(object, ob_type);
  NEED(var_object, ob_size);
  NEED(type, tp_name);
  NEED(type, tp_flags);
  NEED(type, tp_dict);
  NEED(type, tp_mro);
  NEED(heap_type, ht_qualname);
  NEED(unicode, size);
  NEED(unicode, length);
  NEED(unicode, state);
  NEED(compact_unicode, size);
  NEED(unicode_object, data);
  NEED(bytes, ob_sval);
  NEED(long_, ob_digit);
  NEED(tuple, ob_item);
  NEED(list, ob_item);
  NEED(dict, ma_keys);
  NEED(dict, ma_values);
  NEED(dict_keys, dk_nentries);
  if (l.traits.dict_keys == DictKeys::log2) {
    NEED(dict_keys, dk_log2_index_bytes);
    NEED(dict_keys, dk_kind);
  } else {
    NEED(dict_keys, dk_size);
  }
  if (l.traits.int_encoding == IntEncoding::lv_tag) NEED(long_, lv_tag);
#undef NEED
  return {};
}

}  // namespace

Result<void> validate(const Layout& layout) {
  PYEXC_CHECK(check_all(layout));
  PYEXC_CHECK(check_overlaps(layout));
  return check_required(layout);
}

}  // namespace pyexc::layout
