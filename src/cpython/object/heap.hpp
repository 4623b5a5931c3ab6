#pragma once
// The target's objects, read through a Layout. Every reader here works in two phases with the same code:
//   capture  while the target is frozen: follow pointers, touch the bytes that will be wanted, build nothing;
//   decode   afterwards, on the pages kept: the same walk, now producing text and numbers.
// So what decode asks for has been captured by construction. Nothing trusts a type tag, a length or a
// pointer: sizes are compared with Limits before use, and a wrong type is an error (`invalid`).

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "cpython/layout/layout.hpp"
#include "memory/page_cache.hpp"
#include "report/pystr.hpp"

namespace pyexc::cpython {

enum class Phase : std::uint8_t { capture, decode };

/// Where a name was found in a dict's keys, so that the next walk looks there first instead of at every
/// key. A hint is only a hint: the key found is compared again.
struct LookupHints {
  struct Key {
    std::uint64_t keys;  ///< address of the PyDictKeysObject
    std::string name;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& k) const noexcept {
      return std::hash<std::string>{}(k.name) ^ (k.keys * 0x9e3779b97f4a7c15ULL);
    }
  };
  static constexpr std::int64_t absent = -1;
  struct Place {
    std::int64_t index = absent;
    std::int64_t entries = 0;  ///< dk_nentries when the whole dict was looked through
    std::int64_t used = 0;     ///< ma_used at that time
  };
  std::unordered_map<Key, Place, KeyHash> places;

  /// What the first walk found beyond threads and tasks (cpython/reach.hpp). Later walks go only where it found
  /// something, so that the freeze does not read what was looked at for nothing.
  struct Reached {
    bool searched = false;
    bool cut = false;                        ///< the search ended at a limit
    std::unordered_set<std::uint64_t> path;  ///< addresses of frames and objects on the ways to what was found
    std::unordered_set<std::uint64_t> found;  ///< by the last walk that captured
  } reached;

  /// Reads that failed while the last walk that captured looked for locks: it follows what may be no object. A later
  /// decoder that misses more than these has lost something.
  std::size_t lock_failures = 0;
};

/// Py_TPFLAGS_* bits, Include/object.h; the same in 2.7 to 3.15.
namespace type_flags {
inline constexpr std::uint64_t managed_dict_inline = 1ULL << 2;  // Py_TPFLAGS_INLINE_VALUES, 3.13+
inline constexpr std::uint64_t managed_dict = 1ULL << 4;         // Py_TPFLAGS_MANAGED_DICT, 3.11+
inline constexpr std::uint64_t heap_type = 1ULL << 9;
inline constexpr std::uint64_t int_subclass = 1ULL << 24;
inline constexpr std::uint64_t list_subclass = 1ULL << 25;
inline constexpr std::uint64_t tuple_subclass = 1ULL << 26;
inline constexpr std::uint64_t bytes_subclass = 1ULL << 27;
inline constexpr std::uint64_t str_subclass = 1ULL << 28;
inline constexpr std::uint64_t dict_subclass = 1ULL << 29;
inline constexpr std::uint64_t exception_subclass = 1ULL << 30;
inline constexpr std::uint64_t type_subclass = 1ULL << 31;
}  // namespace type_flags

struct TypeInfo {
  RemoteAddr address;
  std::uint64_t flags = 0;
  std::string tp_name;  ///< "ValueError", "collections.OrderedDict"; both phases
  RemoteAddr tp_str, tp_repr, tp_base, tp_dict, tp_mro, tp_getattro;
  std::int64_t basicsize = 0, itemsize = 0, dictoffset = 0;
  bool has_descr_get = false;  ///< tp_descr_get is set: its instances are descriptors
  [[nodiscard]] bool is(std::uint64_t flag) const noexcept { return (flags & flag) != 0; }
  [[nodiscard]] bool heap() const noexcept { return is(type_flags::heap_type); }
};

