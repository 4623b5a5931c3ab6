#pragma once
// What a method of the standard library finds on its self: attributes (lookup.hpp), truth, length
// and text, all without running code. A decoder asks for everything first and writes only if
// !stopped(); where the answer would take code of the target, it gives up and the object is shown
// as a foreign one.

#include <optional>
#include <string>
#include <string_view>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

class Self {
 public:
  Self(Printer& out, RemoteAddr object, const TypeInfo& type);

  /// getattr(self, name). Null where it would take code, or where Python would raise
  /// AttributeError.
  [[nodiscard]] RemoteAddr get(std::string_view name);
  /// getattr(of, name) of another object.
  [[nodiscard]] RemoteAddr get(RemoteAddr of, std::string_view name);
  /// The same along "a.b.c".
  [[nodiscard]] RemoteAddr follow(std::string_view path);
  /// getattr(self, name, None): null if there is none.
  [[nodiscard]] RemoteAddr get_or_null(std::string_view name);
  [[nodiscard]] RemoteAddr get_or_null(RemoteAddr of, std::string_view name);

  [[nodiscard]] bool is_none(RemoteAddr value);
  /// bool(value)
  [[nodiscard]] bool truth(RemoteAddr value);
  [[nodiscard]] bool truth(std::string_view name) { return truth(get(name)); }
  /// len(value)
  [[nodiscard]] std::int64_t length(RemoteAddr value);
  /// The value of an int (or bool, or subclass of int) that fits.
  [[nodiscard]] std::int64_t integer(RemoteAddr value);
  [[nodiscard]] std::int64_t integer(std::string_view name) { return integer(get(name)); }
  /// The text of a short str, in both phases.
  [[nodiscard]] std::string text(RemoteAddr value);

  /// Gives up unless self finds under this name the function `qualname` of the standard library's
  /// `file`.
  void require_method(std::string_view name, std::string_view file, std::string_view qualname);
  /// The same for a property and the function behind it.
  void require_property(std::string_view name, std::string_view file, std::string_view qualname);
  /// The same for another object.
  void require_method(RemoteAddr of, std::string_view name, std::string_view file,
                      std::string_view qualname);
  /// Gives up unless the global `name` of a module is a function that a row of functions/*.def
  /// knows as `as`.
  void require_global(std::string_view module, std::string_view name, Decoder as);

  [[nodiscard]] bool stopped() const noexcept { return gave_up_ || raised_; }
  void give_up() noexcept { gave_up_ = true; }
  /// Python would raise here.
  void raise() noexcept { raised_ = raised_ || !gave_up_; }
  /// If stopped, writes what stands for the object then, and returns true: the decoder has nothing
  /// to add.
  [[nodiscard]] bool ended();

  // -- writing
  /// type(self).__name__, __qualname__ and "module.qualname" as %s writes them.
  void put_class_name();
  void put_class_qualname();
  void put_class_path();
  void put_id() { out_.put_address(object_); }
  /// "%d" % value
  void put_int(RemoteAddr value);

  [[nodiscard]] Printer& out() noexcept { return out_; }
  [[nodiscard]] Heap& heap() noexcept { return out_.heap(); }
  [[nodiscard]] RemoteAddr object() const noexcept { return object_; }
  [[nodiscard]] const TypeInfo& type() const noexcept { return type_; }

 private:
  [[nodiscard]] Heap::ClassAttribute class_attribute(RemoteAddr of, std::string_view name);

  Printer& out_;
  RemoteAddr object_;
  const TypeInfo& type_;
  bool gave_up_ = false, raised_ = false;
};

/// The global `name` of a module that is in sys.modules; null if there is none.
[[nodiscard]] RemoteAddr module_global(Heap& heap, std::string_view module, std::string_view name);

/// The member of an enum of ints that has this value; null if none has.
[[nodiscard]] Result<RemoteAddr> enum_member(Heap& heap, RemoteAddr enumeration,
                                             std::int64_t number);

/// Writes a text with attributes of self in it, each in braces:
///   {name}    "%s" % self.name            {name!r}  "%r" % self.name      {name:}  f"{self.name}"
///   {name:d}  "%d" % self.name            {name#}   len(self.name)        {a.b}    self.a.b
///   {name%}   as {name} where the name stands alone behind the %, which unpacks a tuple
///   {.class} {.qualname} {.path}          of type(self), .path with its module
///   {.id} {.self}                         hex(id(self)), str(self)
void put_formatted(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view format);
/// The same where a decoder has a Self already and asked it for more.
void put_formatted(Self& self, std::string_view format);

template <std::size_t N>
struct Format {
  constexpr Format(const char (&text)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < N; ++i) characters[i] = text[i];
  }
  char characters[N] = {};
  [[nodiscard]] constexpr std::string_view view() const { return {characters, N - 1}; }
};

/// The decoder of a function that does nothing but that.
template <Format format>
void formatted(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_formatted(out, object, type, format.view());
}

/// `format` unless the attribute `name` is None, else `other`.
template <Format name, Format format, Format other>
void formatted_unless_none(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const RemoteAddr value = self.get(name.view());
  const bool none = self.is_none(value);
  if (self.ended()) return;
  put_formatted(self, none ? other.view() : format.view());
}

/// `format` if the attribute `name` is true, else `other`.
template <Format name, Format format, Format other>
void formatted_if(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const bool is = self.truth(name.view());
  if (self.ended()) return;
  put_formatted(self, is ? format.view() : other.view());
}

}  // namespace pyexc::cpython
