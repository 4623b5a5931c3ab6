#pragma once
// The decoders, one file per family of types; table.cpp says which static type's slot leads to
// which.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

// scalars.cpp
void repr_none(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_ellipsis(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_not_implemented(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_bool(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_int(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_float(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_complex(Printer& out, RemoteAddr object, const TypeInfo& type);

// text.cpp
void repr_str(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_str(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_bytes(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_bytearray(Printer& out, RemoteAddr object, const TypeInfo& type);

// containers.cpp
void repr_tuple(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_list(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_dict(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_set(Printer& out, RemoteAddr object, const TypeInfo& type);
/// As repr_tuple or repr_list would write these items.
void put_sequence(Printer& out, const Items& items, bool tuple);
/// As repr_dict would.
void put_entries(Printer& out, const DictItems& items);

// objects.cpp
void repr_object(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_object(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_type(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_function(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_builtin_function(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_range(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_slice(Printer& out, RemoteAddr object, const TypeInfo& type);

// array.cpp
void repr_array(Printer& out, RemoteAddr object, const TypeInfo& type);

// exceptions.cpp
void repr_base_exception(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_exception_group(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_import_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_base_exception(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_key_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_os_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_syntax_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_import_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_exception_group(Printer& out, RemoteAddr object, const TypeInfo& type);

// locks.cpp
void repr_lock(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_rlock(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_thread_handle_object(Printer& out, RemoteAddr object, const TypeInfo& type);

// unicode_errors.cpp
void str_encode_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_decode_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_translate_error(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
