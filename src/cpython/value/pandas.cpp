// pandas: shape, columns, dtypes and the first rows, through the blocks of numpy arrays that hold
// them (pandas/core/internals, pandas/_libs/internals.pyx).

#include <algorithm>
#include <array>

#include "cpython/value/families.hpp"
#include "cpython/value/numpy.hpp"
#include "cpython/value/packages.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_rows = 5;
constexpr std::size_t max_columns = 20;
constexpr std::size_t max_values = 20;
constexpr std::size_t max_blocks = 1000;

/// What a structure of a Cython class holds, in the order of its declaration. Where the members lie
/// follows from nothing in the process, so each word that can be a pointer is looked at: what an
/// object is says its type.
template <class Wanted>
RemoteAddr member(Heap& heap, RemoteAddr object, Wanted wanted) {
  constexpr std::int64_t most = 128;
  const auto type = heap.type_info_of(object);
  if (!type) return {};
  const auto head = static_cast<std::int64_t>(*heap.layout().object.ob_type) + 8;
  for (std::int64_t at = head; at + 8 <= std::min((*type)->basicsize, most); at += 8) {
    const auto word = heap.memory().read_pointer(object + static_cast<std::uint64_t>(at));
    if (!word || word->value() % 8 != 0 || word->value() < (1U << 16) || word->value() >> 47 != 0)
      continue;
    // The pointer to a table of C methods comes first in many, and is no object.
    if (wanted(*word)) return *word;
  }
  return {};
}

/// An attribute of the instance or, of a Cython class, a member of that type.
RemoteAddr attribute_or_member(Heap& heap, RemoteAddr object, std::string_view name,
                               std::string_view type) {
  const RemoteAddr found = attribute(heap, object, name);
  if (!found.null()) return found;
  return member(heap, object, [&](RemoteAddr word) { return heap.is_exactly(word, type); });
}

bool is_extension_array(Heap& heap, const TypeInfo& type) {
  return is_a(heap, type, "pandas.core.arrays.base.ExtensionArray") ||
         is_a(heap, type, "pandas.api.extensions.ExtensionArray");
}

/// The array behind a column or an index: itself, or what an extension array is backed by.
struct Values {
  RemoteAddr object;
  Result<numpy::Array> array = fail(Errc::invalid);
  std::optional<numpy::Array> mask;  ///< true where there is no value
};

// pandas/core/arrays/masked.py: _data and _mask.
std::optional<numpy::Array> mask_of(Heap& heap, RemoteAddr object) {
  const RemoteAddr mask = attribute(heap, object, "_mask");
  auto array = mask.null() ? fail(Errc::invalid) : numpy::read_array(heap, mask);
  if (!array || array->element.kind != 'b') return std::nullopt;
  return std::move(*array);
}

Values values_of(Heap& heap, RemoteAddr object) {
  Values values{object, fail(Errc::invalid), std::nullopt};
  constexpr int max_wrapping = 3;  // an index of an array of datetimes, backed by integers
  RemoteAddr at = object;
  for (int i = 0; i < max_wrapping && !at.null(); ++i) {
    const auto type = heap.type_info_of(at);
    // What a Categorical is backed by are numbers of its categories, not values.
    if (!type || is_a(heap, **type, "pandas.core.arrays.categorical.Categorical") ||
        is_a(heap, **type, "pandas.Categorical"))
      return values;
    if (is_a(heap, **type, "numpy.ndarray")) {
      values.array = numpy::read_array(heap, at);
      return values;
    }
    values.object = at;
    if (auto mask = mask_of(heap, at)) values.mask = std::move(mask);
    const RemoteAddr data = attribute(heap, at, "_data");
    at = !data.null()
             ? data
             : member(heap, at, [&](RemoteAddr word) { return numpy::is_array(heap, word); });
  }
  return values;
}

