#include "cpython/value/reprlib.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "cpython/value/lookup.hpp"
#include "cpython/value/number_text.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/quote.hpp"
#include "text/codepoints.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_key = 4096;  // of a key that is sorted by

/// Repr.repr1() chooses by the name of the class, since 3.13.5 by its module too.
enum class Choice : std::uint8_t { unknown, by_name, by_module };

Choice choice_of(Heap& heap) {
  const auto instance = module_member(heap, "reprlib", "aRepr");
  if (!instance || instance->null()) return Choice::unknown;
  const auto type = heap.type_info_of(*instance);
  const auto method = type ? heap.class_attribute(**type, "repr1") : fail(Errc::invalid);
  if (!method || method->owner == nullptr) return Choice::unknown;
  const Decoder found = python_decoder(heap, method->value);
  if (found == reprlib_by_name) return Choice::by_name;
  return found == reprlib_by_module ? Choice::by_module : Choice::unknown;
}

class Shortener {
 public:
  explicit Shortener(Printer& out) : out_(out), heap_(out.heap()), choice_(choice_of(heap_)) {
    const RemoteAddr instance = module_member(heap_, "reprlib", "aRepr").value_or(RemoteAddr());
    const auto limit = [&](std::string_view name, std::size_t& value) {
      const auto found = instance.null() ? fail(Errc::invalid) : heap_.instance_get(instance, name);
      const auto number = found && !found->null() ? heap_.integer(*found) : fail(Errc::invalid);
      if (!number || number->clamped() < 0 || number->clamped() > 1024) choice_ = Choice::unknown;
      else value = static_cast<std::size_t>(number->clamped());
    };
    limit("maxlevel", level_);
    limit("maxtuple", tuple_);
    limit("maxlist", list_);
    limit("maxdict", dict_);
    limit("maxset", set_);
    limit("maxfrozenset", frozenset_);
    limit("maxstring", string_);
    limit("maxlong", long_);
    limit("maxother", other_);
    // 3.11 and later.
    const auto fill =
        instance.null() ? fail(Errc::invalid) : heap_.instance_get(instance, "fillvalue");
    const auto indent =
        instance.null() ? fail(Errc::invalid) : heap_.instance_get(instance, "indent");
    if (!fill || (!fill->null() && !heap_.str_equals(*fill, "...")) || !indent ||
        (!indent->null() && !heap_.is_none(*indent)))
      choice_ = Choice::unknown;
  }

  void start(RemoteAddr value) {
    if (choice_ == Choice::unknown) {
      out_.mark_inexact("reprlib.repr() is not as the standard library made it");
      return out_.repr(value);
    }
    one(value, static_cast<std::int64_t>(level_));
  }

 private:
  /// s[:i] + "..." + s[len(s)-j:]
  static Printer::Slice cut(std::size_t characters, std::size_t limit) {
    if (characters <= limit) return {};
    const std::size_t inside = limit < 3 ? 0 : limit - 3;
    return {0, inside / 2, "...", inside - inside / 2};
  }

  void one(RemoteAddr value, std::int64_t level) {
    if (out_.done()) return;
    const auto type = heap_.type_info_of(value);
    if (!type) return out_.mark_unreadable();
    const std::string& name = (*type)->tp_name;
    if ((*type)->heap()) {
      // A class made by the target that has the name of one of these is taken for it.
      constexpr std::string_view chosen[] = {"tuple", "list", "array", "set", "frozenset",
                                             "deque", "dict", "str",   "int"};
      if (choice_ == Choice::by_name &&
          std::find(std::begin(chosen), std::end(chosen), name) != std::end(chosen))
        out_.mark_inexact("reprlib takes " + full_name(heap_, **type) + " for a builtin");
      return instance(value);
    }
    if (name == "tuple")
      return sequence(level, heap_.tuple_items(value, tuple_), tuple_, "(", ")", true);
    if (name == "list")
      return sequence(level, heap_.list_items(value, list_), list_, "[", "]", false);
    if (name == "set") return set(value, level, "set()", "{", "}", set_);
    if (name == "frozenset")
      return set(value, level, "frozenset()", "frozenset({", "})", frozenset_);
    if (name == "dict") return dict(value, level);
    if (name == "str") return text(value);
    if (name == "int")
      return out_.put_sliced([&] { out_.repr(value); },
                             [&](std::size_t n) { return cut(n, long_); });
    if (name == "collections.deque" || name == "array.array") out_.mark_inexact("reprlib cuts it");
    instance(value);
  }

  void instance(RemoteAddr value) {
    out_.put_sliced([&] { out_.repr(value); }, [&](std::size_t n) { return cut(n, other_); });
  }

