#pragma once
// The name of a file object as its own repr() and those of the objects around it ask for it.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

struct FileName {
  enum class Kind : std::uint8_t { none, object, number, by_code } kind = Kind::none;
  RemoteAddr object = {};
  std::int64_t number = 0;  ///< an int that Python would make
};

/// file.name; none where there is no such attribute or it raises ValueError.
[[nodiscard]] FileName name_of_file(Heap& heap, RemoteAddr file, int depth = 0);
/// Writes `before` and the name, if there is one.
bool put_file_name(Printer& out, const FileName& name, std::string_view before);

void repr_file_io(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_buffered(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_text_io(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_mmap(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_xml_element(Printer& out, RemoteAddr object, const TypeInfo& type);
// sockets.cpp
void repr_c_socket(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
