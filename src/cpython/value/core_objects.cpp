// Small objects of the core: which type's slot leads to which decoder.

#include <array>

#include "cpython/value/core_families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::array rows = {
    Row{"module", repr_module},
    Row{"method", repr_method},
    Row{"instancemethod", repr_instance_method},
    Row{"method_descriptor", repr_method_descriptor},
    Row{"classmethod_descriptor", repr_method_descriptor},
    Row{"member_descriptor", repr_member_descriptor},
    Row{"getset_descriptor", repr_getset_descriptor},
    Row{"wrapper_descriptor", repr_slot_wrapper},
    Row{"method-wrapper", repr_method_wrapper},
    Row{"classmethod", repr_class_method},
    Row{"staticmethod", repr_static_method},
    Row{"super", repr_super},
    Row{"cell", repr_cell},
    Row{"dict_keys", repr_dict_keys},
    Row{"dict_values", repr_dict_values},
    Row{"dict_items", repr_dict_items},
    Row{"odict_keys", repr_dict_keys},
    Row{"odict_values", repr_dict_values},
    Row{"odict_items", repr_dict_items},
    Row{"mappingproxy", repr_mapping_proxy},
    Row{"memoryview", repr_memory_view},
    Row{"weakref", repr_weak_reference},
    Row{"weakref.ReferenceType", repr_weak_reference},
    Row{"weakproxy", repr_weak_proxy},
    Row{"weakcallableproxy", repr_weak_proxy},
    Row{"weakref.ProxyType", repr_weak_proxy},
    Row{"weakref.CallableProxyType", repr_weak_proxy},
    Row{"frame", repr_frame},
    Row{"generator", repr_generator},
    Row{"coroutine", repr_coroutine},
    Row{"async_generator", repr_async_generator},
    Row{"code", repr_code},
    Row{"types.GenericAlias", repr_generic_alias},
    Row{"types.UnionType", repr_union},
    Row{"typing.Union", repr_union},
    Row{"typing.TypeVar", repr_type_variable},
    Row{"typing.ParamSpec", repr_parameter_spec},
    Row{"typing.TypeVarTuple", repr_type_variable_tuple},
    Row{"typing.ParamSpecArgs", repr_parameter_args},
    Row{"typing.ParamSpecKwargs", repr_parameter_kwargs},
    Row{"typing.TypeAliasType", repr_type_alias},
    Row{"NoDefaultType", repr_no_default},
    Row{"string.templatelib.Template", repr_template},
    Row{"string.templatelib.Interpolation", repr_interpolation},
    Row{"frozendict", repr_frozen_dict},
    Row{"sentinel", repr_sentinel},
    Row{"lazy_import", repr_lazy_import},
};

constexpr std::array str_rows = {
    Row{"mappingproxy", str_mapping_proxy},
};

}  // namespace

std::span<const Row> core_str_rows() noexcept { return str_rows; }
std::span<const Row> core_repr_rows() noexcept { return rows; }

}  // namespace pyexc::cpython
