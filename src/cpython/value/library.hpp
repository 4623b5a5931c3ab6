#pragma once
// What imitations of the standard library's own code share: attributes as that code would find
// them, and the question whether the methods that it calls are still the library's.

#include <initializer_list>
#include <string_view>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// True, and the object is written as one that only its own code could print, if a class made in
/// Python brings one of the `names`, which the C function that is imitated would call. For types of
/// C code only.
[[nodiscard]] bool refuse_override(Printer& out, RemoteAddr object, const TypeInfo& type,
                                   std::initializer_list<std::string_view> names);

/// What a property, class method or static method calls; any other member itself.
[[nodiscard]] Result<RemoteAddr> member_function(Heap& heap, RemoteAddr member);

/// Where a function may be defined: a file of the standard library and a qualified name.
struct Definition {
  std::string_view file, qualname;
};
/// True if the class attribute `name` is a function, or a property, class method or static method
/// of one, that is defined at one of these places.
[[nodiscard]] bool is_library_member(Heap& heap, const TypeInfo& type, std::string_view name,
                                     std::initializer_list<Definition> places);

/// True if str() of such an object is what that decoder imitates.
[[nodiscard]] bool has_library_str(Heap& heap, const TypeInfo& type, Decoder decoder);

/// object.name; null if there is none, an error if code would have to run to know.
[[nodiscard]] Result<RemoteAddr> plain_attribute(Heap& heap, RemoteAddr object,
                                                 std::string_view name);

/// What %T writes (PyType_GetFullyQualifiedName).
void put_full_name(Printer& out, const TypeInfo& type);

/// `Name('text')`: what '%s(%r)' % (self.__class__.__name__, str(self)) gives.
void put_name_and_str(Printer& out, RemoteAddr object, const TypeInfo& type);

/// '%0{digits}x' of an int from 0 to that many digits of f; an error if it is not one.
[[nodiscard]] Result<std::string> hex_digits(Heap& heap, RemoteAddr object, std::size_t digits);

/// Marks the text inexact because `name` is not the library's, and writes what stands for such an
/// object.
void put_overridden(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view name);

/// The same where what the object or its class has is not what the library leaves there.
void put_unusual(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
