#include "cpython/reach_kinds.hpp"

#include <array>

namespace pyexc::cpython {

namespace {

struct Static {
  std::string_view tp_name;
  ReachKind kind;
};
constexpr std::array statics{
    Static{"generator", ReachKind::generator},
    Static{"coroutine", ReachKind::generator},
    Static{"async_generator", ReachKind::generator},
    Static{"coroutine_wrapper", ReachKind::wrapper},
    Static{"async_generator_asend", ReachKind::wrapper},
    Static{"async_generator_athrow", ReachKind::wrapper},
    Static{"anext_awaitable", ReachKind::wrapper},
    Static{"set", ReachKind::set},
    Static{"frozenset", ReachKind::set},
    Static{"method", ReachKind::method},
    Static{"builtin_function_or_method", ReachKind::builtin_method},
};

/// Classes of the standard library, by name and module.
struct Named {
  std::string_view name, module;
  ReachKind kind;
};
constexpr std::array classes{
    Named{"Task", "asyncio.tasks", ReachKind::task},
    Named{"Future", "asyncio.futures", ReachKind::python_future},
    Named{"Future", "concurrent.futures._base", ReachKind::concurrent_future},
    Named{"BaseEventLoop", "asyncio.base_events", ReachKind::loop},
    Named{"Handle", "asyncio.events", ReachKind::handle},
    Named{"TaskGroup", "asyncio.taskgroups", ReachKind::task_group},
};

}  // namespace

ReachKind ReachKinds::of_class(const TypeInfo& type) {
  if (type.is(type_flags::exception_subclass) || type.is(type_flags::type_subclass)) return ReachKind::none;
  if (type.is(type_flags::list_subclass)) return ReachKind::list;
  if (type.is(type_flags::tuple_subclass)) return ReachKind::tuple;
  if (type.is(type_flags::dict_subclass)) return ReachKind::dict;
  const auto bases = heap_.mro(type);
  if (!bases) return ReachKind::none;
  for (const TypeInfo* base : *bases) {
    if (base->tp_name == "collections.deque") return ReachKind::deque;
    if (base->tp_name == "_asyncio.Task") return ReachKind::task;
    if (base->tp_name == "_asyncio.Future") return ReachKind::c_future;
    if (!base->heap()) {
      for (const Static& known : statics)
        if (base->tp_name == known.tp_name) return known.kind;
      continue;
    }
    for (const Named& named : classes) {
      if (base->tp_name != named.name || base->tp_dict.null()) continue;
      const auto module = heap_.dict_get(base->tp_dict, "__module__");
      if (module && !module->null() && heap_.str_equals(*module, named.module)) return named.kind;
    }
  }
  return type.heap() ? ReachKind::instance : ReachKind::none;
}

ReachKind ReachKinds::of_type(RemoteAddr type) {
  if (const auto known = known_.find(type); known != known_.end()) return known->second;
  const auto info = heap_.type_info(type);
  if (!info) return ReachKind::none;  // nothing that this version could be sure of
  const ReachKind kind = of_class(**info);
  known_.emplace(type, kind);
  return kind;
}

ReachKind ReachKinds::of(RemoteAddr object) {
  if (object.null() || object.value() % 8 != 0) return ReachKind::none;
  const auto type = heap_.type_of(object);
  return type ? of_type(*type) : ReachKind::none;
}

}  // namespace pyexc::cpython
