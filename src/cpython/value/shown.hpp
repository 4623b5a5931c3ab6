#pragma once
// `<pkg.Type a=…, b=…>`: how an object of a known package is shown whose repr() only its own code
// could give. Every value has its name, so that redact/ can mask it.

#include <initializer_list>
#include <string_view>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// What the object's own dict or its __slots__ hold under that name, else a constant of its class;
/// null if there is none. A property or another descriptor is never asked.
[[nodiscard]] RemoteAddr attribute(Heap& heap, RemoteAddr object, std::string_view name);

class Shown {
 public:
  /// Writes the beginning, the destructor the end.
  Shown(Printer& out, RemoteAddr object, const TypeInfo& type);
  ~Shown();
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  /// `name=repr`; nothing if there is no such value.
  void value(std::string_view name, RemoteAddr value);
  /// `name=text`, the text as it is.
  void text(std::string_view name, std::string_view text);
  void number(std::string_view name, std::size_t value);
  /// A word without a name: "not evaluated".
  void remark(std::string_view words);
  /// Attributes of the object that it has; a leading underscore or two of the name are not shown.
  void attributes(std::initializer_list<std::string_view> names);
  void attribute(std::string_view name);
  /// `name=`, then what `write()` writes.
  template <class Write>
  void part(std::string_view name, Write write) {
    begin(name);
    write();
  }
  /// Everything in this dict, in the form of attributes.
  void items(const DictItems& items, std::initializer_list<std::string_view> hidden = {});

 private:
  void begin(std::string_view name);
  void comma();

  Printer& out_;
  RemoteAddr object_;
  Printer::Inside inside_;
  bool first_ = true;
};

}  // namespace pyexc::cpython