std::string dtype_of(Heap& heap, const Values& values) {
  const auto has_dtype = [&](RemoteAddr word) {
    const auto type = heap.type_info_of(word);
    return type && is_a(heap, **type, "numpy.dtype");
  };
  // An extension array whose dtype is numpy's own holds what that says; of others, what they are.
  if (values.array &&
      (numpy::is_array(heap, values.object) || !member(heap, values.object, has_dtype).null()))
    return numpy::dtype_text(values.array->element);
  const auto type = heap.type_info_of(values.object);
  const auto names = type ? heap.type_names(**type) : fail(type.error());
  if (!names) return "?";
  return heap.capturing() ? std::string() : std::string(names->name);
}

/// One value, if it is there.
void put_value(Printer& out, const Values& values, const std::vector<std::int64_t>& index) {
  if (values.mask && values.mask->shape.size() == index.size()) {
    const auto place = numpy::element_at(*values.mask, index);
    const auto missing =
        place ? out.heap().memory().read<std::uint8_t>(*place) : fail(place.error());
    if (!missing) return out.mark_unreadable();
    if (*missing != 0) return out.put("<NA>");
  }
  const auto address = numpy::element_at(*values.array, index);
  if (!address) return out.mark_unreadable();
  numpy::put_element(out, *address, values.array->element);
}

std::optional<std::array<std::int64_t, 3>> three_numbers(
    Heap& heap, RemoteAddr object, const std::array<layout::Offset, 3>& fields) {
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto place = heap.pointer(object, fields[i]);
    const auto number = place ? heap.integer(*place) : fail(place.error());
    if (!number || !number->fits_int64()) return std::nullopt;
    numbers[i] = number->clamped();
  }
  return numbers;
}

struct Block {
  Values values;
  std::vector<std::int64_t> columns;  ///< which columns of the frame its rows are
};

// BlockPlacement: a slice, or an array of the columns' numbers.
std::vector<std::int64_t> placement(Heap& heap, RemoteAddr block, std::size_t columns) {
  std::vector<std::int64_t> found;
  RemoteAddr place = attribute(heap, block, "_mgr_locs");
  if (place.null())
    place = member(heap, block, [&](RemoteAddr word) {
      const auto type = heap.type_info_of(word);
      return type && is_a(heap, **type, "pandas._libs.internals.BlockPlacement");
    });
  if (place.null()) return found;
  const RemoteAddr slice =
      member(heap, place, [&](RemoteAddr word) { return heap.is_exactly(word, "slice"); });
  if (!slice.null()) {
    const auto& f = heap.layout().slice;
    const auto steps = three_numbers(heap, slice, {f.start, f.stop, f.step});
    if (!steps) return found;
    const auto [start, stop, step] = *steps;
    if (step <= 0 || start < 0 || stop > INT32_MAX || step > INT32_MAX) return found;
    for (std::int64_t at = start; at < stop && found.size() < columns; at += step)
      found.push_back(at);
    return found;
  }
  const RemoteAddr numbers =
      member(heap, place, [&](RemoteAddr word) { return numpy::is_array(heap, word); });
  const auto array = numbers.null() ? fail(Errc::invalid) : numpy::read_array(heap, numbers);
  if (!array || array->shape.size() != 1 || array->element.kind != 'i' || array->element.size != 8)
    return found;
  for (std::int64_t i = 0; i < array->length() && found.size() < columns; ++i) {
    const auto address = numpy::element_at(*array, {i});
    const auto number =
        address ? heap.memory().read<std::int64_t>(*address) : fail(address.error());
    if (!number) break;
    found.push_back(*number);
  }
  return found;
}

struct Manager {
  std::vector<Block> blocks;
  std::vector<RemoteAddr> axes;
};

