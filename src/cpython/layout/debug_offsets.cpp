#include "cpython/layout/debug_offsets.hpp"

#include <fmt/format.h>

#include <cstring>
#include <string_view>

namespace pyexc::layout {

namespace {

constexpr char cookie[8] = {'x', 'd', 'e', 'b', 'u', 'g', 'p', 'y'};
constexpr int first_minor = 13;

using Slot = Offset& (*)(Layout&);

/// One word of the table, in the order of the structure.
struct Word {
  int since;  // the minor version that added it
  const char* name;
  Slot slot;  // our field, or null: a word we only step over
};

// Two words that say one thing together.
constexpr const char* gc_word = "interpreter_state.gc";
constexpr const char* collecting_word = "gc.collecting";

#define SLOT(structure, field) [](Layout& l) -> Offset& { return l.structure.field; }
// clang-format off
#define KNOWN(since, structure, field) Word{since, #structure "." #field, SLOT(structure, field)}
#define SKIP(since, name) Word{since, name, nullptr}
// clang-format on

// Include/internal/pycore_debug_offsets.h of 3.13 to 3.15, after the three words of the
// header. 3.13 has the structure in pycore_runtime.h.
constexpr Word words[] = {
    KNOWN(13, runtime, size),
    KNOWN(13, runtime, finalizing),
    KNOWN(13, runtime, interpreters_head),

    KNOWN(13, interp, size),
    KNOWN(13, interp, id),
    KNOWN(13, interp, next),
    KNOWN(13, interp, threads_head),
    KNOWN(14, interp, threads_main),
    SKIP(13, gc_word),
    KNOWN(13, interp, imports_modules),
    KNOWN(13, interp, sysdict),
    KNOWN(13, interp, builtins),
    KNOWN(13, interp, ceval_gil),
    KNOWN(13, interp, gil),
    SKIP(13, "interpreter_state.gil_runtime_state_enabled"),
    SKIP(13, "interpreter_state.gil_runtime_state_locked"),
    SKIP(13, "interpreter_state.gil_runtime_state_holder"),
    SKIP(14, "interpreter_state.code_object_generation"),
    SKIP(14, "interpreter_state.tlbc_generation"),

    KNOWN(13, tstate, size),
    KNOWN(13, tstate, prev),
    KNOWN(13, tstate, next),
    KNOWN(13, tstate, interp),
    KNOWN(13, tstate, current_frame),
    KNOWN(15, tstate, base_frame),
    SKIP(15, "thread_state.last_profiled_frame"),
    SKIP(15, "thread_state.last_profiled_frame_seq"),
    KNOWN(13, tstate, thread_id),
    KNOWN(13, tstate, native_thread_id),
    KNOWN(13, tstate, datastack_chunk),
    SKIP(13, "thread_state.status"),
    SKIP(15, "thread_state.holds_gil"),
    SKIP(15, "thread_state.gil_requested"),
    KNOWN(15, tstate, current_exception),
    KNOWN(15, tstate, exc_state),

    KNOWN(15, exc_item, exc_value),

    KNOWN(13, iframe, size),
    KNOWN(13, iframe, previous),
    KNOWN(13, iframe, f_executable),
    KNOWN(13, iframe, instr_ptr),
    KNOWN(13, iframe, localsplus),
    KNOWN(13, iframe, owner),
    KNOWN(14, iframe, stackpointer),
    KNOWN(14, iframe, tlbc_index),

    KNOWN(13, code, size),
    KNOWN(13, code, co_filename),
    KNOWN(13, code, co_name),
    KNOWN(13, code, co_qualname),
    KNOWN(13, code, co_linetable),
    KNOWN(13, code, co_firstlineno),
    KNOWN(13, code, co_argcount),
    KNOWN(13, code, co_localsplusnames),
    KNOWN(13, code, co_localspluskinds),
    KNOWN(13, code, co_code_adaptive),
    KNOWN(14, code, co_tlbc),

    KNOWN(13, object, size),
    KNOWN(13, object, ob_type),

    KNOWN(13, type, size),
    KNOWN(13, type, tp_name),
    KNOWN(13, type, tp_repr),
    KNOWN(13, type, tp_flags),
    KNOWN(15, type, tp_basicsize),
    KNOWN(15, type, tp_dictoffset),

    KNOWN(15, heap_type, size),
    KNOWN(15, heap_type, ht_cached_keys),

    KNOWN(13, tuple, size),
    KNOWN(13, tuple, ob_item),
    KNOWN(13, tuple, ob_size),

    KNOWN(13, list, size),
    KNOWN(13, list, ob_item),
    KNOWN(13, list, ob_size),

    KNOWN(14, set, size),
    KNOWN(14, set, used),
    KNOWN(14, set, table),
    KNOWN(14, set, mask),

    KNOWN(13, dict, size),
    KNOWN(13, dict, ma_keys),
    KNOWN(13, dict, ma_values),

    KNOWN(13, float_, size),
    KNOWN(13, float_, ob_fval),

    KNOWN(13, long_, size),
    KNOWN(13, long_, lv_tag),
    KNOWN(13, long_, ob_digit),

    KNOWN(13, bytes, size),
    KNOWN(13, bytes, ob_size),
    KNOWN(13, bytes, ob_sval),

    KNOWN(13, unicode_object, size),
    KNOWN(13, unicode, state),
    KNOWN(13, unicode, length),
    KNOWN(13, unicode, size),
    KNOWN(15, compact_unicode, size),

    SKIP(13, "gc.size"),
    SKIP(13, collecting_word),
    SKIP(15, "gc.frame"),
    SKIP(15, "gc.generation_stats_size"),
    SKIP(15, "gc.generation_stats"),

    KNOWN(14, gen, size),
    SKIP(14, "gen_object.gi_name"),
    KNOWN(14, gen, gi_iframe),
    KNOWN(14, gen, gi_frame_state),

    SKIP(14, "llist_node.next"),
    SKIP(14, "llist_node.prev"),

    SKIP(14, "debugger_support.eval_breaker"),
    SKIP(14, "debugger_support.remote_debugger_support"),
    SKIP(14, "debugger_support.remote_debugging_enabled"),
    SKIP(14, "debugger_support.debugger_pending_call"),
    SKIP(14, "debugger_support.debugger_script_path"),
    SKIP(14, "debugger_support.debugger_script_path_size"),
};
#undef SLOT
#undef KNOWN
#undef SKIP

// sizeof(PyInterpreterState) is the largest offset there is.
constexpr std::uint64_t max_offset = 16U << 20;

std::uint64_t word_at(std::span<const std::byte> bytes, std::size_t index) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + index * 8, 8);
  return value;
}

