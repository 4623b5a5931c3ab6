#pragma once
// Types of packages that servers use, by the name of a class in their MRO: subclasses of
// django.db.models.Model or pydantic.BaseModel are what a program has. They are looked up only
// where repr() is code that cannot be run, and, for the few types that keep object's own repr()
// though all that matters is in their attributes, there too.

#include <span>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

struct PackageRow {
  std::string_view type;  ///< "module.qualname"
  Decoder decoder;
  bool instead_of_default = false;
};

/// Null if no class of the MRO is known. `default_repr`: the type's repr() is object's.
[[nodiscard]] Decoder package_decoder(Heap& heap, const TypeInfo& type, bool default_repr);

/// True if a class of that name ("module.qualname") is in the MRO.
[[nodiscard]] bool is_a(Heap& heap, const TypeInfo& type, std::string_view name);

// One per family.
[[nodiscard]] std::span<const PackageRow> numpy_rows() noexcept;   // numpy.cpp
[[nodiscard]] std::span<const PackageRow> pandas_rows() noexcept;  // pandas.cpp
[[nodiscard]] std::span<const PackageRow> model_rows() noexcept;   // models.cpp
[[nodiscard]] std::span<const PackageRow> orm_rows() noexcept;     // orm.cpp
[[nodiscard]] std::span<const PackageRow> web_rows() noexcept;     // web.cpp
[[nodiscard]] std::span<const PackageRow> client_rows() noexcept;  // clients.cpp

/// Of classes that a decorator or a metaclass made and that have no base class of the package.
void show_attrs(Printer& out, RemoteAddr object, const TypeInfo& type);   // models.cpp
void show_mapped(Printer& out, RemoteAddr object, const TypeInfo& type);  // orm.cpp

}  // namespace pyexc::cpython
