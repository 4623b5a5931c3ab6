#pragma once
// Which decoder belongs to which function. What stands in a type's tp_repr or tp_str is known by its
// owner: a type written in C (by tp_name), or a function written in Python (by what it consists of, see
// python_functions.hpp). Every family of decoders lists its own; table.cpp only joins the lists.

#include <span>
#include <string_view>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// The decoder of the C function that the type `owner` brings: "list", "collections.deque".
struct Row {
  std::string_view owner;
  Decoder decoder;
};

[[nodiscard]] Decoder repr_decoder(std::string_view owner);
[[nodiscard]] Decoder str_decoder(std::string_view owner);

// One per family; a family without str() of its own gives only the first.
[[nodiscard]] std::span<const Row> core_repr_rows() noexcept;         // core_objects.cpp
[[nodiscard]] std::span<const Row> core_str_rows() noexcept;
[[nodiscard]] std::span<const Row> collection_repr_rows() noexcept;   // collections.cpp
[[nodiscard]] std::span<const Row> struct_sequence_repr_rows() noexcept;  // struct_sequences.cpp
[[nodiscard]] std::span<const Row> functional_repr_rows() noexcept;   // functional.cpp
[[nodiscard]] std::span<const Row> time_repr_rows() noexcept;         // datetime.cpp
[[nodiscard]] std::span<const Row> time_str_rows() noexcept;
[[nodiscard]] std::span<const Row> number_repr_rows() noexcept;       // numbers.cpp
[[nodiscard]] std::span<const Row> number_str_rows() noexcept;
[[nodiscard]] std::span<const Row> concurrency_repr_rows() noexcept;  // concurrency.cpp
[[nodiscard]] std::span<const Row> exception_str_rows() noexcept;     // stdlib_exceptions.cpp
[[nodiscard]] std::span<const Row> file_repr_rows() noexcept;         // files.cpp

}  // namespace pyexc::cpython