  // A str is cut before it is quoted, and what is quoted again.
  void text(RemoteAddr value) {
    const auto length = heap_.str_length(value);
    const auto front = heap_.str(value, string_);
    if (!length || !front) return out_.mark_unreadable();
    const Printer::Slice parts = cut(string_ + 1, string_);
    std::string ends;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(parts.count + parts.tail); ++i) {
      const auto count = static_cast<std::int64_t>(parts.count),
                 tail = static_cast<std::int64_t>(parts.tail);
      // A slice that begins before the start of a str begins there.
      const std::int64_t at = i < count ? i : *length - tail + (i - count);
      if (at < 0 || at >= *length) continue;
      const auto point = heap_.code_point_at(value, at);
      if (!point) return out_.mark_unreadable();
      text::append(ends, static_cast<char32_t>(*point));
    }
    out_.put(2, [&]() -> std::string {
      std::string quoted = quote_str(front->text, out_.database(), SIZE_MAX);
      if (text::decode(quoted).size() <= string_) return quoted;
      const std::u32string again = text::decode(quote_str(ends, out_.database(), SIZE_MAX));
      const std::size_t tail = std::min(parts.tail, again.size());
      return text::encode(again.substr(0, parts.count)) + "..." +
             text::encode(again.substr(again.size() - tail));
    });
  }

  template <class Each>
  void pieces(std::size_t count, bool more, Each each) {
    for (std::size_t i = 0; i < count && !out_.done(); ++i) {
      if (i != 0) out_.put(", ");
      each(i);
    }
    if (more) out_.put(count == 0 ? "..." : ", ...");
  }

  void sequence(std::int64_t level, const Result<Items>& items, std::size_t limit,
                std::string_view left, std::string_view right, bool tuple) {
    if (!items) return out_.mark_unreadable();
    const std::size_t all = items->items.size() + items->left_out;
    out_.put(left);
    if (level <= 0 && all != 0) {
      out_.put("...");
    } else {
      pieces(std::min(items->items.size(), limit), all > limit,
             [&](std::size_t i) { one(items->items[i], level - 1); });
      if (tuple && all == 1) out_.put(",");
    }
    out_.put(right);
  }

  void set(RemoteAddr value, std::int64_t level, std::string_view empty, std::string_view left,
           std::string_view right, std::size_t limit) {
    auto items = heap_.set_items(value);
    if (!items) return out_.mark_unreadable();
    if (items->items.empty() && items->left_out == 0) return out_.put(empty);
    sort(*items);
    sequence(level, items, limit, left, right, false);
  }

  void dict(RemoteAddr value, std::int64_t level) {
    const auto found = heap_.dict_items(value);
    if (!found) return out_.mark_unreadable();
    if (found->entries.empty() && found->left_out == 0) return out_.put("{}");
    if (level <= 0) return out_.put("{...}");
    Items keys;
    std::unordered_map<RemoteAddr, RemoteAddr> values;
    for (const DictEntry& entry : found->entries) {
      keys.items.push_back(entry.key);
      values.emplace(entry.key, entry.value);
    }
    keys.left_out = found->left_out;
    sort(keys);
    out_.put("{");
    pieces(std::min(keys.items.size(), dict_), keys.items.size() + keys.left_out > dict_,
           [&](std::size_t i) {
             one(keys.items[i], level - 1);
             out_.put(": ");
             out_.named_by(keys.items[i], values[keys.items[i]],
                           [&] { one(values[keys.items[i]], level - 1); });
           });
    out_.put("}");
  }

  /// sorted(), or the order they have where that raises.
  void sort(Items& keys) {
    if (keys.items.size() + keys.left_out < 2) return;
    if (keys.left_out != 0) out_.mark_inexact("too many keys to sort");
    std::vector<std::pair<std::string, RemoteAddr>> texts;
    std::vector<std::pair<std::int64_t, RemoteAddr>> numbers;
    std::size_t unordered = 0;
    for (const RemoteAddr key : keys.items) {
      if (heap_.is_exactly(key, "str")) {
        const auto text = heap_.text_now(key, max_key);
        if (text) texts.emplace_back(*text, key);
      } else if (heap_.is_exactly(key, "int") || heap_.is_exactly(key, "bool")) {
        const auto number = heap_.integer(key);
        if (number && number->fits_int64()) numbers.emplace_back(number->clamped(), key);
      } else if (has_no_order(key)) {
        ++unordered;
      }
    }
    const auto in_order = [&](auto& ordered) {
      std::stable_sort(ordered.begin(), ordered.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      keys.items.clear();
      for (const auto& [by, key] : ordered) keys.items.push_back(key);
    };
    const std::size_t all = keys.items.size();
    if (texts.size() == all) in_order(texts);
    else if (numbers.size() == all) in_order(numbers);
    // Of these kinds one cannot be compared with another, nor two of the last.
    else if (texts.size() + numbers.size() + unordered != all)
      out_.mark_inexact("keys that only their own code can sort");
  }

  bool has_no_order(RemoteAddr key) {
    // Its own __lt__, which it has since 3.12, knows no order either.
    if (heap_.is_none(key)) return true;
    const auto type = heap_.type_info_of(key);
    const auto less = type ? heap_.class_attribute(**type, "__lt__") : fail(Errc::invalid);
    const auto greater = type ? heap_.class_attribute(**type, "__gt__") : fail(Errc::invalid);
    const auto of_object = [](const auto& found) {
      return found && found->owner != nullptr && found->owner->tp_name == "object";
    };
    return of_object(less) && of_object(greater);
  }

  Printer& out_;
  Heap& heap_;
  Choice choice_;
  std::size_t level_ = 6, tuple_ = 6, list_ = 6, dict_ = 4, set_ = 6, frozenset_ = 6, string_ = 30,
              long_ = 40, other_ = 30;
};

}  // namespace

void require_reprlib(Self& self) {
  if (choice_of(self.heap()) == Choice::unknown) self.give_up();
}

void put_reprlib(Printer& out, RemoteAddr value) { Shortener(out).start(value); }

// Rows of functions/concurrency.def that only say which body it is.
void reprlib_by_name(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }
void reprlib_by_module(Printer& out, RemoteAddr object, const TypeInfo&) { out.repr(object); }

}  // namespace pyexc::cpython
