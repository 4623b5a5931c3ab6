#pragma once
// Writes objects as a given Layout has them into memory that no process owns, so that the readers
// of objects and values run on every layout there is, and on memory that has been tampered with.

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpython/layout/layout.hpp"
#include "cpython/object/heap.hpp"
#include "memory/page_source.hpp"

namespace pyexc::test {

class FakeMemory final : public PageSource {
 public:
  [[nodiscard]] Result<void> read_pages(std::span<PageRequest> requests) override {
    for (PageRequest& request : requests) {
      const auto found = pages_.find(request.page);
      request.ok = found != pages_.end();
      if (request.ok) std::memcpy(request.destination, found->second.data(), page_size);
    }
    pages_read_ += requests.size();
    return {};
  }

  void write(RemoteAddr at, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::uint64_t address = at.value() + i;
      pages_[address / page_size][address % page_size] = bytes[i];
    }
  }
  template <class T>
  void put(RemoteAddr at, T value) {
    write(at, std::as_bytes(std::span(&value, 1)));
  }
  void unmap(RemoteAddr at) { pages_.erase(at.value() / page_size); }
  [[nodiscard]] std::size_t pages_read() const noexcept { return pages_read_; }

 private:
  std::map<std::uint64_t, std::array<std::byte, page_size>> pages_;
  std::size_t pages_read_ = 0;
};

/// Every layout that has a table: releases, and the free-threaded builds.
inline std::vector<layout::Layout> all_layouts() {
  std::vector<layout::Layout> found;
  for (const int minor : layout::table_minors()) {
    for (const bool free_threaded : {false, true}) {
      const layout::Version version{0x030000f0U | static_cast<std::uint32_t>(minor) << 16};
      if (auto one = layout::table_layout(version, free_threaded, false))
        found.push_back(std::move(*one));
    }
  }
  return found;
}

class HeapBuilder {
 public:
  struct Kind {
    std::string_view name, base;
    std::uint64_t flags = 0;
    bool own_repr = true, own_str = false;
  };

  explicit HeapBuilder(const layout::Layout& layout) : layout_(layout) {
    namespace f = cpython::type_flags;
    for (const std::string_view name : {"type", "object", "tuple", "str"}) reserve_type(name);
    fill_type({"object", "", 0, true, true});
    fill_type({"type", "object", f::type_subclass});
    fill_type({"tuple", "object", f::tuple_subclass});
    fill_type({"str", "object", f::str_subclass, true, true});
    for (const Kind& kind : std::initializer_list<Kind>{
             {"NoneType", "object"},
             {"int", "object", f::int_subclass},
             {"bool", "int", f::int_subclass},
             {"float", "object"},
             {"complex", "object"},
             {"bytes", "object", f::bytes_subclass, true, true},
             {"bytearray", "object", 0, true, true},
             {"list", "object", f::list_subclass},
             {"dict", "object", f::dict_subclass},
             {"set", "object"},
             {"frozenset", "object"},
             {"function", "object"},
             {"cell", "object"},
             {"code", "object"},
             {"frame", "object"},
             {"wrapper_descriptor", "object"},
             {"BaseException", "object", f::exception_subclass, true, true},
             {"ValueError", "BaseException", f::exception_subclass, false},
             {"KeyError", "BaseException", f::exception_subclass, false, true},
             {"OSError", "BaseException", f::exception_subclass, false, true},
             {"UnicodeDecodeError", "ValueError", f::exception_subclass, false, true},
             {"decimal.Decimal", "object", 0, true, true},
             {"ext.Foreign", "object", 0, true, true}}) {
      reserve_type(kind.name);
      fill_type(kind);
    }
    none_ = object("NoneType", 16);
  }

