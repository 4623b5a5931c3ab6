// Modules/_io: FileIO, the buffered classes and TextIOWrapper, which ask each other for their
// names; and mmap.

#include "cpython/value/files.hpp"

#include <fmt/format.h>

#include "cpython/value/families.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_functions.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr int max_layers = 16;  // of files around files

Attribute by_code() { return {Attribute::State::by_code, {}}; }

/// A member that code in C computes, found in the class of that tp_name and not overridden.
bool is_getset_of(Heap& heap, const Heap::ClassAttribute& attribute, std::string_view owner) {
  return attribute.owner != nullptr && attribute.owner->tp_name == owner &&
         heap.is_exactly(attribute.value, "getset_descriptor");
}

bool is_buffered(std::string_view name) {
  return name == "_io.BufferedReader" || name == "_io.BufferedWriter" ||
         name == "_io.BufferedRandom";
}

/// fileno() of socket.SocketIO, which is its name, and -1 when it is closed: an int that is no
/// object yet.
FileName socket_name(Heap& heap, RemoteAddr file) {
  const auto closed = heap.instance_get(file, "__IOBase_closed");
  const auto socket = attribute_of(heap, file, "_sock");
  if (!closed) return {FileName::Kind::by_code};
  if (!closed->null()) return {FileName::Kind::number, {}, -1};
  if (!socket || !socket->found()) return {FileName::Kind::by_code};
  const auto type = heap.type_info_of(socket->value);
  const auto fd = heap.field<std::int32_t>(socket->value, heap.layout().socket.sock_fd);
  const auto method = type ? heap.class_attribute(**type, "fileno") : fail(Errc::invalid);
  if (!fd || !method || method->owner == nullptr || method->owner->tp_name != "_socket.socket")
    return {FileName::Kind::by_code};
  return {FileName::Kind::number, {}, *fd};
}

/// buffered_name_get() and textiowrapper_name_get(): the name of what is inside. Both raise
/// ValueError where nothing is, which the repr() ignores.
FileName inner_name(Heap& heap, RemoteAddr file, layout::Offset ok, layout::Offset detached,
                    layout::Offset inner, int depth) {
  const auto is_ok = heap.field<std::int32_t>(file, ok);
  const auto is_detached = heap.field<std::uint8_t>(file, detached);
  const auto inside = heap.pointer(file, inner);
  if (!is_ok || !is_detached || !inside) return {FileName::Kind::by_code};
  if (*is_ok <= 0 || *is_detached != 0 || inside->null()) return {FileName::Kind::none};
  return name_of_file(heap, *inside, depth + 1);
}

/// Py_ReprEnter(), which these classes answer with a RuntimeError.
template <class Write>
void entered(Printer& out, RemoteAddr object, Write write) {
  const Printer::Guard guard(out, object);
  if (!guard.entered()) return out.raise("<reentrant>");
  write();
}

}  // namespace

FileName name_of_file(Heap& heap, RemoteAddr file, int depth) {
  using Kind = FileName::Kind;
  const auto type = heap.type_info_of(file);
  if (!type || depth > max_layers) return {Kind::by_code};
  const auto in_class = heap.class_attribute(**type, "name");
  if (!in_class) return {Kind::by_code};
  if (in_class->owner != nullptr) {
    const std::string_view owner = in_class->owner->tp_name;
    const auto& layout = heap.layout();
    if (is_buffered(owner) && is_getset_of(heap, *in_class, owner))
      return inner_name(heap, file, layout.buffered.ok, layout.buffered.detached,
                        layout.buffered.raw, depth);
    if (is_getset_of(heap, *in_class, "_io.TextIOWrapper"))
      return inner_name(heap, file, layout.text_io.ok, layout.text_io.detached,
                        layout.text_io.buffer, depth);
    if (heap.is_exactly(in_class->value, "property")) {
      const auto getter = heap.pointer(in_class->value, layout.property.prop_get);
      if (getter && is_stdlib_function(heap, *getter, "socket.py", "SocketIO.name"))
        return socket_name(heap, file);
    }
  }
  const auto name = attribute_of(heap, file, "name").value_or(by_code());
  if (name.found()) return {Kind::object, name.value};
  return {name.absent() ? Kind::none : Kind::by_code};
}

bool put_file_name(Printer& out, const FileName& name, std::string_view before) {
  if (name.kind == FileName::Kind::none) return true;
  out.put(before);
  if (name.kind == FileName::Kind::object) out.repr_named("name", name.object);
  else out.put(std::to_string(name.number));
  return !out.done();
}

