#include "cpython/value/self.hpp"

#include <fmt/format.h>

#include <vector>

#include "cpython/value/lookup.hpp"
#include "cpython/value/number_text.hpp"
#include "cpython/value/python_functions.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_short_text = 256;
}

Self::Self(Printer& out, RemoteAddr object, const TypeInfo& type)
    : out_(out), object_(object), type_(type) {
  // A class may answer __class__ as it likes (unittest.mock does).
  const auto own = heap().heap_type_attribute(type, "__class__");
  if (!own || !own->null()) give_up();
}

Heap::ClassAttribute Self::class_attribute(RemoteAddr of, std::string_view name) {
  const auto type = heap().type_info_of(of);
  if (!type) {
    give_up();
    return {};
  }
  const auto found = heap().class_attribute(**type, name);
  if (!found) give_up();
  return found.value_or(Heap::ClassAttribute{});
}

RemoteAddr Self::get(RemoteAddr of, std::string_view name) {
  const RemoteAddr value = get_or_null(of, name);
  if (value.null()) raise();
  return value;
}

RemoteAddr Self::get(std::string_view name) { return get(object_, name); }

RemoteAddr Self::get_or_null(RemoteAddr of, std::string_view name) {
  if (stopped()) return {};
  const auto found = attribute_of(heap(), of, name);
  if (!found || found->state == Attribute::State::by_code) return give_up(), RemoteAddr();
  return found->value;
}

RemoteAddr Self::get_or_null(std::string_view name) { return get_or_null(object_, name); }

RemoteAddr Self::follow(std::string_view path) {
  RemoteAddr at = object_;
  while (!stopped()) {
    const auto dot = path.find('.');
    at = get(at, path.substr(0, dot));
    if (dot == std::string_view::npos) return at;
    path.remove_prefix(dot + 1);
  }
  return {};
}

bool Self::is_none(RemoteAddr value) { return !stopped() && heap().is_none(value); }

bool Self::truth(RemoteAddr value) {
  if (stopped()) return false;
  Heap& h = heap();
  const auto type = h.type_info_of(value);
  if (!type) return give_up(), false;
  if (!(*type)->heap()) {
    if ((*type)->tp_name == "NoneType") return false;
    if ((*type)->is(type_flags::int_subclass)) {
      // Whatever the size: an int of so many digits is not 0.
      const auto number = h.integer(value);
      if (!number && number.error().code == Errc::limit) return true;
      if (!number) return give_up(), false;
      return !number->digits.empty() && number->clamped() != 0;
    }
    if ((*type)->tp_name == "float") {
      const auto number = h.real(value);
      if (!number) return give_up(), false;
      return *number != 0;
    }
  }
  const auto asks = class_attribute(value, "__bool__");
  if (asks.owner != nullptr) {
    // Of subclasses of int; those of float, Fraction and others are not asked for here.
    if (h.is_exactly(asks.value, "wrapper_descriptor") && (*type)->is(type_flags::int_subclass))
      return integer(value) != 0;
    // Up to 3.10 a deque has a __bool__ of its own beside its __len__, which says the same.
    if (h.is_exactly(asks.value, "wrapper_descriptor") &&
        asks.owner->tp_name == "collections.deque")
      return length(value) != 0;
    return give_up(), false;
  }
  const auto counts = class_attribute(value, "__len__");
  if (stopped() || counts.owner == nullptr) return true;
  return length(value) != 0;
}

std::int64_t Self::length(RemoteAddr value) {
  if (stopped()) return 0;
  Heap& h = heap();
  const auto type = h.type_info_of(value);
  if (!type) return give_up(), 0;
  const auto counts = class_attribute(value, "__len__");
  if (stopped() || counts.owner == nullptr || !h.is_exactly(counts.value, "wrapper_descriptor"))
    return give_up(), 0;
  const std::string& owner = counts.owner->tp_name;
  Result<std::int64_t> size = fail(Errc::invalid);
  if ((*type)->is(type_flags::str_subclass)) size = h.str_length(value);
  else if ((*type)->is(type_flags::dict_subclass)) size = h.dict_used(value);
  else if ((*type)->is(type_flags::list_subclass | type_flags::tuple_subclass |
                       type_flags::bytes_subclass) ||
           owner == "bytearray" || owner == "collections.deque")
    size = h.var_size(value);
  else if (owner == "set" || owner == "frozenset")
    size = h.field<std::int64_t>(value, h.layout().set.used);
  if (!size || *size < 0) return give_up(), 0;
  return *size;
}

std::int64_t Self::integer(RemoteAddr value) {
  if (stopped()) return 0;
  if (!heap().has_flag(value, type_flags::int_subclass)) return give_up(), 0;
  const auto number = heap().integer(value);
  if (!number || !number->fits_int64()) return give_up(), 0;
  return number->clamped();
}

std::string Self::text(RemoteAddr value) {
  if (stopped()) return {};
  if (!heap().has_flag(value, type_flags::str_subclass)) return give_up(), std::string();
  auto text = heap().text_now(value, max_short_text);
  if (!text) give_up();
  return std::move(text).value_or(std::string());
}

void Self::require_method(RemoteAddr of, std::string_view name, std::string_view file,
                          std::string_view qualname) {
  if (stopped()) return;
  const auto method = class_attribute(of, name);
  if (method.owner == nullptr || !is_stdlib_function(heap(), method.value, file, qualname))
    return give_up();
  const auto own = heap().instance_get(of, name);
  if (!own || !own->null()) give_up();
}

void Self::require_method(std::string_view name, std::string_view file, std::string_view qualname) {
  require_method(object_, name, file, qualname);
}

