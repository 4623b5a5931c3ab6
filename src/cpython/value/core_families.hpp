#pragma once
// The decoders of types of the core that are written in C; core_objects.cpp says which type's slot leads to which.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

// modules.cpp
void repr_module(Printer& out, RemoteAddr object, const TypeInfo& type);

// descriptors.cpp
void repr_method_descriptor(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_member_descriptor(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_getset_descriptor(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_slot_wrapper(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_method_wrapper(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_class_method(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_static_method(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_method(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_instance_method(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_super(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_cell(Printer& out, RemoteAddr object, const TypeInfo& type);

// views.cpp
void repr_dict_keys(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_dict_values(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_dict_items(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_mapping_proxy(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_mapping_proxy(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_memory_view(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_weak_reference(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_weak_proxy(Printer& out, RemoteAddr object, const TypeInfo& type);

// running.cpp
void repr_frame(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_generator(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_coroutine(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_async_generator(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_code(Printer& out, RemoteAddr object, const TypeInfo& type);

// generics.cpp
void repr_generic_alias(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_union(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_type_variable(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_parameter_spec(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_type_variable_tuple(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_parameter_args(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_parameter_kwargs(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_type_alias(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_no_default(Printer& out, RemoteAddr object, const TypeInfo& type);

// templates.cpp
void repr_template(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_interpolation(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_frozen_dict(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_sentinel(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_lazy_import(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