Result<Manager> read_manager(Heap& heap, RemoteAddr manager, std::size_t columns) {
  Manager read;
  const RemoteAddr axes = attribute_or_member(heap, manager, "axes", "list");
  const RemoteAddr blocks = attribute_or_member(heap, manager, "blocks", "tuple");
  PYEXC_TRY(const auto axis_items, heap.list_items(axes, 2));
  PYEXC_TRY(const auto block_items, heap.tuple_items(blocks, max_blocks));
  read.axes = axis_items.items;
  for (const RemoteAddr object : block_items.items) {
    Block block;
    RemoteAddr values = attribute(heap, object, "values");
    if (values.null())
      values = member(heap, object, [&](RemoteAddr word) {
        const auto type = heap.type_info_of(word);
        return type && (is_a(heap, **type, "numpy.ndarray") || is_extension_array(heap, **type));
      });
    if (!values.null()) block.values = values_of(heap, values);
    block.columns = placement(heap, object, columns);
    read.blocks.push_back(std::move(block));
  }
  return read;
}

/// The length of an index: of its values, or of a range.
std::optional<std::int64_t> length_of(Heap& heap, RemoteAddr index) {
  const RemoteAddr range = attribute(heap, index, "_range");
  if (!range.null() && heap.is_exactly(range, "range")) {
    const auto& f = heap.layout().range;
    const auto steps = three_numbers(heap, range, {f.start, f.stop, f.step});
    if (!steps) return std::nullopt;
    const auto [start, stop, step] = *steps;
    constexpr std::int64_t sane = std::int64_t{1} << 60;
    if (step == 0 || std::max({start, stop, step}) > sane || std::min({start, stop, step}) < -sane)
      return std::nullopt;
    const std::int64_t way = step > 0 ? stop - start : start - stop,
                       stride = step > 0 ? step : -step;
    return way <= 0 ? 0 : (way - 1) / stride + 1;
  }
  // A MultiIndex: one array of codes for each level, all of the same length.
  const RemoteAddr codes = attribute(heap, index, "_codes");
  const auto levels = codes.null() ? fail(Errc::invalid) : heap.list_items(codes, 1);
  const Values values =
      values_of(heap, levels && !levels->items.empty() ? levels->items.front() : index);
  if (values.array && values.array->shape.size() == 1) return values.array->length();
  return std::nullopt;
}

void put_values(Printer& out, const Values& values, std::size_t most) {
  const auto length = static_cast<std::size_t>(values.array->length());
  const std::size_t count = std::min({length, most, out.max_items()});
  out.put("[");
  for (std::size_t i = 0; i < count && !out.done(); ++i) {
    if (i != 0) out.put(", ");
    put_value(out, values, {static_cast<std::int64_t>(i)});
  }
  if (length > count) {
    if (count != 0) out.put(", ");
    out.mark_left_out(length - count);
  }
  out.put("]");
}

/// Labels: a list of the first of them.
void put_labels(Printer& out, RemoteAddr index, std::size_t most) {
  Heap& heap = out.heap();
  const RemoteAddr range = attribute(heap, index, "_range");
  if (!range.null()) return out.repr(range);
  const Values values = values_of(heap, index);
  if (!values.array || values.array->shape.size() != 1) return out.put("...");
  put_values(out, values, most);
}

/// The cell of a column in a block; `row` is below the length of the frame's index.
void put_cell(Printer& out, const Block& block, std::size_t place, std::int64_t row) {
  const auto& array = block.values.array;
  if (!array) return out.put("...");
  const auto at = static_cast<std::int64_t>(place);
  // Blocks of numpy arrays lie across: a row of the array is a column of the frame.
  const bool across = array->shape.size() == 2;
  const std::vector<std::int64_t> index = across ? std::vector{at, row} : std::vector{row};
  const bool inside = across ? at < array->shape[0] && row < array->shape[1]
                             : array->shape.size() == 1 && row < array->shape[0];
  if (!inside) return out.put("...");
  put_value(out, block.values, index);
}

