#include "cpython/value/printer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cpython/value/catalog.hpp"
#include "cpython/value/quote.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view cut_mark = "...<cut>";
/// An object written this often at once is one of an endless recursion: containers stop at the
/// second.
constexpr std::ptrdiff_t endless_count = 3;

text::Database database_of(const Heap& heap) {
  const std::string& version = heap.traits().unicode_version;
  int major = 0, minor = 0;
  const char* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ptr != end) (void)std::from_chars(first.ptr + 1, end, minor);
  return text::database_for(major, minor);
}

}  // namespace

Printer::Printer(Heap& heap, const ReprLimits& limits, Failures failures)
    : heap_(heap),
      database_(database_of(heap)),
      max_text_(std::min(limits.max_text, heap.limits().max_repr)),
      max_depth_(std::min(limits.max_depth, heap.limits().max_depth)),
      max_string_(std::min(limits.max_string, heap.limits().max_string)),
      max_items_(std::min(limits.max_items, heap.limits().max_items)),
      max_attributes_(limits.max_attributes),
      rewritten_(limits.rewritten),
      failures_(failures) {}

void Printer::repr(RemoteAddr object) { write(object, Operation::repr); }
void Printer::str(RemoteAddr object) { write(object, Operation::str); }

void Printer::write(RemoteAddr object, Operation operation) {
  if (done_) return;
  const auto object_type = heap_.type_of(object);
  const auto found = object_type ? catalog(heap_).of(*object_type)
                                 : Result<const TypeDecoders*>(fail(object_type.error()));
  if (!found) return mark_unreadable();
  const TypeDecoders& decoders = **found;
  Decoder decoder = operation == Operation::repr ? decoders.repr : decoders.str;
  if (operation == Operation::repr && decoders.shown != nullptr && may_enter(object)) {
    mark_inexact(full_name(heap_, *decoders.type) + " is shown by its attributes");
    decoder = decoders.shown;
  }
  if (decoder == nullptr) return write_foreign(object, *decoders.type, operation);
  const Active next{object, operation};
  if (active_.size() >= max_depth_) {
    if (endless(next)) return raise("<endless>");
    cut_ = cut_ || exact_;
    mark_inexact("nested too deeply");
    return put("...<deeper>");
  }
  if (rewritten_ != nullptr && rewritten_->contains(object))
    mark_inexact("locals() of a frame, not up to date");
  heap_.memory().forget_last_failure();  // mark_unreadable() says why, and means this object
  active_.push_back(next);
  decoder(*this, object, *decoders.type);
  active_.pop_back();
}

void Printer::put_quoted(std::string_view text) {
  put(2, [&] { return quote_str(text, database_, room()); });
}

void Printer::repr_of_str(RemoteAddr object) {
  const std::size_t begin = text_.size(), used = used_, parts = parts_.size();
  str(object);
  if (heap_.capturing() || done_) return;
  // Quoting would move what redact/ is told the places of.
  if (parts_.size() != parts) return;
  const std::string text = text_.substr(begin);
  text_.resize(begin);
  used_ = used;
  put_quoted(text);
}

bool Printer::endless(const Active& next) const {
  return std::count_if(active_.begin(), active_.end(), [&](const Active& active) {
           return active.object == next.object && active.operation == next.operation;
         }) >= endless_count;
}

void Printer::write_foreign(RemoteAddr object, const TypeInfo& type, Operation operation) {
  const bool is_str = operation == Operation::str;
  const CodeBehind code = is_str ? code_behind(heap_, type, "__str__", &TypeInfo::tp_str)
                                 : code_behind(heap_, type, "__repr__", &TypeInfo::tp_repr);
  mark_inexact(fmt::format("{}() of {} is {} code", is_str ? "str" : "repr", full_name(heap_, type),
                           code.python ? "Python" : "C"));
  put_foreign(object, type);
}

CodeBehind code_behind(Heap& heap, const TypeInfo& type, std::string_view special,
                       RemoteAddr TypeInfo::*slot) {
  CodeBehind found;
  found.type = &type;
  if (const auto owner = heap.slot_owner(type, slot); owner && *owner != nullptr)
    return {false, *owner};
  const auto types = heap.mro(type);
  if (!types) return found;
  for (const TypeInfo* base : *types) {
    if (!base->heap() || base->tp_dict.null()) continue;
    const auto value = heap.dict_get(base->tp_dict, special);
    if (!value || value->null()) continue;
    return {!heap.is_exactly(*value, "wrapper_descriptor"), base};
  }
  return found;
}

std::string full_name(Heap& heap, const TypeInfo& type) {
  const auto names = heap.type_names(type);
  if (!names) return type.tp_name;
  return names->module_is_text && names->module != "builtins"
             ? names->module + "." + names->qualname
             : names->qualname;
}

