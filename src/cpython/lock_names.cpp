#include "cpython/lock_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/locals.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_frames = 6;       // of a thread, from its innermost one on
constexpr std::size_t max_variables = 100;  // of a frame
constexpr std::size_t max_names = 100;      // that its code mentions
constexpr std::size_t max_name = 200;
constexpr std::size_t max_items = 64;   // of a container, attributes of an object
constexpr std::size_t max_places = 64;  // that are followed, of a frame
constexpr int max_depth = 3;            // a.b.c.lock

/// What may have attributes worth following: instances of classes made in Python, such classes,
/// modules.
bool has_attributes(const TypeInfo& type) {
  return type.heap() || type.is(type_flags::type_subclass) || type.tp_name == "module";
}

}  // namespace

std::vector<std::string> LockNames::names_of(const FrameFacts& frame) {
  std::vector<std::string> names;
  const auto tuple = heap_.pointer(frame.code, heap_.layout().code.co_names);
  const auto items =
      tuple ? heap_.tuple_items(*tuple, max_names) : Result<Items>(fail(tuple.error()));
  if (!items) return names;
  for (const RemoteAddr item : items->items)
    if (auto text = heap_.text_now(item, max_name)) names.push_back(std::move(*text));
  return names;
}

RemoteAddr LockNames::named(RemoteAddr value, std::string_view name) {
  const auto type = heap_.type_info_of(value);
  if (!type) return {};
  if ((*type)->is(type_flags::type_subclass)) {
    const auto itself = heap_.type_info(value);
    const auto found =
        itself ? heap_.type_get(**itself, name) : Result<RemoteAddr>(fail(itself.error()));
    return found ? *found : RemoteAddr();
  }
  const auto found = attribute_of(heap_, value, name);
  return found && found->found() ? found->value : RemoteAddr();
}

PyText LockNames::type_name(RemoteAddr value) {
  const auto type = heap_.type_info_of(value);
  if (!type || (*type)->is(type_flags::type_subclass) || (*type)->tp_name == "module") return {};
  return full_name(heap_, **type);
}

ObjectName LockNames::by_attribute(RemoteAddr object, const Place& place,
                                   const std::vector<std::string>& names, Places& further) {
  const auto type = heap_.type_info_of(place.value);
  if (!type || !has_attributes(**type)) return {};
  for (const std::string& name : names) {
    if (!spend()) return {};
    const RemoteAddr value = named(place.value, name);
    if (value.null()) continue;
    PyText path = place.path + "." + name;
    if (value == object) return {std::move(path), type_name(place.value)};
    if (further.size() < max_places) further.push_back({value, std::move(path)});
  }
  return {};
}

/// An attribute that the code does not mention: self.locks of a method that was given one of them.
ObjectName LockNames::by_any_attribute(RemoteAddr object, const Place& place) {
  const auto type = heap_.type_info_of(place.value);
  if (!type || !(*type)->heap() || (*type)->is(type_flags::type_subclass) || !spend()) return {};
  const auto items = heap_.instance_items(place.value, max_items);
  if (!items) return {};
  for (const DictEntry& entry : items->entries) {
    if (entry.value != object) continue;
    if (const auto name = heap_.text_now(entry.key, max_name))
      return {place.path + "." + *name, type_name(place.value)};
  }
  return {};
}

