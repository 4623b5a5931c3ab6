#pragma once
// numpy's arrays in memory. The structures are its public C interface
// (numpy/core/include/numpy/ndarraytypes.h in 1.x, numpy/_core/include/numpy/ndarraytypes.h
// in 2.x), which no debug information in the process describes; which of the two it is says
// numpy.__version__. Nothing here is trusted: a type, a size or a stride that does not fit is an
// error.

#include <string>
#include <vector>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython::numpy {

/// One kind of element.
struct Element {
  char kind = 0;         ///< PyArray_Descr.kind: one of "biufcOSUVMm"
  bool swapped = false;  ///< big-endian
  std::int64_t size = 0;
  std::string unit;  ///< of datetime64 and timedelta64: "ns", "25s"; empty for the generic one
  std::int32_t unit_base = 0;
};

struct Array {
  RemoteAddr data;
  std::vector<std::int64_t> shape, strides;
  Element element;
  [[nodiscard]] std::int64_t length() const noexcept { return shape.empty() ? 0 : shape.front(); }
};

[[nodiscard]] bool is_array(Heap& heap, RemoteAddr object);
[[nodiscard]] Result<Array> read_array(Heap& heap, RemoteAddr object);
/// What str(dtype) says.
[[nodiscard]] std::string dtype_text(const Element& element);
/// Where an element lies; the indexes are below the array's shape.
[[nodiscard]] Result<RemoteAddr> element_at(const Array& array,
                                            const std::vector<std::int64_t>& index);
void put_element(Printer& out, RemoteAddr address, const Element& element);
/// `[a, b, …]`, nested as deep as the array, the first of each dimension.
void put_items(Printer& out, const Array& array);
/// `(3, 4)`
[[nodiscard]] std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace pyexc::cpython::numpy
