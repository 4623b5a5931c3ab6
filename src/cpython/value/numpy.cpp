#include "cpython/value/numpy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/checked.hpp"
#include "cpython/value/families.hpp"
#include "cpython/value/packages.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython::numpy {

namespace {

constexpr std::size_t max_dimensions = 64;  // NPY_MAXDIMS; 32 before 2.0
constexpr std::int64_t max_element = 1 << 30;
constexpr std::int64_t max_extent = std::int64_t{1} << 47;  // of an address space

/// Offsets behind PyObject_HEAD. ndarraytypes.h: tagPyArrayObject_fields, the same in 1.x and 2.x.
struct ArrayFields {
  std::uint64_t data = 0, nd = 8, dimensions = 16, strides = 24, descr = 40;
};
/// ndarraytypes.h: struct _PyArray_Descr in 1.x; in 2.x _PyArray_LegacyDescr, which begins as
/// PyArray_Descr does.
struct DescrFields {
  std::uint64_t kind = 8, byteorder = 10;
  std::uint64_t elsize, c_metadata;
  bool wide;  ///< elsize is npy_intp (2.x), not int
};
constexpr DescrFields descr_1{.elsize = 16, .c_metadata = 64, .wide = false};
constexpr DescrFields descr_2{.elsize = 24, .c_metadata = 96, .wide = true};

RemoteAddr body(const Heap& heap, RemoteAddr object) {
  return object + *heap.layout().object.ob_type + 8;
}

Result<const DescrFields*> descr_fields(Heap& heap) {
  constexpr std::size_t max_version = 64;
  PYEXC_TRY(const auto modules,
            heap.pointer(heap.interpreter(), heap.layout().interp.imports_modules));
  PYEXC_TRY(const auto module, heap.dict_get(modules, "numpy"));
  if (module.null()) return fail(Errc::invalid, "numpy is no module here");
  PYEXC_TRY(const auto dict, heap.module_dict(module));
  PYEXC_TRY(const auto version, heap.dict_get(dict, "__version__"));
  if (version.null()) return fail(Errc::invalid, "numpy has no version");
  PYEXC_TRY(const auto text, heap.text_now(version, max_version));
  if (text.starts_with("1.")) return &descr_1;
  if (text.starts_with("2.")) return &descr_2;
  return fail(Errc::invalid, "a numpy of another major version");
}

// PyArray_DatetimeDTypeMetaData: an NpyAuxData of 32 bytes, then {NPY_DATETIMEUNIT base; int num}.
Result<void> read_unit(Heap& heap, RemoteAddr meta, Element& element) {
  static constexpr std::array<std::string_view, 15> units = {
      "Y", "M", "W", "", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", ""};
  PYEXC_TRY(const auto base, heap.memory().read<std::int32_t>(meta));
  PYEXC_TRY(const auto count, heap.memory().read<std::int32_t>(meta + 4));
  if (base < 0 || static_cast<std::size_t>(base) >= units.size() || count < 1)
    return fail(Error::at(Errc::invalid, meta.value(), "no unit of time"));
  element.unit_base = base;
  const std::string_view unit = units[static_cast<std::size_t>(base)];
  if (!unit.empty())
    element.unit = count == 1 ? std::string(unit) : fmt::format("{}{}", count, unit);
  return {};
}

Result<Element> read_descr(Heap& heap, RemoteAddr descr) {
  constexpr std::uint64_t aux_data = 32;
  PYEXC_TRY(const auto* type, heap.type_info_of(descr));
  if (!is_a(heap, *type, "numpy.dtype"))
    return fail(Error::at(Errc::invalid, descr.value(), "not a dtype"));
  PYEXC_TRY(const auto* fields, descr_fields(heap));
  const RemoteAddr at = body(heap, descr);
  Element element;
  PYEXC_TRY(element.kind, heap.memory().read<char>(at + fields->kind));
  PYEXC_TRY(const auto order, heap.memory().read<char>(at + fields->byteorder));
  if (std::string_view("=|<>").find(order) == std::string_view::npos)
    return fail(Error::at(Errc::invalid, descr.value(), "a dtype of no byte order"));
  element.swapped = order == '>';
  if (fields->wide) {
    PYEXC_TRY(element.size, heap.memory().read<std::int64_t>(at + fields->elsize));
  } else {
    PYEXC_TRY(element.size, heap.memory().read<std::int32_t>(at + fields->elsize));
  }
  if (element.size < 0 || element.size > max_element)
    return fail(Error::at(Errc::limit, descr.value(), "elements of impossible size"));
  if (element.kind == 'M' || element.kind == 'm') {
    PYEXC_TRY(const auto meta, heap.memory().read_pointer(at + fields->c_metadata));
    PYEXC_CHECK(read_unit(heap, meta + aux_data, element));
  }
  return element;
}

/// How many of each dimension are shown.
std::size_t shown_of_each(std::size_t dimensions, std::size_t most) {
  constexpr std::array<std::size_t, 3> few = {20, 6, 3};
  return std::min(few[std::min(std::max(dimensions, std::size_t{1}), few.size()) - 1], most);
}

void put_dimension(Printer& out, const Array& array, std::vector<std::int64_t>& index) {
  if (index.size() == array.shape.size()) {
    const auto address = element_at(array, index);
    if (!address) return out.mark_unreadable();
    return put_element(out, *address, array.element);
  }
  const auto length = static_cast<std::size_t>(array.shape[index.size()]);
  const std::size_t count = std::min(length, shown_of_each(array.shape.size(), out.max_items()));
  out.put("[");
  for (std::size_t i = 0; i < count && !out.done(); ++i) {
    if (i != 0) out.put(", ");
    index.push_back(static_cast<std::int64_t>(i));
    put_dimension(out, array, index);
    index.pop_back();
  }
  if (length > count) {
    if (count != 0) out.put(", ");
    out.mark_left_out(length - count);
  }
  out.put("]");
}

void show_array(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::size_t max_nesting = 4;
  Shown shown(out, object, type);
  const auto array = read_array(out.heap(), object);
  if (!array) return shown.part("data", [&] { out.mark_unreadable(); });
  shown.text("shape", shape_text(array->shape));
  shown.text("dtype", dtype_text(array->element));
  if (array->shape.size() > max_nesting) return;
  shown.part("data", [&] { put_items(out, *array); });
}

void show_dtype(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  const auto element = read_descr(out.heap(), object);
  if (!element) return out.mark_unreadable();
  shown.text("name", dtype_text(*element));
}

/// What a scalar type is made of, by its name; numpy/core/src/multiarray/scalartypes.c.src
std::optional<Element> scalar_element(std::string_view name) {
  struct Named {
    std::string_view name;
    char kind;
    std::int64_t size;
  };
  static constexpr std::array named = {Named{"bool", 'b', 1},        Named{"bool_", 'b', 1},
                                       Named{"longlong", 'i', 8},    Named{"ulonglong", 'u', 8},
                                       Named{"longdouble", 'f', 16}, Named{"clongdouble", 'c', 32},
                                       Named{"datetime64", 'M', 8},  Named{"timedelta64", 'm', 8}};
  for (const Named& known : named)
    if (known.name == name) return Element{.kind = known.kind, .size = known.size, .unit = {}};
  for (const auto& [prefix, kind] :
       {std::pair(std::string_view("int"), 'i'), {"uint", 'u'}, {"float", 'f'}, {"complex", 'c'}}) {
    if (!name.starts_with(prefix)) continue;
    std::int64_t bits = 0;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + prefix.size(), end, bits);
    if (read.ec == std::errc() && read.ptr == end && bits >= 8 && bits <= 256 && bits % 8 == 0)
      return Element{.kind = kind, .size = bits / 8, .unit = {}};
  }
  return std::nullopt;
}

void show_scalar(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::string_view package = "numpy.";
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  // numpy.str_ and numpy.bytes_ are what they inherit from.
  if (type.is(type_flags::str_subclass))
    return shown.part("value", [&] { repr_str(out, object, type); });
  if (type.is(type_flags::bytes_subclass))
    return shown.part("value", [&] { repr_bytes(out, object, type); });
  const auto types = heap.mro(type);
  if (!types) return out.mark_unreadable();
  for (const TypeInfo* base : *types) {
    const std::string_view name = base->tp_name;
    if (base->heap() || !name.starts_with(package)) continue;
    auto element = scalar_element(name.substr(package.size()));
    if (!element) continue;
    const RemoteAddr value = body(heap, object);
    // PyDatetimeScalarObject: obval, then a PyArray_DatetimeMetaData.
    if ((element->kind == 'M' || element->kind == 'm') && !read_unit(heap, value + 8, *element))
      return out.mark_unreadable();
    return shown.part("value", [&] { put_element(out, value, *element); });
  }
}

constexpr std::array rows = {
    PackageRow{"numpy.ndarray", show_array},
    PackageRow{"numpy.generic", show_scalar},
    PackageRow{"numpy.dtype", show_dtype},
};

}  // namespace

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