void Printer::count(std::size_t bytes) {
  if (done_) return;
  if (bytes > max_text_ - used_) return stop_full();
  used_ += bytes;
}

void Printer::put(std::string_view text) {
  if (done_) return;
  if (heap_.capturing()) return count(text.size());
  if (text.size() <= max_text_ - used_) {
    text_.append(text);
    used_ += text.size();
    return;
  }
  std::size_t length = max_text_ - used_;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80) --length;
  text_.append(text.substr(0, length)).append(cut_mark);
  stop_full();
}

void Printer::put_whole(std::size_t length, std::string_view text) {
  if (done_) return;
  if (heap_.capturing()) return count(std::min(length, room()));
  text_.append(text);
  used_ += std::min(text.size(), room());
}

std::size_t Printer::characters_from(std::size_t begin) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.end(),
                    [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

void Printer::slice(std::size_t begin, std::size_t used, const Slice& slice) {
  // How much remains is not known in the capture phase: nothing is the lower bound.
  used_ = used;
  if (heap_.capturing()) return;
  const std::size_t all = characters_from(begin);
  const auto byte_at = [&](std::size_t characters) {
    std::size_t at = begin;
    for (; at < text_.size() && characters > 0; --characters) {
      ++at;
      while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xc0U) == 0x80) ++at;
    }
    return at;
  };
  const std::size_t skipped = std::min(slice.begin, all);
  const std::size_t first = byte_at(skipped), last = byte_at(skipped + std::min(slice.count, all - skipped));
  const std::size_t tail = std::max(last, byte_at(all - std::min(slice.tail, all)));
  const std::size_t middle = begin + (last - first), behind = middle + slice.fill.size();
  text_ = text_.substr(0, begin) + text_.substr(first, last - first) + std::string(slice.fill) + text_.substr(tail);
  // A part keeps what is left of it; one that was cut through ends where the text was cut.
  const auto moved = [&](std::size_t at) {
    if (at <= begin) return at;
    if (at >= tail) return behind + (at - tail);
    return begin + (std::clamp(at, first, last) - first);
  };
  for (NamedPart& part : parts_) {
    const std::size_t end = part.end;
    part.begin = moved(part.begin);
    part.end = end > last && end < tail ? middle : moved(end);
  }
  used_ += std::min(text_.size() - begin, max_text_ - used_);
}

void Printer::stop_full() {
  cut_ = cut_ || exact_;
  mark_inexact("too long");
  used_ = max_text_;
  done_ = true;
}

void Printer::mark_inexact(std::string reason) {
  if (exact_) reason_ = std::move(reason);
  exact_ = false;
}

void Printer::mark_left_out(std::size_t count) {
  if (count == 0) return;
  cut_ = cut_ || exact_;
  mark_inexact("too long");
  put(11, [count] { return fmt::format("...<{} more>", count); });
}

void Printer::mark_unreadable() {
  mark_inexact("an argument is unreadable");
  // What was left out on purpose is not what could not be read.
  const Errc why = heap_.memory().last_failure();
  put(why == Errc::limit || why == Errc::not_captured ? "<not read>" : "<unreadable>");
}

void Printer::raise(std::string_view placeholder) {
  if (done_) return;
  if (failures_ == Failures::placeholder) {
    mark_inexact("an argument has no text");
    return put(placeholder);
  }
  failed_ = true;
  exact_ = false;
  done_ = true;
}

std::string_view Printer::short_name(const TypeInfo& type) noexcept {
  const std::string_view name = type.tp_name;
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

void Printer::put_default(RemoteAddr object, const TypeInfo& type) {
  put("<");
  put_type_name(type);
  put(" object at ");
  put_address(object);
  put(">");
}

void Printer::put_type_name(const TypeInfo& type) {
  const auto names = heap_.type_names(type);
  if (!names) return mark_unreadable();
  put(1, [&]() -> std::string {
    if (names->module_is_text && names->module != "builtins")
      return names->module + "." + names->qualname;
    return type.tp_name;
  });
}

void Printer::put_address(RemoteAddr object) {
  put(3, [object] { return fmt::format("{:#x}", object.value()); });
}

std::string Printer::take_text() { return std::move(text_); }

ValueText Printer::take() { return {std::move(text_), exact_, std::move(parts_)}; }

Printer::Guard::Guard(Printer& printer, RemoteAddr object)
    : printer_(printer),
      entered_(std::find(printer.guarded_.begin(), printer.guarded_.end(), object) ==
               printer.guarded_.end()) {
  if (entered_) printer_.guarded_.push_back(object);
}

Printer::Guard::~Guard() {
  if (entered_) printer_.guarded_.pop_back();
}

}  // namespace pyexc::cpython