struct TypeNames {
  bool module_is_text = true;
  PyText module;    ///< "builtins" for static types without a dot
  PyText qualname;
  PyText name;
};

/// A str, perhaps cut at a limit.
struct StrValue {
  PyText text;
  std::size_t length = 0;    ///< code points of the whole str; both phases
  std::size_t left_out = 0;  ///< of these, beyond the limit
};

/// An int: sign and 30-bit digits, least significant first.
struct IntValue {
  bool negative = false;
  std::vector<std::uint32_t> digits;
  [[nodiscard]] std::int64_t clamped() const noexcept;
  [[nodiscard]] bool fits_int64() const noexcept;
};

struct BytesValue {
  std::string data;
  std::size_t length = 0;    ///< of the whole object; both phases
  std::size_t left_out = 0;  ///< of these, beyond the limit
};

struct ComplexValue {
  double real = 0;
  double imaginary = 0;
};

/// Items of a container, perhaps fewer than it has.
struct Items {
  std::vector<RemoteAddr> items;
  std::size_t left_out = 0;
};

struct DictEntry {
  RemoteAddr key;
  RemoteAddr value;
};
struct DictItems {
  std::vector<DictEntry> entries;
  std::size_t left_out = 0;
};

class Heap {
 public:
  static constexpr std::size_t no_own_limit = SIZE_MAX;

