// What differs between releases and is no offset. Each line names where CPython made the change; a
// release this file does not name behaves as the one before it.

#include <string_view>

#include "cpython/layout/layout.hpp"

namespace pyexc::layout {

namespace {

// unicodedata.unidata_version (Tools/unicode/makeunicodedata.py, UNIDATA_VERSION).
std::string_view unicode_version(int minor) {
  switch (minor) {
    case 8: return "12.1.0";
    case 9:
    case 10: return "13.0.0";
    case 11: return "14.0.0";
    case 12: return "15.0.0";
    case 13: return "15.1.0";
    case 14: return "16.0.0";
    default: return "17.0.0";
  }
}

// gh-95778 limited int <-> str conversion in 3.11 and in these security releases of older versions.
bool limits_int_digits(Version version) {
  switch (version.minor()) {
    case 8: return version.micro() >= 14;
    case 9: return version.micro() >= 14;
    case 10: return version.micro() >= 7;
    default: return true;
  }
}

// gh-123378: str() of a UnicodeError with positions outside its object no longer reads there.
bool checks_unicode_error_range(Version version) {
  switch (version.minor()) {
    case 12: return version.micro() >= 8;
    case 13: return version.micro() >= 1;
    default: return version.minor() >= 14;
  }
}

// What the compiler of each release makes of `return self.__class__.__qualname__ + f"(a={self.a!r})"`; from 3.13 on
// the f-string begins with the name (Lib/dataclasses.py, _process_class()). f-strings of more parts than
// STACK_USE_GUIDELINE are joined (Python/compile.c, 3.10).
Traits::DataclassRepr dataclass_repr(int minor) {
  if (minor <= 9) return {12, 14, 8, 0, 0};
  if (minor == 10) return {12, 14, 8, 22, 12};
  if (minor == 11) return {32, 34, 16, 74, 20};
  if (minor == 12) return {52, 54, 26, 86, 30};
  if (minor <= 14) return {52, 52, 28, 86, 32};
  return {54, 54, 28, 88, 32};
}

}  // namespace

Traits traits_for(Version version, bool free_threaded) {
  const int minor = version.minor();
  Traits traits;
  // 3.8. Include/cpython/pystate.h: exc_info -> _PyErr_StackItem of three (since 3.7, bpo-25612);
  // Objects/lnotab_notes.txt: signed line deltas; Objects/dict-common.h: dk_size and dk_indices.
  traits.exception_state = ExceptionState::item_triple;
  traits.frame_entry = FrameEntry::frame_object;
  traits.line_table = LineTable::lnotab;
  traits.last_instruction = LastInstruction::f_lasti_bytes;
  traits.int_encoding = IntEncoding::ob_size;
  traits.dict_keys = DictKeys::indexed;
  traits.split_values = SplitValues::array;
  traits.str_state = StrState::with_ready;
  traits.instance_dict = InstanceDict::dictoffset;
  traits.traceback_line_is_lazy = false;
  traits.static_type_dict_per_interpreter = false;
  traits.tagged_references = false;
  traits.int_max_str_digits = limits_int_digits(version) ? 4300 : 0;
  traits.unicode_version = unicode_version(minor);
  traits.bytearray_escapes_single_quotes = minor <= 14;  // Objects/bytearrayobject.c, bytearray_repr()
  traits.namespace_sorts_names = minor <= 8;              // bpo-39075; Objects/namespaceobject.c
  traits.ordered_dict_is_shown_as_dict = minor >= 12;     // gh-101446; Objects/odictobject.c
  traits.dataclass_repr = dataclass_repr(minor);
  traits.generator_finished = minor >= 15 ? 5 : 1;       // FRAME_STATE_FINISHED(), pycore_frame.h
  traits.file_repr_names_class = minor >= 13;            // Modules/_io/fileio.c, fileio_repr(); textio.c likewise
  traits.file_closefd_bit = minor >= 15 ? 7 : 6;         // Modules/_io/fileio.c, fileio: behind `truncate`
  traits.unicode_error_checks_range = checks_unicode_error_range(version);
  traits.unicode_error_checks_type = minor >= 14;  // gh-127694; Objects/exceptions.c
  traits.zone_info_names_module = minor >= 14;     // %T; Modules/_zoneinfo.c, zoneinfo_repr()

  traits.generator_state = GeneratorState::f_executing;   // Objects/genobject.c, _PyGen_yf()
  traits.asyncio_tasks = AsyncioTasks::all_tasks;         // Lib/asyncio/tasks.py, _all_tasks
  // weakref_repr(), Objects/weakrefobject.c; still so in 3.11.2, no more in 3.11.7 (3.11.4 stands for the release between).
  traits.weak_references_ask_instances = minor <= 10 || (minor == 11 && version.micro() < 4);
  traits.weak_references_name_types_fully = minor >= 13;  // %T there
  traits.object_descriptors_name_no_type = minor >= 15;   // descr_repr(), Objects/descrobject.c
  traits.generic_alias_opens_lists = minor >= 12;         // ga_repr_items_list(), Objects/genericaliasobject.c
  traits.generic_alias_shows_none = minor >= 14;          // _Py_typing_type_repr(), Objects/unionobject.c
  traits.partial_is_named_fully = minor >= 13;            // partial_repr(), Modules/_functoolsmodule.c
  // count_repr(), Modules/itertoolsmodule.c; not yet in 3.13.0, in 3.13.5: 3.13.3 stands for the release between.
  traits.count_shows_last_number = minor > 13 || (minor == 13 && version.micro() >= 3);
  traits.patterns_know_template = minor <= 12;            // pattern_repr(), Modules/_sre/sre.c

  if (minor >= 10) {
    traits.generator_state = GeneratorState::f_state;  // bpo-42639; Include/internal/pycore_frame.h
    traits.line_table = LineTable::linetable_310;              // PEP 626, bpo-42246
    traits.last_instruction = LastInstruction::f_lasti_units;  // bpo-27129
  }
  if (minor >= 11) {
    traits.exception_state = ExceptionState::item_value;    // bpo-45711
    traits.frame_entry = FrameEntry::cframe;                // bpo-44590; Include/cpython/pystate.h
    traits.line_table = LineTable::locations;               // PEP 657, bpo-43950
    traits.last_instruction = LastInstruction::prev_instr;  // Include/internal/pycore_frame.h
    traits.dict_keys = DictKeys::log2;                      // bpo-46845; pycore_dict.h
    traits.instance_dict = InstanceDict::managed_311;       // bpo-45340; Objects/dictobject.c
    // Python/traceback.c, tb_lineno == -1: not yet in 3.11.2, in 3.11.7; 3.11.4 stands for the release between.
    traits.traceback_line_is_lazy = minor > 11 || version.micro() >= 4;
  }
  if (minor >= 11) traits.generator_state = GeneratorState::resume_argument;  // bpo-46039; gi_frame_state
  if (minor >= 12) {
    traits.asyncio_tasks = AsyncioTasks::scheduled_and_eager;  // gh-97696; Lib/asyncio/tasks.py
    traits.int_encoding = IntEncoding::lv_tag;         // gh-101291; Include/cpython/longintrepr.h
    traits.str_state = StrState::without_ready;        // PEP 623, gh-92536
    traits.instance_dict = InstanceDict::managed_312;  // PyDictOrValues; pycore_object.h
    traits.static_type_dict_per_interpreter = true;    // gh-94673; pycore_typeobject.h
  }
  if (minor >= 13) {
    traits.generator_state = GeneratorState::yield_from_state;  // FRAME_SUSPENDED_YIELD_FROM; pycore_frame.h
    traits.frame_entry = FrameEntry::current_frame;        // gh-108035
    traits.last_instruction = LastInstruction::instr_ptr;  // gh-109094
    traits.split_values = SplitValues::struct_313;         // gh-115776; pycore_dict.h
    traits.instance_dict = InstanceDict::managed_313;      // gh-115776; pycore_object.h
    // pycore_object.h, MANAGED_DICT_OFFSET: no GC header stands before objects of this build.
    if (free_threaded) traits.managed_dict_before = 8;
  }
  if (minor >= 14) {
    traits.asyncio_tasks = AsyncioTasks::linked_lists;  // gh-128002; Modules/_asynciomodule.c
    traits.tagged_references = true;  // _PyStackRef; pycore_stackref.h
    // Include/cpython/unicodeobject.h: `interned` is a byte of its own there.
    if (free_threaded) traits.str_state = StrState::free_threaded_314;
  }
  if (minor >= 15) traits.generator_state = GeneratorState::yield_from_renumbered;  // pycore_interpframe.h
  traits.shim_owner =
      3;  // FRAME_OWNED_BY_CSTACK, later _BY_INTERPRETER (pycore_frame.h, 3.12 and later)
  return traits;
}

}  // namespace pyexc::layout
