// attrs and pydantic.

#include <array>

#include "cpython/value/packages.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_fields = 1000;
constexpr std::size_t max_field_name = 256;

void show_items_of(Shown& shown, Printer& out, RemoteAddr dict) {
  if (dict.null() || !out.heap().has_flag(dict, type_flags::dict_subclass)) return;
  if (const auto items = out.heap().dict_items(dict, out.max_attributes())) shown.items(*items);
}

// Fields are in the instance's dict, in 1.x and 2.x; what was given beyond the fields and what is
// private stands in two dicts of their own (2.x, pydantic/main.py: __slots__).
void show_pydantic_model(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  if (const auto items = out.heap().instance_items(object, out.max_attributes()))
    shown.items(*items);
  show_items_of(shown, out, attribute(out.heap(), object, "__pydantic_extra__"));
  show_items_of(shown, out, attribute(out.heap(), object, "__pydantic_private__"));
}

// Its repr() shows stars. The name of the attribute makes redact/ mask the value.
void show_secret(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  const RemoteAddr secret = attribute(out.heap(), object, "_secret_value");
  if (!secret.null()) shown.value("secret_value", secret);
}

constexpr std::array rows = {
    PackageRow{"pydantic.main.BaseModel", show_pydantic_model},
    PackageRow{"pydantic.v1.main.BaseModel", show_pydantic_model},
    PackageRow{"pydantic.types.SecretStr", show_secret},
    PackageRow{"pydantic.types.SecretBytes", show_secret},
    PackageRow{"pydantic.types._SecretBase", show_secret},
    PackageRow{"pydantic.v1.types.SecretField", show_secret},
};

}  // namespace

std::span<const PackageRow> model_rows() noexcept { return rows; }

// attr/_make.py: __attrs_attrs__ is a tuple (of a subclass) of Attribute, in the order of the
// generated
// __repr__, which leaves out the fields with repr=False.
void show_attrs(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const auto fields = heap.heap_type_attribute(type, "__attrs_attrs__");
  const auto items = fields ? heap.tuple_items(*fields, max_fields) : fail(fields.error());
  if (!items) return out.mark_unreadable();
  std::size_t count = 0, left_out = items->left_out;
  for (const RemoteAddr field : items->items) {
    if (out.done()) return;
    const RemoteAddr name = attribute(heap, field, "name");
    const RemoteAddr wanted = attribute(heap, field, "repr");
    if (name.null() || wanted.null()) continue;
    if (heap.is_exactly(wanted, "bool")) {
      const auto truth = heap.integer(wanted);
      if (truth && truth->digits.empty()) continue;
    }
    if (count++ >= out.max_attributes()) {
      ++left_out;
      continue;
    }
    if (const auto text = heap.text_now(name, max_field_name)) {
      const RemoteAddr value = attribute(heap, object, *text);
      if (value.null()) shown.text(*text, "NOTHING");
      else shown.value(*text, value);
    }
  }
  if (left_out != 0) {
    shown.remark("");
    out.mark_left_out(left_out);
  }
}

}  // namespace pyexc::cpython
