// socket.socket in C and in Python. The addresses of an open socket are the kernel's: what the
// object itself holds is shown, and marked.

#include <fmt/format.h>

#include "cpython/value/files.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/self.hpp"

namespace pyexc::cpython {

namespace {

struct SocketFacts {
  std::int32_t fd = -1, family = 0, type = 0, proto = 0;
};

Result<SocketFacts> facts_of(Heap& heap, RemoteAddr socket) {
  const auto& f = heap.layout().socket;
  SocketFacts facts;
  PYEXC_TRY(facts.fd, heap.field<std::int32_t>(socket, f.sock_fd));
  PYEXC_TRY(facts.family, heap.field<std::int32_t>(socket, f.sock_family));
  PYEXC_TRY(facts.type, heap.field<std::int32_t>(socket, f.sock_type));
  PYEXC_TRY(facts.proto, heap.field<std::int32_t>(socket, f.sock_proto));
  return facts;
}

/// socket._intenum_converter(): the member of the enum, null if the number is none of them.
RemoteAddr member_of(Self& self, std::string_view enumeration, std::int64_t number) {
  Heap& heap = self.heap();
  const RemoteAddr found = module_global(heap, "socket", enumeration);
  const RemoteAddr member =
      found.null() ? RemoteAddr() : enum_member(heap, found, number).value_or(RemoteAddr());
  if (found.null()) self.give_up();
  return member;
}

void put_member(Printer& out, RemoteAddr member, std::int64_t number) {
  if (member.null()) out.put(std::to_string(number));
  else out.str(member);
}

}  // namespace

// sock_repr()
void repr_c_socket(Printer& out, RemoteAddr object, const TypeInfo&) {
  const auto facts = facts_of(out.heap(), object);
  if (!facts) return out.mark_unreadable();
  out.put(fmt::format("<socket object, fd={}, family={}, type={}, proto={}>", facts->fd,
                      facts->family, facts->type, facts->proto));
}

void repr_socket(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Self self(out, object, type);
  const RemoteAddr flag = self.get_or_null("_closed");
  const bool closed = !flag.null() && self.truth(flag);
  self.require_property("family", "socket.py", "socket.family");
  self.require_property("type", "socket.py", "socket.type");
  for (const std::string_view own : {"fileno", "proto", "getsockname", "getpeername"}) {
    const auto attribute = heap.class_attribute(type, own);
    if (!attribute || attribute->owner == nullptr || attribute->owner->tp_name != "_socket.socket")
      self.give_up();
  }
  const auto facts = facts_of(heap, object);
  if (!facts) self.give_up();
  RemoteAddr family, kind;
  if (!self.stopped()) {
    family = member_of(self, "AddressFamily", facts->family);
    kind = member_of(self, "SocketKind", facts->type);
  }
  if (self.ended()) return;
  out.put("<");
  self.put_class_path();
  out.put(fmt::format("{} fd={}, family=", closed ? " [closed]" : "", facts->fd));
  put_member(out, family, facts->family);
  out.put(", type=");
  put_member(out, kind, facts->type);
  out.put(fmt::format(", proto={}", facts->proto));
  if (!closed && facts->fd >= 0) out.mark_inexact("the addresses of a socket are the kernel's");
  out.put(">");
}

}  // namespace pyexc::cpython