ObjectName LockNames::by_item(RemoteAddr object, const Place& place) {
  const auto type = heap_.type_info_of(place.value);
  if (!type || !spend()) return {};
  if ((*type)->is(type_flags::list_subclass | type_flags::tuple_subclass)) {
    const auto items = (*type)->is(type_flags::list_subclass)
                           ? heap_.list_items(place.value, max_items)
                           : heap_.tuple_items(place.value, max_items);
    if (!items) return {};
    const auto found = std::find(items->items.begin(), items->items.end(), object);
    if (found == items->items.end()) return {};
    return {fmt::format("{}[{}]", place.path, found - items->items.begin()), {}};
  }
  if (!(*type)->is(type_flags::dict_subclass)) return {};
  const auto items = heap_.dict_items(place.value, max_items);
  if (!items) return {};
  for (const DictEntry& entry : items->entries) {
    if (entry.value != object) continue;
    if (heap_.has_flag(entry.key, type_flags::str_subclass)) {
      if (const auto key = heap_.text_now(entry.key, max_name))
        return {fmt::format("{}['{}']", place.path, *key), {}};
    } else if (heap_.has_flag(entry.key, type_flags::int_subclass)) {
      if (const auto key = heap_.integer(entry.key); key && key->fits_int64())
        return {fmt::format("{}[{}]", place.path, key->clamped()), {}};
    }
    return {place.path + "[…]", {}};
  }
  return {};
}

ObjectName LockNames::find_in(RemoteAddr object, const FrameFacts& frame) {
  const auto names = names_of(frame);
  Places roots;
  // The variables of a module are its globals, of which the code mentions those that it uses.
  if (frame.locals.null() || frame.locals != frame.globals) {
    if (const auto variables = read_locals(heap_, frame)) {
      for (const Variable& variable : variables->items) {
        if (roots.size() >= max_variables || !spend()) break;
        auto name = heap_.text_now(variable.name, max_name);
        if (!name) continue;
        if (variable.value == object) return {std::move(*name), {}};
        roots.push_back({variable.value, std::move(*name)});
      }
    }
  }
  const std::size_t variables = roots.size();
  PyText module;
  if (const auto name = heap_.dict_get(frame.globals, "__name__"); name && !name->null())
    if (auto text = heap_.text_now(*name, max_name); text && *text != "__main__")
      module = std::move(*text) + ".";
  for (const std::string& name : names) {
    if (!spend()) break;
    const auto value = heap_.dict_get(frame.globals, name);
    if (!value || value->null()) continue;
    if (*value == object) return {module + name, {}};
    roots.push_back({*value, name});
  }
  std::set<std::uint64_t> seen;
  Places level = roots;
  Places containers = roots;
  for (int depth = 0; depth < max_depth && !level.empty(); ++depth) {
    Places further;
    for (const Place& place : level) {
      if (!seen.insert(place.value.value()).second) continue;
      auto found = by_attribute(object, place, names, further);
      if (!found.path.empty()) return found;
    }
    if (depth == 0) containers.insert(containers.end(), further.begin(), further.end());
    level = std::move(further);
  }
  for (const Place& place : containers)
    if (auto found = by_item(object, place); !found.path.empty()) return found;
  for (std::size_t i = 0; i < variables; ++i)
    if (auto found = by_any_attribute(object, roots[i]); !found.path.empty()) return found;
  return {};
}

ObjectName LockNames::find(RemoteAddr object, std::span<const FrameFacts> frames) {
  ObjectName itself;
  for (const FrameFacts& frame : frames.first(std::min(frames.size(), max_frames))) {
    auto found = find_in(object, frame);
    if (found.path.empty()) continue;
    if (found.path != "self") return found;
    itself = std::move(found);  // a method of its own class; who calls it has a better name
  }
  return itself;
}

PyText LockNames::attribute(RemoteAddr owner, RemoteAddr object) {
  Places level{{owner, {}}};
  for (int depth = 0; depth < 2; ++depth) {
    Places further;
    for (const Place& place : level) {
      const auto type = heap_.type_info_of(place.value);
      if (!type || !(*type)->heap() || !spend()) continue;
      const auto items = heap_.instance_items(place.value, max_items);
      if (!items) continue;
      for (const DictEntry& entry : items->entries) {
        const auto name = heap_.text_now(entry.key, max_name);
        if (!name) continue;
        PyText path = place.path.empty() ? *name : place.path + "." + *name;
        if (entry.value == object) return path;
        if (further.size() < max_places) further.push_back({entry.value, std::move(path)});
      }
    }
    level = std::move(further);
  }
  return {};
}

}  // namespace pyexc::cpython
