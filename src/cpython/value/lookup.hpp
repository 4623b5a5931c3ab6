#pragma once
// What getattr() would find, where it can be known without running code: in the object's own dict
// or slots, or in its class. Decoders of objects whose repr() is written in Python live on this.

#include <optional>
#include <string_view>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

struct Attribute {
  /// by_code: a property, __getattr__ or another function of the target's would have to be asked.
  enum class State : std::uint8_t { found, absent, by_code };
  State state = State::absent;
  RemoteAddr value;
  [[nodiscard]] bool found() const noexcept { return state == State::found; }
  [[nodiscard]] bool absent() const noexcept { return state == State::absent; }
};

/// getattr(object, name) of an object that is no type. What cannot be read is an error.
[[nodiscard]] Result<Attribute> attribute_of(Heap& heap, RemoteAddr object, std::string_view name);

/// The attribute `name` of a loaded module, null if there is none.
[[nodiscard]] Result<RemoteAddr> module_member(Heap& heap, std::string_view module,
                                               std::string_view name);
/// sys.modules[name] if it is a module; null if not.
[[nodiscard]] Result<RemoteAddr> loaded_module(Heap& heap, std::string_view name);

/// bool(object), where no code of the target decides that.
[[nodiscard]] std::optional<bool> truth(Heap& heap, RemoteAddr object);

/// True if the type is, or inherits, the class `class_name` of the module (classes made in Python).
[[nodiscard]] bool is_kind_of(Heap& heap, const TypeInfo& type, std::string_view module,
                              std::string_view class_name);

/// The text of a str as %U writes it; a str subclass's own __str__ is not asked.
void put_str(Printer& out, RemoteAddr str);
/// type.__name__, as `self.__class__.__name__` gives it.
void put_class_name(Printer& out, const TypeInfo& type);
/// type.__qualname__ and type.__module__ of a type, as attributes.
void put_qualified_name(Printer& out, const TypeInfo& type);

/// Reads attributes for one decoder; the first that cannot be known marks the text.
class Attributes {
 public:
  Attributes(Printer& out, RemoteAddr object, const TypeInfo& type)
      : out_(out), object_(object), type_(type) {}
  /// Null unless the attribute is there.
  RemoteAddr operator[](std::string_view name);
  /// Null if it is absent, which is then no failure.
  RemoteAddr optional(std::string_view name);
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// If any attribute was missing or is found by code: marks and shows the object as foreign.
  bool give_up();

 private:
  Printer& out_;
  RemoteAddr object_;
  const TypeInfo& type_;
  bool failed_ = false;
};

/// Marks the text because code of the target decides it, and shows the object as foreign objects
/// are.
void put_unknown(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view what);

}  // namespace pyexc::cpython
