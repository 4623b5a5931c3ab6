#pragma once
// What a __repr__ written in Python relies on besides attributes of its object: variables of the
// class, methods that no class overrides, the class's own names, globals and closures of functions.

#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

[[nodiscard]] inline bool is_found(const Result<Attribute>& attribute) {
  return attribute && attribute->found();
}

/// `type.name` of a class: what the classes of its MRO say, if that is an object which is no method
/// of some kind but a function or a slot wrapper, which a class gives as they are.
[[nodiscard]] Result<Attribute> class_variable(Heap& heap, const TypeInfo& type,
                                               std::string_view name);

/// True if the attribute `name` is the C code of the type that tp_name names, which no class
/// between overrides.
[[nodiscard]] bool is_own_method(Heap& heap, const TypeInfo& type, std::string_view name,
                                 std::string_view tp_name);

/// `self.__class__` is the type, and its __name__, __qualname__ and __module__ are what it keeps
/// itself.
[[nodiscard]] bool names_itself(Heap& heap, const TypeInfo& type);

/// repr() cannot be told because of that attribute: marks it or, where it is missing, raises.
void put_without(Printer& out, RemoteAddr object, const TypeInfo& type, std::string_view name,
                 const Result<Attribute>& found);

/// The Python function that is the class attribute `special`, null if it is none.
[[nodiscard]] RemoteAddr python_function(Heap& heap, const TypeInfo& type,
                                         std::string_view special);
/// A global of the module that a function was made in; null if it has none.
[[nodiscard]] RemoteAddr function_global(Heap& heap, RemoteAddr function, std::string_view name);
/// The contents of the cells of a function's closure, of which there must be so many.
[[nodiscard]] Result<std::vector<RemoteAddr>> closure(Heap& heap, RemoteAddr function,
                                                      std::size_t count);

}  // namespace pyexc::cpython