void Self::require_property(std::string_view name, std::string_view file,
                            std::string_view qualname) {
  if (stopped()) return;
  const auto made = class_attribute(object_, name);
  if (made.owner == nullptr || !heap().is_exactly(made.value, "property")) return give_up();
  const auto getter = heap().pointer(made.value, heap().layout().property.prop_get);
  if (!getter || !is_stdlib_function(heap(), *getter, file, qualname)) give_up();
}

void Self::require_global(std::string_view module, std::string_view name, Decoder as) {
  if (stopped()) return;
  const RemoteAddr function = module_global(heap(), module, name);
  if (function.null() || python_decoder(heap(), function) != as) give_up();
}

bool Self::ended() {
  if (raised_ && !gave_up_) {
    out_.raise(fmt::format("<{}>", Printer::short_name(type_)));
    return true;
  }
  if (!gave_up_) return false;
  out_.mark_inexact(
      fmt::format("the text of {} takes code of the target", full_name(heap(), type_)));
  out_.put_foreign(object_, type_);
  return true;
}

void Self::put_class_name() { pyexc::cpython::put_class_name(out_, type_); }

void Self::put_class_qualname() {
  const auto names = heap().type_names(type_);
  if (!names) return out_.mark_unreadable();
  out_.put(1, [&] { return names->qualname; });
}

void Self::put_class_path() { put_qualified_name(out_, type_); }

void Self::put_int(RemoteAddr value) {
  const auto number = heap().integer(value);
  if (!number) return out_.mark_unreadable();
  out_.put(1, [&] { return decimal(*number); });
}

RemoteAddr module_global(Heap& heap, std::string_view module, std::string_view name) {
  return module_member(heap, module, name).value_or(RemoteAddr());
}

Result<RemoteAddr> enum_member(Heap& heap, RemoteAddr enumeration, std::int64_t number) {
  PYEXC_TRY(const auto* type, heap.type_info(enumeration));
  PYEXC_TRY(const auto known, heap.dict_get(type->tp_dict, "_value2member_map_"));
  PYEXC_TRY(const auto members, heap.dict_items(known));
  for (const DictEntry& entry : members.entries) {
    const auto key = heap.integer(entry.key);
    if (key && key->fits_int64() && key->clamped() == number) return entry.value;
  }
  return RemoteAddr();
}

namespace {

struct Piece {
  std::string_view literal;  ///< in front of the field
  std::string_view path;
  enum class As : std::uint8_t {
    nothing,
    str,
    operand,
    repr,
    format,
    number,
    length,
    about_class
  } as = As::nothing;
  RemoteAddr value;
  std::int64_t count = 0;
};

std::vector<Piece> pieces_of(std::string_view format) {
  using As = Piece::As;
  std::vector<Piece> pieces;
  while (!format.empty()) {
    Piece piece;
    const auto open = format.find('{');
    piece.literal = format.substr(0, open);
    if (open == std::string_view::npos) {
      pieces.push_back(piece);
      break;
    }
    const auto close = format.find('}', open);
    std::string_view path = format.substr(open + 1, close - open - 1);
    format.remove_prefix(close + 1);
    piece.as = As::str;
    const auto ends = [&path](std::string_view end) {
      if (!path.ends_with(end)) return false;
      path.remove_suffix(end.size());
      return true;
    };
    if (path.starts_with('.')) piece.as = As::about_class;
    else if (ends("!r")) piece.as = As::repr;
    else if (ends(":d")) piece.as = As::number;
    else if (ends(":")) piece.as = As::format;
    else if (ends("#")) piece.as = As::length;
    else if (ends("%")) piece.as = As::operand;
    piece.path = path;
    pieces.push_back(piece);
  }
  return pieces;
}

void put_about_class(Self& self, std::string_view what) {
  if (what == ".class") self.put_class_name();
  else if (what == ".qualname") self.put_class_qualname();
  else if (what == ".path") self.put_class_path();
  else if (what == ".self") self.out().str(self.object());
  else self.put_id();
}

}  // namespace

void put_formatted(Self& self, std::string_view format) {
  using As = Piece::As;
  Printer& out = self.out();
  Heap& heap = self.heap();
  std::vector<Piece> pieces = pieces_of(format);
  for (Piece& piece : pieces) {
    if (piece.as == As::nothing || piece.as == As::about_class) continue;
    piece.value = self.follow(piece.path);
    if (self.stopped()) break;
    if (piece.as == As::length) piece.count = self.length(piece.value);
    if (piece.as == As::operand && heap.has_flag(piece.value, type_flags::tuple_subclass))
      self.give_up();
    if (piece.as == As::number && !heap.has_flag(piece.value, type_flags::int_subclass))
      self.give_up();
    if (piece.as == As::format) {
      // format(x, "") is str(x) unless a class says otherwise; the builtin types do not.
      const auto type = heap.type_info_of(piece.value);
      const auto own = type ? heap.heap_type_attribute(**type, "__format__") : fail(Errc::invalid);
      if (!own || !own->null()) self.give_up();
    }
  }
  if (self.ended()) return;
  for (const Piece& piece : pieces) {
    if (out.done()) return;
    out.put(piece.literal);
    const auto dot = piece.path.rfind('.');
    switch (piece.as) {
      case As::nothing: break;
      case As::str:
      case As::operand:
      case As::format: out.str(piece.value); break;
      case As::repr:
        out.repr_named(
            PyText(dot == std::string_view::npos ? piece.path : piece.path.substr(dot + 1)),
            piece.value);
        break;
      case As::number: self.put_int(piece.value); break;
      case As::length: out.put(std::to_string(piece.count)); break;
      case As::about_class: put_about_class(self, piece.path); break;
    }
  }
}

void put_formatted(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view format) {
  Self self(out, object, type);
  put_formatted(self, format);
}

}  // namespace pyexc::cpython
