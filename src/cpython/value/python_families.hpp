#pragma once
// The decoders that rows of functions/*.def name: each imitates one body of one function of the standard
// library.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

// collections.cpp

// functional.cpp

// modules.cpp; those named module_repr_from_spec get a spec instead of a module
void module_repr_loader_first(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_spec_first(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_spec_only(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_from_spec(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_from_spec_namespace(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_built_in(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_frozen(Printer& out, RemoteAddr object, const TypeInfo& type);
void module_repr_namespace(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_module_spec(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_file_finder(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_namespace_path_underscored(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_namespace_path(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_zip_importer(Printer& out, RemoteAddr object, const TypeInfo& type);

// site_objects.cpp
void repr_site_quitter(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_site_printer(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_site_helper(Printer& out, RemoteAddr object, const TypeInfo& type);

// datetime.cpp

// numbers.cpp

// concurrency.cpp

// files.cpp

}  // namespace pyexc::cpython