// fileio_repr(). The bits are `created`, `readable`, `writable`, `appending`, two of `seekable`,
// then more.
void repr_file_io(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr unsigned created = 1, readable = 2, writable = 4, appending = 8;
  Heap& heap = out.heap();
  const auto fd = heap.field<std::int32_t>(object, heap.layout().file_io.fd);
  const auto bits = heap.field<std::uint32_t>(object, heap.layout().file_io.flag_bits);
  if (!fd || !bits) return out.mark_unreadable();
  const unsigned closefd = 1U << heap.traits().file_closefd_bit;
  // Where a flag `truncate` stands before it, mode_string() tells "wb+" from "rb+".
  constexpr unsigned behind_seekable = 1U << 6;
  const unsigned truncate = closefd > behind_seekable ? behind_seekable : 0;
  const std::string head =
      "<" + (heap.traits().file_repr_names_class ? type.tp_name : std::string("_io.FileIO"));
  if (*fd < 0) return out.put(head + " [closed]>");
  const FileName name = name_of_file(heap, object);
  if (name.kind == FileName::Kind::by_code) return put_unknown(out, object, type, "the name");
  const bool reads = (*bits & readable) != 0;
  std::string_view mode = "wb";
  if ((*bits & created) != 0) mode = reads ? "xb+" : "xb";
  else if ((*bits & appending) != 0) mode = reads ? "ab+" : "ab";
  else if (reads && (*bits & truncate) != 0) mode = "wb+";
  else if (reads) mode = (*bits & writable) != 0 ? "rb+" : "rb";
  entered(out, object, [&] {
    out.put(head);
    if (name.kind == FileName::Kind::none) out.put(fmt::format(" fd={}", *fd));
    put_file_name(out, name, " name=");
    out.put(fmt::format(" mode='{}' closefd={}>", mode, (*bits & closefd) != 0 ? "True" : "False"));
  });
}

// buffered_repr()
void repr_buffered(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const FileName name = name_of_file(out.heap(), object);
  if (name.kind == FileName::Kind::by_code) return put_unknown(out, object, type, "the name");
  entered(out, object, [&] {
    out.put("<" + type.tp_name);
    put_file_name(out, name, " name=");
    out.put(">");
  });
}

// textiowrapper_repr()
void repr_text_io(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto ok = heap.field<std::int32_t>(object, heap.layout().text_io.ok);
  const auto encoding = heap.pointer(object, heap.layout().text_io.encoding);
  if (!ok || !encoding) return out.mark_unreadable();
  if (*ok <= 0) return out.raise("<uninitialized>");
  const FileName name = name_of_file(heap, object);
  const auto mode = attribute_of(heap, object, "mode").value_or(by_code());
  if (name.kind == FileName::Kind::by_code || (!mode.found() && !mode.absent()) || encoding->null())
    return put_unknown(out, object, type, "an attribute");
  entered(out, object, [&] {
    out.put("<");
    out.put(heap.traits().file_repr_names_class ? std::string_view(type.tp_name)
                                                : "_io.TextIOWrapper");
    put_file_name(out, name, " name=");
    if (mode.found()) {
      out.put(" mode=");
      out.repr(mode.value);
    }
    out.put(" encoding=");
    out.repr(*encoding);
    out.put(">");
  });
}

// mmap__repr__method(), 3.9 and later
void repr_mmap(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto& f = heap.layout().mmap;
  const auto data = heap.pointer(object, f.data);
  const auto access = heap.field<std::int32_t>(object, f.access);
  const auto length = heap.field<std::int64_t>(object, f.length);
  const auto pos = heap.field<std::int64_t>(object, f.pos);
  const auto offset = heap.field<std::int64_t>(object, f.offset);
  if (!data || !access || !length || !pos || !offset) return out.mark_unreadable();
  constexpr std::string_view names[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE",
                                        "ACCESS_COPY"};
  if (*access < 0 || static_cast<std::size_t>(*access) >= std::size(names))
    return out.mark_unreadable();
  const std::string_view how = names[static_cast<std::size_t>(*access)];
  if (data->null()) return out.put(fmt::format("<{} closed=True>", type.tp_name));
  out.put(fmt::format("<{} closed=False, access={}, length={}, pos={}, offset={}>", type.tp_name,
                      how, *length, *pos, *offset));
}

// Modules/_elementtree.c, element_repr()
void repr_xml_element(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto tag = out.heap().pointer(object, out.heap().layout().xml_element.tag);
  if (!tag) return out.mark_unreadable();
  entered(out, object, [&] {
    out.put("<Element ");
    if (!tag->null()) {
      out.repr(*tag);
      out.put(" ");
    }
    out.put("at ");
    out.put_address(object);
    out.put(">");
  });
}

namespace {
constexpr Row repr_rows[] = {
    {"_io.FileIO", repr_file_io},          {"_io.BufferedReader", repr_buffered},
    {"_io.BufferedWriter", repr_buffered}, {"_io.BufferedRandom", repr_buffered},
    {"_io.TextIOWrapper", repr_text_io},   {"mmap.mmap", repr_mmap},
    {"_socket.socket", repr_c_socket},     {"xml.etree.ElementTree.Element", repr_xml_element},
};
}

std::span<const Row> file_repr_rows() noexcept { return repr_rows; }

}  // namespace pyexc::cpython
