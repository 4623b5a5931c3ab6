#pragma once
// One Python's structures as data: offsets and traits. A Python version is added in this room and
// nowhere else; every other room reads fields through a Layout and obeys its traits, so none of
// them knows a version. All of it is untrusted once it comes from a target: validate() bounds every
// offset once, and locate() then probes it in the process.

#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "report/text_rules.hpp"

namespace pyexc::layout {

/// Offset of a field in bytes, or absent. 16 bits would do for today's structures; 32 for
/// tomorrow's.
class Offset {
 public:
  constexpr Offset() = default;
  constexpr explicit Offset(std::uint32_t value) noexcept : value_(value) {}
  [[nodiscard]] constexpr bool has() const noexcept { return value_ != absent; }
  /// Only after has(), or where the layout's traits promise the field.
  [[nodiscard]] constexpr std::uint32_t operator*() const noexcept { return value_; }
  constexpr bool operator==(const Offset&) const = default;

 private:
  static constexpr std::uint32_t absent = 0xffffffff;
  std::uint32_t value_ = absent;
};

// clang-format off
#define STRUCT(ours, theirs) struct ours##_fields {
#define FIELD(member, kind) Offset member;
#define END_STRUCT() };
// clang-format on
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT

enum class ExceptionState : std::uint8_t { thread_triple, item_triple, item_value };
enum class FrameEntry : std::uint8_t { frame_object, cframe, current_frame };
enum class LineTable : std::uint8_t { lnotab_unsigned, lnotab, linetable_310, locations };
enum class IntEncoding : std::uint8_t { ob_size, lv_tag };
enum class DictKeys : std::uint8_t { hash_table_27, indexed, log2 };
enum class SplitValues : std::uint8_t { array, struct_313 };
enum class StrState : std::uint8_t { with_ready, without_ready, free_threaded_314 };
enum class InstanceDict : std::uint8_t { dictoffset, managed_311, managed_312, managed_313 };
/// How a generator, coroutine or async generator says where it stands, and where what it awaits is found.
enum class GeneratorState : std::uint8_t {
  f_executing,         ///< frame object: f_executing; the next opcode says whether it delegates
  f_state,             ///< frame object: f_state; likewise
  resume_argument,     ///< gi_frame_state; the argument of the RESUME that follows says whether it delegates
  yield_from_state,    ///< gi_frame_state has a value of its own for a delegating one
  yield_from_renumbered,  ///< the same, with other numbers, and the sent value lies above on the stack
};
/// Where asyncio keeps its tasks.
enum class AsyncioTasks : std::uint8_t { all_tasks, scheduled_and_eager, linked_lists };
enum class LastInstruction : std::uint8_t { f_lasti_bytes, f_lasti_units, prev_instr, instr_ptr };

/// What offsets cannot say. Each is set per version in traits.cpp, with its source.
struct Traits {
  ExceptionState exception_state = ExceptionState::item_value;
  FrameEntry frame_entry = FrameEntry::current_frame;
  LineTable line_table = LineTable::locations;
  LastInstruction last_instruction = LastInstruction::instr_ptr;
  IntEncoding int_encoding = IntEncoding::lv_tag;
  DictKeys dict_keys = DictKeys::log2;
  SplitValues split_values = SplitValues::struct_313;
  StrState str_state = StrState::without_ready;
  InstanceDict instance_dict = InstanceDict::managed_313;
  GeneratorState generator_state = GeneratorState::yield_from_renumbered;
  AsyncioTasks asyncio_tasks = AsyncioTasks::linked_lists;
  bool tagged_references = false;  ///< localsplus, executable and funcobj carry tag bits (3.14+)
  bool traceback_line_is_lazy = true;  ///< tb_lineno == -1 means "compute from tb_lasti" (3.11+)
  bool static_type_dict_per_interpreter = false;  ///< tp_dict of static types is NULL (3.12+)
  std::uint8_t shim_owner = 3;        ///< frames with owner >= this are no Python frames (3.12+)
  std::uint32_t pthread_tid = 0x2d0;  ///< glibc x86-64: offset of tid in struct pthread
  int int_max_str_digits = 4300;      ///< 0: that version has no limit
  bool namespace_sorts_names = false;  ///< repr() of a SimpleNamespace
  bool ordered_dict_is_shown_as_dict = true;
  /// Bytes of the code of the __repr__ that dataclass() makes: without fields, and with n of them
  /// `with_fields` + n * `a_field`; with more than 14 `joined` + n * `a_joined` (''.join() of a list, from 3.10 on).
  struct DataclassRepr {
    std::uint8_t empty, with_fields, a_field, joined, a_joined;
  } dataclass_repr{};
  bool bytearray_escapes_single_quotes = false;  ///< repr() does, whatever quotes it uses
  bool file_repr_names_class = true;          ///< of a FileIO or TextIOWrapper: type(self), else the builtin one
  std::int8_t generator_finished = 1;  ///< gi_frame_state of a generator that has ended, and all above
  std::uint8_t file_closefd_bit = 6;          ///< among the flags of a FileIO
  /// str() of a UnicodeError looks whether its positions lie inside its object, and whether that is a str
  /// or bytes at all.
  bool unicode_error_checks_range = true;
  bool unicode_error_checks_type = true;
  bool zone_info_names_module = false;  ///< repr() of a ZoneInfo has the full name of its type
  bool weak_references_ask_instances = false;  ///< __name__ of what they refer to, not only of its type
  bool weak_references_name_types_fully = true;
  bool generic_alias_opens_lists = true;  ///< list[[int]], not list[[<class 'int'>]]
  bool generic_alias_shows_none = true;   ///< type(None) as None
  bool partial_is_named_fully = true;     ///< by module and qualified name
  bool patterns_know_template = false;    ///< re.TEMPLATE has a name
  bool object_descriptors_name_no_type = true;  ///< <attribute '__dict__'>, without "of 'object' objects"
  bool count_shows_last_number = true;  ///< itertools.count(sys.maxsize) says so, not <NULL>
  std::string unicode_version;  ///< unicodedata.unidata_version
  /// A managed __dict__ pointer lies this far before the object (3.11+).
  std::uint8_t managed_dict_before = 24;
};

enum class Source : std::uint8_t { table, debug_offsets, dwarf };

struct Version {
  std::uint32_t hex = 0;  ///< PY_VERSION_HEX
  [[nodiscard]] int major() const noexcept { return static_cast<int>(hex >> 24); }
  [[nodiscard]] int minor() const noexcept { return static_cast<int>((hex >> 16) & 0xff); }
  [[nodiscard]] int micro() const noexcept { return static_cast<int>((hex >> 8) & 0xff); }
  /// "3.13.0", "3.15.0b4", "3.12.0rc1"
  [[nodiscard]] std::string text() const;
  /// A final release: no alpha, beta or candidate.
  [[nodiscard]] bool is_release() const noexcept;
};

struct Layout {
  Version version;
  bool free_threaded = false;
  bool debug = false;
  Source source = Source::table;
  bool verified = false;  ///< the table was read from exactly this release and kind of build
#define STRUCT(ours, theirs) ours##_fields ours;
#define FIELD(member, kind)
#define END_STRUCT()
#include "cpython/layout/fields.def"
#undef STRUCT
#undef FIELD
#undef END_STRUCT
  Traits traits;
  TextRules text;
};

/// The table of a release and build kind. A release that no table was read from gets the table of
/// the nearest one of the same minor version, and `verified` is false; a minor version without a
/// table, a pre-release or an unknown build kind is an error (`unsupported`).
[[nodiscard]] Result<Layout> table_layout(Version version, bool free_threaded, bool debug);

/// The minor versions of Python 3 that have a table, lowest first.
[[nodiscard]] std::span<const int> table_minors();

/// What cannot be said by offsets; `version` must have a table.
[[nodiscard]] Traits traits_for(Version version, bool free_threaded);

/// Every offset lies inside its structure, is aligned, and what every Python has is there.
[[nodiscard]] Result<void> validate(const Layout& layout);

}  // namespace pyexc::layout