bool is_array(Heap& heap, RemoteAddr object) {
  const auto type = heap.type_info_of(object);
  return type && is_a(heap, **type, "numpy.ndarray");
}

Result<Array> read_array(Heap& heap, RemoteAddr object) {
  if (!is_array(heap, object))
    return fail(Error::at(Errc::invalid, object.value(), "not an array"));
  constexpr ArrayFields fields;
  const RemoteAddr at = body(heap, object);
  Array array;
  PYEXC_TRY(array.data, heap.memory().read_pointer(at + fields.data));
  PYEXC_TRY(const auto dimensions, heap.memory().read<std::int32_t>(at + fields.nd));
  if (dimensions < 0 || static_cast<std::size_t>(dimensions) > max_dimensions)
    return fail(Error::at(Errc::invalid, object.value(), "an array of impossible dimensions"));
  PYEXC_TRY(const auto descr, heap.memory().read_pointer(at + fields.descr));
  PYEXC_TRY(array.element, read_descr(heap, descr));
  PYEXC_TRY(const auto shape, heap.memory().read_pointer(at + fields.dimensions));
  PYEXC_TRY(const auto strides, heap.memory().read_pointer(at + fields.strides));
  std::int64_t reach = 0;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(dimensions); ++i) {
    PYEXC_TRY(const auto length, heap.memory().read<std::int64_t>(shape + i * 8));
    PYEXC_TRY(const auto stride, heap.memory().read<std::int64_t>(strides + i * 8));
    if (length < 0 || stride > max_extent || stride < -max_extent)
      return fail(Error::at(Errc::invalid, object.value(), "an array of impossible shape"));
    // A stride of 0 (broadcast_to) reaches nowhere, however long the dimension.
    const auto extent =
        checked_mul(std::max<std::int64_t>(length, 1) - 1, stride < 0 ? -stride : stride);
    const auto sum = extent ? checked_add(reach, *extent) : std::nullopt;
    if (!sum || *sum > max_extent)
      return fail(Error::at(Errc::invalid, object.value(), "an array of impossible size"));
    reach = *sum;
    array.shape.push_back(length);
    array.strides.push_back(stride);
  }
  return array;
}

Result<RemoteAddr> element_at(const Array& array, const std::vector<std::int64_t>& index) {
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto step = checked_mul(index[i], array.strides[i]);
    const auto sum = step ? checked_add(offset, *step) : std::nullopt;
    if (!sum) return fail(Errc::invalid, "an element beyond all addresses");
    offset = *sum;
  }
  const std::uint64_t address = array.data.value() + static_cast<std::uint64_t>(offset);
  if (array.data.null()) return fail(Errc::invalid, "an array without memory");
  return RemoteAddr(address);
}

void put_items(Printer& out, const Array& array) {
  std::vector<std::int64_t> index;
  put_dimension(out, array, index);
}

}  // namespace pyexc::cpython::numpy

namespace pyexc::cpython {
std::span<const PackageRow> numpy_rows() noexcept { return numpy::rows; }
}  // namespace pyexc::cpython
