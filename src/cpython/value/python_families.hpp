#pragma once
// The decoders that rows of functions/*.def name: each imitates one body of one function of the
// standard library.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// Functions that a __repr__ of the library calls and that its decoder looks for; none is a repr()
/// itself.
void called_by_repr(Printer& out, RemoteAddr object, const TypeInfo& type);

// collection_classes.cpp
void repr_counter(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_chain_map(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_of_data(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_of_data(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_named_tuple(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_weak_dictionary(Printer& out, RemoteAddr object, const TypeInfo& type);

// environ.cpp
void repr_environ(Printer& out, RemoteAddr object, const TypeInfo& type);

// dataclasses.cpp
/// A wrapper of reprlib or dataclasses around another __repr__, and what it wraps.
void repr_recursive(Printer& out, RemoteAddr object, const TypeInfo& type);

// enums.cpp
void repr_enum_plain(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_enum(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_enum(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_composed_flag(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_composed_flag(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_flag(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_flag(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_enum_class(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_enum_or_flag_class(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_global_enum(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_global_flag(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_global_enum(Printer& out, RemoteAddr object, const TypeInfo& type);

// enum_members.cpp: which members a Flag without a name is shown as
void names_by_value(Printer& out, RemoteAddr object, const TypeInfo& type);
void names_by_member(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_regex_flag(Printer& out, RemoteAddr object, const TypeInfo& type);

// typing.cpp; those named type_repr imitate functions that get any object
void typing_type_repr(Printer& out, RemoteAddr object, const TypeInfo& type);
void typing_type_repr_tuples(Printer& out, RemoteAddr object, const TypeInfo& type);
void typing_type_repr_annotationlib(Printer& out, RemoteAddr object, const TypeInfo& type);
void annotationlib_type_repr(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_alias_special(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_alias(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_alias_empty(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_callable(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_union(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_annotated(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_unpack_starred(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_unpack(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_form(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_any(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_variable(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_named(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_args(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_kwargs(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_typing_new_type(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_forward_reference(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_forward_reference_module(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_annotationlib_reference(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_abstract_callable(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_abstract_callable_annotationlib(Printer& out, RemoteAddr object, const TypeInfo& type);

// functional.cpp
void repr_partial_method_commas(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_partial_method(Printer& out, RemoteAddr object, const TypeInfo& type);

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

// time_zones.cpp
void repr_python_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_python_zone_info(Printer& out, RemoteAddr object, const TypeInfo& type);

// numbers.cpp
void repr_fraction(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_fraction(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_normal_dist(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_uuid(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_uuid(Printer& out, RemoteAddr object, const TypeInfo& type);

// addresses.cpp
void repr_address(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_address(Printer& out, RemoteAddr object, const TypeInfo& type);
/// IPv6Address.__str__ of 3.9 to 3.12, and the one that writes mapped addresses with dots.
void str_scoped_address(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_mapped_address(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_network(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_interface(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_scoped_interface(Printer& out, RemoteAddr object, const TypeInfo& type);

// paths.cpp
void repr_path(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_path(Printer& out, RemoteAddr object, const TypeInfo& type);

// locks.cpp
void repr_python_rlock(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_threading_barrier(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_thread_tstate_lock(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_thread_handle(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_thread_os_handle(Printer& out, RemoteAddr object, const TypeInfo& type);

// concurrency.cpp
void repr_concurrent_future(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_popen(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_completed_process(Printer& out, RemoteAddr object, const TypeInfo& type);

// stdlib_exceptions.cpp
void str_called_process_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_called_process_error_any_code(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_called_process_error_quoted(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_argument_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_argument_error_translated(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_bad_option_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_package_not_found(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_remote_error(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_sax_parse_exception(Printer& out, RemoteAddr object, const TypeInfo& type);

// reprlib.cpp
void reprlib_by_name(Printer& out, RemoteAddr object, const TypeInfo& type);
void reprlib_by_module(Printer& out, RemoteAddr object, const TypeInfo& type);

// callbacks.cpp
void callback_arguments_always(Printer& out, RemoteAddr object, const TypeInfo& type);
void callback_arguments_in_debug_mode(Printer& out, RemoteAddr object, const TypeInfo& type);

// asyncio.cpp
void repr_python_future(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_python_task(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_python_future_or_task(Printer& out, RemoteAddr object, const TypeInfo& type);
void future_info_guards_result(Printer& out, RemoteAddr object, const TypeInfo& type);
void future_info(Printer& out, RemoteAddr object, const TypeInfo& type);
void task_info_must_cancel(Printer& out, RemoteAddr object, const TypeInfo& type);
void task_info(Printer& out, RemoteAddr object, const TypeInfo& type);

// asyncio_locks.cpp
void repr_asyncio_lock(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_event(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_condition(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_semaphore(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_barrier(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_queue(Printer& out, RemoteAddr object, const TypeInfo& type);
void str_asyncio_queue(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_task_group(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_timeout(Printer& out, RemoteAddr object, const TypeInfo& type);
void semaphore_locked_by_value(Printer& out, RemoteAddr object, const TypeInfo& type);
void semaphore_locked_by_waiters(Printer& out, RemoteAddr object, const TypeInfo& type);
void queue_format(Printer& out, RemoteAddr object, const TypeInfo& type);
void queue_format_with_shutdown(Printer& out, RemoteAddr object, const TypeInfo& type);

// asyncio_loops.cpp
void repr_event_loop(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_asyncio_server(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_handle(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_stream_reader(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_stream_writer(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_selector_transport(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_read_pipe_transport(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_write_pipe_transport(Printer& out, RemoteAddr object, const TypeInfo& type);
void buffer_size_of_bytes(Printer& out, RemoteAddr object, const TypeInfo& type);
void buffer_size_of_pieces(Printer& out, RemoteAddr object, const TypeInfo& type);
void buffer_size_attribute(Printer& out, RemoteAddr object, const TypeInfo& type);

// sockets.cpp
void repr_socket(Printer& out, RemoteAddr object, const TypeInfo& type);

// archives.cpp
void repr_gzip_file(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_zip_file(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_zip_member(Printer& out, RemoteAddr object, const TypeInfo& type);
void repr_zip_member_with_mode(Printer& out, RemoteAddr object, const TypeInfo& type);

}  // namespace pyexc::cpython
