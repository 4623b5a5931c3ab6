// gzip and zipfile.

#include "cpython/value/python_families.hpp"
#include "cpython/value/self.hpp"

namespace pyexc::cpython {

namespace {

/// zipfile.compressor_names.get(method, method)
RemoteAddr compressor_name(Self& self, std::int64_t method, RemoteAddr otherwise) {
  Heap& heap = self.heap();
  const RemoteAddr names = module_global(heap, "zipfile", "compressor_names");
  const auto entries = names.null() ? fail(Errc::invalid) : heap.dict_items(names);
  if (!entries) return self.give_up(), RemoteAddr();
  for (const DictEntry& entry : entries->entries) {
    const auto key = heap.integer(entry.key);
    if (key && key->fits_int64() && key->clamped() == method) return entry.value;
  }
  return otherwise;
}

/// IOBase.closed of an instance of a class written in Python that derives from io's: this attribute
/// is there.
bool io_base_closed(Self& self) {
  Heap& heap = self.heap();
  const auto property = heap.class_attribute(self.type(), "closed");
  const auto mark = heap.instance_get(self.object(), "__IOBase_closed");
  if (!property || property->owner == nullptr || property->owner->tp_name != "_io._IOBase" || !mark)
    return self.give_up(), false;
  return !mark->null();
}

void put_zip_member(Printer& out, RemoteAddr object, const TypeInfo& type, bool with_mode) {
  Self self(out, object, type);
  if (io_base_closed(self)) return put_formatted(self, "<{.path} [closed]>");
  const RemoteAddr method = self.get("_compress_type");
  const bool stored = self.integer(method) == 0;
  const RemoteAddr compressor =
      stored ? RemoteAddr() : compressor_name(self, self.integer(method), method);
  if (self.ended()) return;
  put_formatted(self,
                with_mode ? "<{.path} name={name!r} mode={mode!r}" : "<{.path} name={name!r}");
  if (self.stopped()) return;
  if (!stored) {
    out.put(" compress_type=");
    out.str(compressor);
  }
  out.put(">");
}

}  // namespace

void repr_gzip_file(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  const RemoteAddr file = self.get("fileobj");
  if (self.ended()) return;
  out.put("<gzip ");
  out.put_sliced([&] { out.repr(file); },
                 [](std::size_t characters) {
                   return Printer::Slice{1, characters < 2 ? 0 : characters - 2};
                 });
  out.put(" ");
  self.put_id();
  out.put(">");
}

void repr_zip_file(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Self self(out, object, type);
  if (self.is_none(self.get("fp"))) return put_formatted(self, "<{.path} [closed]>");
  if (self.truth("_filePassed")) return put_formatted(self, "<{.path} file={fp!r} mode={mode!r}>");
  const bool named = !self.is_none(self.get("filename"));
  put_formatted(
      self, named ? "<{.path} filename={filename!r} mode={mode!r}>" : "<{.path} mode={mode!r}>");
}

void repr_zip_member_with_mode(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_zip_member(out, object, type, true);
}

void repr_zip_member(Printer& out, RemoteAddr object, const TypeInfo& type) {
  put_zip_member(out, object, type, false);
}

}  // namespace pyexc::cpython