  [[nodiscard]] FakeMemory& memory() noexcept { return memory_; }
  [[nodiscard]] const layout::Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] RemoteAddr type(std::string_view name) const {
    return types_.at(std::string(name));
  }
  [[nodiscard]] RemoteAddr none() const noexcept { return none_; }
  /// First and last byte of everything built so far.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> extent() const noexcept {
    return {start, next_};
  }

  RemoteAddr allocate(std::size_t size) {
    next_ = (next_ + 15) & ~std::uint64_t{15};
    const RemoteAddr at(next_);
    // The word before an object may be looked at, and what follows it is mapped.
    const std::vector<std::byte> zeros(size + 64);
    memory_.write(at, zeros);
    next_ += size + 48;
    return at;
  }
  RemoteAddr object(std::string_view type_name, std::size_t size) {
    const RemoteAddr at = allocate(size + *layout_.object.size);
    set(at, layout_.object.ob_type, type(type_name).value());
    return at;
  }
  template <class T>
  void set(RemoteAddr base, layout::Offset field, T value) {
    if (field.has()) memory_.put(base + *field, value);
  }

  RemoteAddr integer(std::int64_t value, std::string_view type_name = "int") {
    std::vector<std::uint32_t> digits;
    for (std::uint64_t rest = value < 0 ? 0 - static_cast<std::uint64_t>(value)
                                        : static_cast<std::uint64_t>(value);
         rest != 0; rest >>= 30U)
      digits.push_back(static_cast<std::uint32_t>(rest & 0x3fffffffU));
    return integer(digits, value < 0, type_name);
  }
  RemoteAddr integer(const std::vector<std::uint32_t>& digits, bool negative,
                     std::string_view type_name = "int") {
    const RemoteAddr at = object(type_name, 16 + digits.size() * 4);
    const auto count = static_cast<std::int64_t>(digits.size());
    if (layout_.traits.int_encoding == layout::IntEncoding::lv_tag)
      set(at, layout_.long_.lv_tag, count << 3 | (digits.empty() ? 1 : negative ? 2 : 0));
    else set(at, layout_.var_object.ob_size, negative ? -count : count);
    for (std::size_t i = 0; i < digits.size(); ++i)
      memory_.put(at + *layout_.long_.ob_digit + i * 4, digits[i]);
    return at;
  }
  RemoteAddr real(double value) {
    const RemoteAddr at = object("float", 8);
    set(at, layout_.float_.ob_fval, value);
    return at;
  }
  RemoteAddr str(std::u32string_view text, std::string_view type_name = "str") {
    char32_t most = 0;
    for (const char32_t c : text) most = std::max(most, c);
    const std::uint32_t kind = most < 0x100 ? 1 : most < 0x10000 ? 2 : 4;
    const bool ascii = most < 0x80;
    const RemoteAddr at = object(type_name, 64 + text.size() * kind);
    set(at, layout_.unicode.length, static_cast<std::int64_t>(text.size()));
    const RemoteAddr state = at + *layout_.unicode.state;
    if (layout_.traits.str_state == layout::StrState::free_threaded_314)
      memory_.put(state + 1, static_cast<std::uint8_t>(kind | 8U | (ascii ? 16U : 0U)));
    else
      memory_.put(state,
                  kind << 2U | 0x20U | (ascii ? 0x40U : 0U) |
                      (layout_.traits.str_state == layout::StrState::with_ready ? 0x80U : 0U));
    const RemoteAddr data = at + (ascii ? *layout_.unicode.size : *layout_.compact_unicode.size);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<std::uint32_t>(text[i]);
      memory_.write(data + i * kind, std::as_bytes(std::span(&c, 1)).first(kind));
    }
    return at;
  }
  RemoteAddr bytes(std::string_view data) {
    const RemoteAddr at = object("bytes", 24 + data.size());
    set(at, layout_.bytes.ob_size, static_cast<std::int64_t>(data.size()));
    memory_.write(at + *layout_.bytes.ob_sval, std::as_bytes(std::span(data)));
    return at;
  }
  RemoteAddr tuple(const std::vector<RemoteAddr>& items) {
    const RemoteAddr at = object("tuple", 16 + items.size() * 8);
    set(at, layout_.var_object.ob_size, static_cast<std::int64_t>(items.size()));
    for (std::size_t i = 0; i < items.size(); ++i)
      memory_.put(at + *layout_.tuple.ob_item + i * 8, items[i].value());
    return at;
  }
  RemoteAddr list(const std::vector<RemoteAddr>& items) {
    const RemoteAddr at = object("list", 32);
    const RemoteAddr storage = allocate(items.size() * 8 + 8);
    set(at, layout_.var_object.ob_size, static_cast<std::int64_t>(items.size()));
    set(at, layout_.list.ob_item, storage.value());
    for (std::size_t i = 0; i < items.size(); ++i) memory_.put(storage + i * 8, items[i].value());
    return at;
  }
  /// A key and its value; a null value is a deleted entry.
  using Pairs = std::vector<std::pair<RemoteAddr, RemoteAddr>>;
  RemoteAddr dict(const Pairs& pairs, bool general = true) {
    const RemoteAddr at = object("dict", 48);
    std::int64_t used = 0;
    for (const auto& pair : pairs) used += pair.second.null() ? 0 : 1;
    set(at, layout_.dict.ma_used, used);
    set(at, layout_.dict.ma_keys, keys(pairs, general).value());
    return at;
  }
  /// A split dict (3.11 and later): `order` says in which order the keys were inserted.
  RemoteAddr split_dict(const Pairs& pairs, const std::vector<std::uint8_t>& order) {
    const RemoteAddr at = object("dict", 48);
    const RemoteAddr block = allocate(256 + pairs.size() * 8) + 64;
    const bool structure = layout_.traits.split_values == layout::SplitValues::struct_313;
    const RemoteAddr values = structure ? block + 8 : block;
    const auto size = static_cast<std::uint8_t>(order.size());
    memory_.put(structure ? block + 1 : block - 2, size);
    if (structure) memory_.put(block, static_cast<std::uint8_t>(pairs.size()));
    for (std::size_t i = 0; i < order.size(); ++i)
      memory_.put(structure ? values + pairs.size() * 8 + i : block - 3 - i, order[i]);
    for (std::size_t i = 0; i < pairs.size(); ++i)
      memory_.put(values + i * 8, pairs[i].second.value());
    set(at, layout_.dict.ma_used, static_cast<std::int64_t>(order.size()));
    set(at, layout_.dict.ma_keys, keys(pairs, false).value());
    set(at, layout_.dict.ma_values, block.value());
    return at;
  }
  RemoteAddr set_of(const std::vector<RemoteAddr>& items, std::string_view type_name = "set") {
    const RemoteAddr at = object(type_name, 64);
    std::size_t slots = 8;
    while (slots < items.size() * 2) slots *= 2;
    const RemoteAddr table = allocate(slots * 16);
    memory_.put(table, none_.value());  // a deleted slot: the dummy, hash -1
    memory_.put(table + 8, std::int64_t{-1});
    for (std::size_t i = 0; i < items.size(); ++i) {
      memory_.put(table + (i * 2 + 1) * 16, items[i].value());
      memory_.put(table + (i * 2 + 1) * 16 + 8, std::int64_t{7});
    }
    set(at, layout_.set.used, static_cast<std::int64_t>(items.size()));
    set(at, layout_.set.mask, static_cast<std::int64_t>(slots - 1));
    set(at, layout_.set.table, table.value());
    return at;
  }
  RemoteAddr exception(std::string_view type_name, const std::vector<RemoteAddr>& args) {
    const RemoteAddr at = object(type_name, 160);
    set(at, layout_.base_exception.args, tuple(args).value());
    return at;
  }
  /// A type of an extension module.
  void add_type(const Kind& kind) {
    reserve_type(kind.name);
    fill_type(kind);
  }
  /// class NAME(BASE): ... with these attributes; `own_str` stands for a slot set from Python.
  RemoteAddr python_class(std::string_view name, std::u32string_view wide_name,
                          std::string_view base, const Pairs& attributes, bool own_str = false,
                          bool own_repr = false) {
    reserve_type(name);
    fill_type({name, base, type_flags_.at(std::string(base)) | cpython::type_flags::heap_type,
               own_repr, own_str});
    const RemoteAddr at = type(name);
    set(at, layout_.heap_type.ht_name, str(wide_name).value());
    set(at, layout_.heap_type.ht_qualname, str(wide_name).value());
    set(at, layout_.type.tp_dict, dict(attributes).value());
    return at;
  }

 private:
  static constexpr std::uint64_t start = 0x7f0000000000;
  static constexpr std::uint64_t code = 0x400000;

  RemoteAddr keys(const Pairs& pairs, bool general) {
    const auto& f = layout_.dict_keys;
    const bool log2 = layout_.traits.dict_keys == layout::DictKeys::log2;
    const std::size_t stride = log2 && !general ? 16 : 24;
    constexpr std::size_t slots = 64;
    const RemoteAddr at = allocate(*f.dk_indices + slots + pairs.size() * 24);
    set(at, f.dk_nentries, static_cast<std::int64_t>(pairs.size()));
    if (log2) {
      set(at, f.dk_log2_index_bytes, std::uint8_t{6});
      set(at, f.dk_kind, static_cast<std::uint8_t>(general ? 0 : 1));
    } else {
      set(at, f.dk_size, static_cast<std::int64_t>(slots));
    }
    const RemoteAddr entries = at + *f.dk_indices + slots;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const RemoteAddr entry = entries + i * stride + (stride == 24 ? 8 : 0);
      memory_.put(entry, pairs[i].first.value());
      memory_.put(entry + 8, pairs[i].second.value());
    }
    return at;
  }

  void reserve_type(std::string_view name) {
    types_[std::string(name)] = allocate(*layout_.heap_type.size + 64);
  }

  void fill_type(const Kind& kind) {
    const RemoteAddr at = type(kind.name);
    const auto& f = layout_.type;
    const std::string name(kind.name), base(kind.base);
    const std::uint64_t own = code + slots_.size() * 64;
    const RemoteAddr text = allocate(name.size() + 1);
    memory_.write(text, std::as_bytes(std::span(name)));
    set(at, layout_.object.ob_type, type("type").value());
    set(at, f.tp_name, text.value());
    set(at, f.tp_flags, kind.flags);
    set(at, f.tp_repr, kind.own_repr ? own : slots_.at(base).first);
    set(at, f.tp_str, kind.own_str ? own + 32 : slots_.at(base).second);
    slots_[name] = {kind.own_repr ? own : slots_.at(base).first,
                    kind.own_str ? own + 32 : slots_.at(base).second};
    type_flags_[name] = kind.flags;
    std::vector<RemoteAddr> mro = {at};
    if (!base.empty()) {
      set(at, f.tp_base, type(base).value());
      mro.insert(mro.end(), mros_.at(base).begin(), mros_.at(base).end());
    }
    mros_[name] = mro;
    set(at, f.tp_mro, tuple(mro).value());
  }

  layout::Layout layout_;
  FakeMemory memory_;
  std::uint64_t next_ = start;
  RemoteAddr none_;
  std::map<std::string, RemoteAddr> types_;
  std::map<std::string, std::vector<RemoteAddr>> mros_;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> slots_;
  std::map<std::string, std::uint64_t> type_flags_;
};

/// Reads what was built: the capture phase, then the same from the pages it kept.
class Reading {
 public:
  explicit Reading(HeapBuilder& builder, const Limits& limits = {})
      : limits_(limits), layout_(builder.layout()), cache_(builder.memory(), limits_.max_pages) {}

  template <class Read>
  auto operator()(Read read) {
    {
      Heap_ capture(cache_, layout_, limits_, hints_, cpython::Phase::capture);
      (void)read(capture);
    }
    cache_.seal();
    Heap_ decode(cache_, layout_, limits_, hints_, cpython::Phase::decode);
    return read(decode);
  }
  [[nodiscard]] const PageCache& cache() const noexcept { return cache_; }

 private:
  using Heap_ = cpython::Heap;
  Limits limits_;
  layout::Layout layout_;
  PageCache cache_;
  cpython::LookupHints hints_;
};

}  // namespace pyexc::test