  Heap(PageCache& memory, const layout::Layout& layout, const Limits& limits, LookupHints& hints, Phase phase);
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  [[nodiscard]] PageCache& memory() const noexcept { return memory_; }
  [[nodiscard]] const layout::Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] const layout::Traits& traits() const noexcept { return layout_.traits; }
  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
  [[nodiscard]] bool capturing() const noexcept { return phase_ == Phase::capture; }
  [[nodiscard]] LookupHints::Reached& reached() const noexcept { return hints_.reached; }
  [[nodiscard]] std::size_t& lock_failures() const noexcept { return hints_.lock_failures; }

  // -- fields -------------------------------------------------------------------------------------
  /// A field of a structure at `base`; `invalid` if the layout has no such field.
  template <class T>
  [[nodiscard]] Result<T> field(RemoteAddr base, layout::Offset offset) const {
    if (!offset.has()) return fail(Errc::internal, "a field this layout does not have");
    return memory_.read<T>(base + *offset);
  }
  [[nodiscard]] Result<RemoteAddr> pointer(RemoteAddr base, layout::Offset offset) const {
    PYEXC_TRY(const auto value, field<std::uint64_t>(base, offset));
    return RemoteAddr(value);
  }
  /// A pointer that may carry tag bits (3.14+: localsplus, executable, funcobj). NULL references are
  /// null here, whatever bits stand for NULL in that version.
  [[nodiscard]] RemoteAddr untag(RemoteAddr reference) const noexcept;

  // -- types (types.cpp) --------------------------------------------------------------------------
  [[nodiscard]] Result<RemoteAddr> type_of(RemoteAddr object) const;
  [[nodiscard]] Result<const TypeInfo*> type_info(RemoteAddr type);
  [[nodiscard]] Result<const TypeInfo*> type_info_of(RemoteAddr object);
  [[nodiscard]] Result<TypeNames> type_names(const TypeInfo& type);
  /// tp_mro of the type, most derived first, bounded.
  [[nodiscard]] Result<std::vector<const TypeInfo*>> mro(const TypeInfo& type);
  /// The type of the MRO, nearest the root, whose slot (tp_str or tp_repr) the type inherits; null if
  /// the slot is the type's own or belongs to a heap type (Python code).
  [[nodiscard]] Result<const TypeInfo*> slot_owner(const TypeInfo& type, RemoteAddr TypeInfo::*slot);
  /// True if the static type `name` is the type itself or one of its ancestors by tp_base: those give an
  /// instance its structure.
  [[nodiscard]] Result<bool> inherits(const TypeInfo& type, std::string_view name);
  /// Where the class attribute `special` of the type comes from: the first class of the MRO with such a name.
  struct ClassAttribute {
    const TypeInfo* owner = nullptr;  ///< null if none has it
    RemoteAddr value;
  };
  [[nodiscard]] Result<ClassAttribute> class_attribute(const TypeInfo& type, std::string_view special);
  /// True if the object is exactly of the builtin static type `name` ("NoneType", "code", "int").
  [[nodiscard]] bool is_exactly(RemoteAddr object, std::string_view name);
  [[nodiscard]] bool is_none(RemoteAddr object) { return is_exactly(object, "NoneType"); }
  [[nodiscard]] bool has_flag(RemoteAddr object, std::uint64_t flag);
  /// The dict of a type, also of static builtin types that keep it per interpreter; null if unknown.
  [[nodiscard]] Result<RemoteAddr> type_dict(const TypeInfo& type);
  /// Set once per interpreter walk; needed by type_dict() for static types of 3.12+.
  void set_interpreter(RemoteAddr interp) noexcept { interpreter_ = interp; }
  [[nodiscard]] RemoteAddr interpreter() const noexcept { return interpreter_; }

  /// What a room above remembers of this heap's types, made on first use. One kind of companion only.
  template <class T>
  [[nodiscard]] T& companion() {
    if (companion_ == nullptr) companion_ = std::make_shared<T>(*this);
    return *static_cast<T*>(companion_.get());
  }

  // -- str, bytes, int (scalars.cpp) --------------------------------------------------------------
  /// `max`: code points, or bytes, beyond which the text is cut; never more than the limits allow.
  [[nodiscard]] Result<StrValue> str(RemoteAddr object, std::size_t max = no_own_limit);
  /// The text of a str that is expected to be whole; a cut one is marked by an ellipsis.
  [[nodiscard]] Result<PyText> text(RemoteAddr object);
  /// In both phases: the text of a str of at most `max` code points; longer is an error (`limit`).
  [[nodiscard]] Result<PyText> text_now(RemoteAddr object, std::size_t max);
  /// In both phases: is this str equal to `expected`?
  [[nodiscard]] bool str_equals(RemoteAddr object, std::string_view expected);
  /// One character and the length, in both phases, without looking at the rest of the text.
  [[nodiscard]] Result<std::uint32_t> code_point_at(RemoteAddr str, std::int64_t index);
  [[nodiscard]] Result<std::int64_t> str_length(RemoteAddr str);
  [[nodiscard]] Result<BytesValue> bytes(RemoteAddr object, std::size_t max = no_own_limit);
  /// The byte that C code finds at that index of a bytes object, which may lie outside it.
  [[nodiscard]] Result<std::uint8_t> byte_at(RemoteAddr bytes, std::int64_t index);
  [[nodiscard]] Result<BytesValue> bytearray(RemoteAddr object, std::size_t max = no_own_limit);
  /// In both phases, up to `max` bytes of a bytes object (line tables); longer is an error.
  [[nodiscard]] Result<std::string> raw_bytes(RemoteAddr object, std::size_t max);
  [[nodiscard]] Result<IntValue> integer(RemoteAddr object);
  /// 30-bit digits of an int, without reading them.
  [[nodiscard]] Result<std::uint64_t> int_digits(RemoteAddr object);
  /// What sys.get_int_max_str_digits() returns; 0 is no limit.
  [[nodiscard]] std::size_t int_max_str_digits() const;
  [[nodiscard]] Result<double> real(RemoteAddr object);
  [[nodiscard]] Result<ComplexValue> complex(RemoteAddr object);

  // -- containers (containers.cpp, dict.cpp) --------------------------------------------------------
  /// Of each container the first `max` items at most; never more than the limits allow.
  [[nodiscard]] Result<Items> tuple_items(RemoteAddr object, std::size_t max = no_own_limit);
  [[nodiscard]] Result<std::int64_t> var_size(RemoteAddr object) const;
  [[nodiscard]] Result<Items> list_items(RemoteAddr object, std::size_t max = no_own_limit);
  [[nodiscard]] Result<std::int64_t> list_size(RemoteAddr object) const;
  /// One item of a list, without reading the others.
  [[nodiscard]] Result<RemoteAddr> list_item(RemoteAddr object, std::int64_t index) const;
  [[nodiscard]] Result<Items> set_items(RemoteAddr object, std::size_t max = no_own_limit);
  /// In insertion order (split tables with an insertion-order prefix included).
  [[nodiscard]] Result<DictItems> dict_items(RemoteAddr dict, std::size_t max = no_own_limit);
  [[nodiscard]] Result<std::int64_t> dict_used(RemoteAddr dict) const;
  /// Value for a str key, null address if there is none.
  [[nodiscard]] Result<RemoteAddr> dict_get(RemoteAddr dict, std::string_view name);

  // -- attributes (attributes.cpp) ------------------------------------------------------------------
  /// Where an instance keeps its attributes: a dict, or inline values of its type's cached keys.
  struct InstanceAttributes {
    RemoteAddr dict;    ///< null if none
    RemoteAddr values;  ///< null if none; first value pointer
    RemoteAddr keys;    ///< ht_cached_keys, with `values`
  };
  [[nodiscard]] Result<InstanceAttributes> instance_attributes(RemoteAddr object);
  [[nodiscard]] Result<RemoteAddr> instance_get(RemoteAddr object, std::string_view name);
  [[nodiscard]] Result<DictItems> instance_items(RemoteAddr object, std::size_t max = no_own_limit);
  /// The members that the __slots__ of its classes made and that are set; names as str objects.
  [[nodiscard]] Result<DictItems> slot_items(RemoteAddr object);
  /// Value found in the dicts of the type's MRO; null if none. Static types without a readable dict
  /// are skipped and reported through `incomplete`.
  [[nodiscard]] Result<RemoteAddr> type_get(const TypeInfo& type, std::string_view name, bool* incomplete = nullptr);
  /// The same, looking only at classes made in Python (heap types): what can override a builtin's method.
  [[nodiscard]] Result<RemoteAddr> heap_type_attribute(const TypeInfo& type, std::string_view name);
  /// The value that a member descriptor (__slots__) gives for an object; null if it is not set.
  [[nodiscard]] Result<RemoteAddr> slot_member(RemoteAddr object, RemoteAddr descriptor);
  [[nodiscard]] Result<RemoteAddr> module_dict(RemoteAddr module);

 private:
  struct KeysView;
  Result<KeysView> keys_view(RemoteAddr keys) const;
  Result<DictEntry> keys_entry(const KeysView& view, std::int64_t index) const;
  Result<std::int64_t> find_key(const KeysView& view, std::int64_t used, std::string_view name);
  Result<RemoteAddr> split_value(RemoteAddr values, std::int64_t index) const;
  Result<std::vector<std::uint8_t>> insertion_order(const KeysView& view, RemoteAddr values) const;
  Result<DictItems> collect_split(const KeysView& view, RemoteAddr values, std::size_t used, std::size_t max);
  Result<DictItems> collect(const KeysView& view, RemoteAddr values, std::size_t used, std::size_t max);

  struct StrShape {
    std::size_t length = 0;
    std::uint8_t width = 1;  ///< bytes per code point
    RemoteAddr data;
  };
  Result<StrShape> str_shape(RemoteAddr object) const;
  struct IntShape {
    std::uint64_t count = 0;
    bool negative = false;
  };
  Result<IntShape> int_shape(RemoteAddr object);

  PageCache& memory_;
  const layout::Layout& layout_;
  const Limits& limits_;
  LookupHints& hints_;
  Phase phase_;
  RemoteAddr interpreter_;
  std::unordered_map<RemoteAddr, TypeInfo> types_;
  std::shared_ptr<void> companion_;
};

}  // namespace pyexc::cpython
