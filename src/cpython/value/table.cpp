// Which function stands in a tp_repr or tp_str slot is known by the static type that owns it.

#include <array>
#include <initializer_list>
#include <span>
#include <unordered_map>

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::array builtin_repr_rows = {
    Row{"object", repr_object},
    Row{"NoneType", repr_none},
    Row{"ellipsis", repr_ellipsis},
    Row{"NotImplementedType", repr_not_implemented},
    Row{"bool", repr_bool},
    Row{"int", repr_int},
    Row{"float", repr_float},
    Row{"complex", repr_complex},
    Row{"str", repr_str},
    Row{"bytes", repr_bytes},
    Row{"bytearray", repr_bytearray},
    Row{"tuple", repr_tuple},
    Row{"list", repr_list},
    Row{"dict", repr_dict},
    Row{"set", repr_set},
    Row{"frozenset", repr_set},
    Row{"range", repr_range},
    Row{"slice", repr_slice},
    Row{"type", repr_type},
    Row{"function", repr_function},
    Row{"builtin_function_or_method", repr_builtin_function},
    Row{"BaseException", repr_base_exception},
    Row{"BaseExceptionGroup", repr_exception_group},
    Row{"ImportError", repr_import_error},
};

constexpr std::array builtin_str_rows = {
    Row{"object", str_object},
    Row{"str", str_str},
    // str() of these says the same as repr(); with -b it warns first.
    Row{"bytes", repr_bytes},
    Row{"bytearray", repr_bytearray},
    Row{"BaseException", str_base_exception},
    Row{"KeyError", str_key_error},
    Row{"OSError", str_os_error},
    Row{"SyntaxError", str_syntax_error},
    Row{"ImportError", str_import_error},
    Row{"BaseExceptionGroup", str_exception_group},
    Row{"UnicodeEncodeError", str_encode_error},
    Row{"UnicodeDecodeError", str_decode_error},
    Row{"UnicodeTranslateError", str_translate_error},
};

using Rows = std::unordered_map<std::string_view, Decoder>;

Rows joined(std::initializer_list<std::span<const Row>> families) {
  Rows all;
  for (const auto family : families)
    for (const Row& row : family) all.emplace(row.owner, row.decoder);
  return all;
}

Decoder find(const Rows& rows, std::string_view owner) {
  const auto row = rows.find(owner);
  return row == rows.end() ? nullptr : row->second;
}

}  // namespace

Decoder repr_decoder(std::string_view owner) {
  static const Rows rows = joined({builtin_repr_rows, core_repr_rows(), collection_repr_rows(), struct_sequence_repr_rows(),
                                   functional_repr_rows(), time_repr_rows(), number_repr_rows(),
                                   concurrency_repr_rows(), file_repr_rows()});
  return find(rows, owner);
}

Decoder str_decoder(std::string_view owner) {
  static const Rows rows = joined({builtin_str_rows, core_str_rows(), exception_str_rows(), time_str_rows(),
                                   number_str_rows()});
  return find(rows, owner);
}

}  // namespace pyexc::cpython