void show_frame(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const std::size_t most = std::min(max_columns, out.max_items());
  const auto manager = read_manager(heap, attribute(heap, object, "_mgr"), most);
  if (!manager || manager->axes.size() != 2)
    return shown.part("shape", [&] { out.mark_unreadable(); });
  const auto rows = length_of(heap, manager->axes[1]), columns = length_of(heap, manager->axes[0]);
  if (!rows || !columns) return shown.attributes({"_mgr"});
  shown.text("shape", numpy::shape_text({*rows, *columns}));
  shown.part("columns", [&] { put_labels(out, manager->axes[0], most); });
  const std::size_t shown_columns = std::min(static_cast<std::size_t>(*columns), most);
  struct Place {
    const Block* block = nullptr;
    std::size_t row = 0;
  };
  std::vector<Place> places(shown_columns);
  for (const Block& block : manager->blocks)
    for (std::size_t i = 0; i < block.columns.size(); ++i)
      if (const auto column = block.columns[i];
          column >= 0 && static_cast<std::size_t>(column) < shown_columns)
        places[static_cast<std::size_t>(column)] = {&block, i};
  const auto list = [&](auto each) {
    out.put("[");
    for (std::size_t i = 0; i < shown_columns && !out.done(); ++i) {
      if (i != 0) out.put(", ");
      if (places[i].block == nullptr) out.put("...");
      else each(places[i]);
    }
    if (shown_columns < static_cast<std::size_t>(*columns)) {
      out.put(", ");
      out.mark_left_out(static_cast<std::size_t>(*columns) - shown_columns);
    }
    out.put("]");
  };
  shown.part("dtypes", [&] {
    list([&](const Place& place) { out.put(dtype_of(heap, place.block->values)); });
  });
  const std::int64_t shown_rows = std::min<std::int64_t>(*rows, max_rows);
  shown.part("rows", [&] {
    out.put("[");
    for (std::int64_t row = 0; row < shown_rows && !out.done(); ++row) {
      if (row != 0) out.put(", ");
      list([&](const Place& place) { put_cell(out, *place.block, place.row, row); });
    }
    if (*rows > shown_rows) {
      if (shown_rows != 0) out.put(", ");
      out.mark_left_out(static_cast<std::size_t>(*rows - shown_rows));
    }
    out.put("]");
  });
}

void show_values(Shown& shown, Printer& out, const Values& values) {
  shown.part("dtype", [&] { out.put(dtype_of(out.heap(), values)); });
  if (!values.array || values.array->shape.size() != 1) return;
  const auto length = static_cast<std::size_t>(values.array->length());
  shown.number("length", length);
  shown.part("values", [&] { put_values(out, values, max_values); });
}

void show_series(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  const auto manager = read_manager(out.heap(), attribute(out.heap(), object, "_mgr"), 1);
  if (!manager || manager->axes.empty() || manager->blocks.empty())
    return shown.attributes({"_name"});
  shown.attribute("_name");
  show_values(shown, out, manager->blocks.front().values);
}

void show_index(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr name = attribute(heap, object, "_name");
  if (!name.null() && !heap.is_none(name)) shown.value("name", name);
  const RemoteAddr range = attribute(heap, object, "_range");
  if (!range.null()) return shown.value("range", range);
  if (const RemoteAddr data = attribute(heap, object, "_data"); !data.null())
    return show_values(shown, out, values_of(heap, data));
  shown.attributes({"_names"});
  if (const auto length = length_of(heap, object))
    shown.number("length", static_cast<std::size_t>(*length));
}

void show_extension_array(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  show_values(shown, out, values_of(out.heap(), object));
}

constexpr std::array rows = {
    PackageRow{"pandas.core.frame.DataFrame", show_frame},
    PackageRow{"pandas.DataFrame", show_frame},
    PackageRow{"pandas.core.series.Series", show_series},
    PackageRow{"pandas.Series", show_series},
    PackageRow{"pandas.core.indexes.base.Index", show_index},
    PackageRow{"pandas.Index", show_index},
    PackageRow{"pandas.core.arrays.base.ExtensionArray", show_extension_array},
    PackageRow{"pandas.api.extensions.ExtensionArray", show_extension_array},
};

}  // namespace

std::span<const PackageRow> pandas_rows() noexcept { return rows; }

}  // namespace pyexc::cpython