Offset choose(Offset given, Offset known, bool moved) {
  if (given.has()) return given;
  return moved ? Offset() : known;
}

/// The fields of `given` where the target names them, else those of `known`; but where the target
/// has moved a member of a structure, the members it does not name are not known.
void merge(Layout& known, const Layout& given) {
  constexpr auto is_size = [](std::string_view kind) { return kind == "size"; };
// clang-format off
#define STRUCT(ours, theirs)              \
  const bool moved_##ours = [&] {         \
    const auto& from_target = given.ours; \
    const auto& from_table = known.ours;  \
    bool moved = false;
#define FIELD(member, kind) \
    moved |= !is_size(#kind) && from_target.member.has() && from_target.member != from_table.member;
#define END_STRUCT() \
    return moved;    \
  }();
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
// clang-format on

#define STRUCT(ours, theirs)              \
  {                                       \
    const auto& from_target = given.ours; \
    auto& result = known.ours;            \
    const bool moved = moved_##ours;
#define FIELD(member, kind) result.member = choose(from_target.member, result.member, moved);
#define END_STRUCT() }
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
}

Result<void> read_words(std::span<const std::byte> bytes, const Layout& known, Layout& given) {
  std::uint64_t gc = 0, collecting = 0;
  std::size_t index = debug_offsets_header_size / 8;
  Layout reference = known;
  for (const Word& word : words) {
    if (word.since > known.version.minor()) continue;
    const std::uint64_t value = word_at(bytes, index++);
    if (word.name == gc_word) gc = value;
    if (word.name == collecting_word) collecting = value;
    // A member this kind of build has not (co_tlbc outside free-threaded builds) is written as 0.
    if (word.slot == nullptr || !word.slot(reference).has()) continue;
    if (value > max_offset)
      return fail(Errc::unsupported,
                  fmt::format("{} is {:#x} in the target's debug offsets", word.name, value));
    word.slot(given) = Offset(static_cast<std::uint32_t>(value));
  }
  if (gc > max_offset || collecting > max_offset)
    return fail(Errc::unsupported, "gc.collecting is out of bounds in the target's debug offsets");
  given.interp.gc_collecting = Offset(static_cast<std::uint32_t>(gc + collecting));
  // Include/cpython/pystate.h: `current_exception` and `exc_info` are neighbours in 3.12 and later.
  // The table never names exc_info.
  if (given.tstate.current_exception.has())
    given.tstate.exc_info = Offset(*given.tstate.current_exception + 8);
  return {};
}

}  // namespace

std::size_t debug_offsets_size(int minor) {
  if (minor < first_minor || minor > table_minors().back()) return 0;
  std::size_t count = debug_offsets_header_size / 8;
  for (const Word& word : words) count += word.since <= minor ? 1 : 0;
  return count * 8;
}

std::optional<DebugOffsetsHeader> debug_offsets_header(std::span<const std::byte> bytes) {
  if (bytes.size() < debug_offsets_header_size ||
      std::memcmp(bytes.data(), cookie, sizeof cookie) != 0)
    return std::nullopt;
  DebugOffsetsHeader header;
  const std::uint64_t version = word_at(bytes, 1);
  header.version.hex = version <= 0xffffffffU ? static_cast<std::uint32_t>(version) : 0;
  header.free_threaded = word_at(bytes, 2) != 0;
  return header;
}

Result<Layout> layout_from_debug_offsets(std::span<const std::byte> bytes, bool debug) {
  const auto header = debug_offsets_header(bytes);
  if (!header) return fail(Errc::unsupported, "no debug offsets at the runtime");
  if (word_at(bytes, 2) > 1)
    return fail(Errc::unsupported, "the target's debug offsets are of an unknown kind of build");
  PYEXC_TRY(Layout layout, table_layout(header->version, header->free_threaded, debug));
  const std::size_t size = debug_offsets_size(header->version.minor());
  if (size == 0)
    return fail(Errc::unsupported,
                fmt::format("Python {} has no debug offsets", header->version.text()));
  if (bytes.size() < size) return fail(Errc::short_read, "the target's debug offsets are cut");
  Layout given;
  PYEXC_CHECK(read_words(bytes, layout, given));
  merge(layout, given);
  layout.source = Source::debug_offsets;
  if (auto valid = validate(layout); !valid)
    return fail(std::move(valid.error())
                    .context(fmt::format("the debug offsets of this Python {} are not usable",
                                         layout.version.text())));
  return layout;
}

}  // namespace pyexc::layout
