#include "cpython/task_waits.hpp"

#include <algorithm>

#include "cpython/frame/slots.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_futures = 10'000;  // of one group, or one wait()
constexpr std::size_t max_links = 6;         // from the innermost one outwards
constexpr std::size_t max_file = 4'096;      // characters
constexpr std::size_t max_function = 40;
constexpr std::size_t max_callbacks = 20;
constexpr std::size_t max_cells = 10;

bool any(const HiddenWait& found) { return !found.futures.empty() || !found.object.null(); }

}  // namespace

TaskWaits::Role TaskWaits::read_role(RemoteAddr code) {
  const auto& f = heap_.layout().code;
  const auto name_object = heap_.pointer(code, f.co_name);
  const auto name = name_object ? heap_.text_now(*name_object, max_function) : Result<PyText>(fail(Errc::invalid));
  if (!name) return Role::none;
  struct Known {
    std::string_view file, function;
    Role role;
  };
  static constexpr Known known[] = {
      {"asyncio/taskgroups.py", "__aexit__", Role::task_group}, {"asyncio/taskgroups.py", "_aexit", Role::task_group},
      {"asyncio/tasks.py", "_wait", Role::wait},                {"asyncio/tasks.py", "wait_for", Role::wait_for},
      {"asyncio/tasks.py", "_cancel_and_wait", Role::wait_for}, {"asyncio/tasks.py", "_wait_for_one", Role::wait_for_one},
      {"asyncio/tasks.py", "as_completed", Role::as_completed}, {"asyncio/locks.py", "acquire", Role::synchronizer},
      {"asyncio/locks.py", "wait", Role::synchronizer},         {"asyncio/locks.py", "_wait", Role::synchronizer},
      {"asyncio/locks.py", "_block", Role::synchronizer},       {"asyncio/queues.py", "get", Role::synchronizer},
      {"asyncio/queues.py", "put", Role::synchronizer},         {"asyncio/queues.py", "join", Role::synchronizer}};
  for (const Known& one : known) {
    if (*name != one.function) continue;
    const auto file_object = heap_.pointer(code, f.co_filename);
    const auto file = file_object ? heap_.text_now(*file_object, max_file) : Result<PyText>(fail(Errc::invalid));
    if (file && file->ends_with(one.file)) return one.role;
  }
  return Role::none;
}

TaskWaits::Role TaskWaits::role_of(RemoteAddr code) {
  const auto [known, added] = roles_.try_emplace(code, Role::none);
  if (added) known->second = read_role(code);
  return known->second;
}

Result<RemoteAddr> TaskWaits::variable(const FrameFacts& frame, std::string_view name) {
  PYEXC_TRY(const auto slots, read_slots(heap_, frame));
  for (std::size_t i = 0; i < slots.variables && i < slots.values.size(); ++i) {
    PYEXC_TRY(const auto object, slot_name(heap_, frame, i));
    if (!heap_.str_equals(object, name)) continue;
    const RemoteAddr value = slots.values[i];
    if (value.null() || !heap_.is_exactly(value, "cell")) return value;
    return heap_.pointer(value, heap_.layout().cell.ob_ref);
  }
  return RemoteAddr();
}

Result<void> TaskWaits::futures_of(RemoteAddr container, HiddenWait& out) {
  if (container.null()) return {};
  const bool list = heap_.has_flag(container, type_flags::list_subclass);
  const bool tuple = heap_.has_flag(container, type_flags::tuple_subclass);
  if (!list && !tuple && !heap_.is_exactly(container, "set") && !heap_.is_exactly(container, "frozenset")) return {};
  PYEXC_TRY(auto items, list    ? heap_.list_items(container, max_futures)
                        : tuple ? heap_.tuple_items(container, max_futures)
                                : heap_.set_items(container, max_futures));
  out.futures = std::move(items.items);
  return {};
}

Result<void> TaskWaits::look_at(Role role, const FrameFacts& frame, RemoteAddr waiter, HiddenWait& out) {
  switch (role) {
    case Role::task_group: {
      PYEXC_TRY(const auto group, variable(frame, "self"));
      if (group.null()) return {};
      PYEXC_TRY(const auto completed, heap_.instance_get(group, "_on_completed_fut"));
      if (completed != waiter) return {};
      PYEXC_TRY(const auto tasks, heap_.instance_get(group, "_tasks"));
      return futures_of(tasks, out);
    }
    case Role::wait: {
      PYEXC_TRY(const auto all, variable(frame, "fs"));
      return futures_of(all, out);
    }
    case Role::wait_for: {
      PYEXC_TRY(const auto one, variable(frame, "fut"));
      if (!one.null()) out.futures.push_back(one);
      return {};
    }
    case Role::wait_for_one: {
      // An _AsCompletedIterator since 3.13; before, see look_for_as_completed().
      PYEXC_TRY(const auto iterator, variable(frame, "self"));
      if (iterator.null()) return {};
      PYEXC_TRY(const auto todo, heap_.instance_get(iterator, "_todo"));
      return futures_of(todo, out);
    }
    case Role::synchronizer: {
      PYEXC_TRY(out.object, variable(frame, "self"));
      return {};
    }
    default: return {};
  }
}

/// Up to 3.12 as_completed() is a generator; the frame that iterates over it holds it, on its stack as a rule.
Result<void> TaskWaits::look_for_as_completed(const FrameFacts& frame, HiddenWait& out) {
  PYEXC_TRY(const auto slots, read_slots(heap_, frame));
  if (slots.stack_is_guess) return {};
  for (const RemoteAddr value : slots.values) {
    if (value.null() || !generators_.is_generator(value)) continue;
    PYEXC_TRY(const auto facts, generators_.read(value));
    if (!facts.frame || role_of(facts.frame->code) != Role::as_completed) continue;
    PYEXC_TRY(const auto todo, variable(*facts.frame, "todo"));
    return futures_of(todo, out);
  }
  return {};
}

/// shield() adds a function to the outer future that has the inner one in its closure.
Result<void> TaskWaits::look_at_callback(RemoteAddr callback, HiddenWait& out) {
  if (callback.null() || !heap_.is_exactly(callback, "function")) return {};
  const auto& f = heap_.layout().function;
  PYEXC_TRY(const auto name, heap_.pointer(callback, f.func_qualname));
  if (!heap_.str_equals(name, "shield.<locals>._outer_done_callback")) return {};
  PYEXC_TRY(const auto code, heap_.pointer(callback, f.func_code));
  PYEXC_TRY(const auto names, heap_.pointer(code, heap_.layout().code.co_localsplusnames.has()
                                                      ? heap_.layout().code.co_localsplusnames
                                                      : heap_.layout().code.co_freevars));
  PYEXC_TRY(const auto name_items, heap_.tuple_items(names, max_cells));
  PYEXC_TRY(const auto closure, heap_.pointer(callback, f.func_closure));
  if (closure.null()) return {};
  PYEXC_TRY(const auto cells, heap_.tuple_items(closure, max_cells));
  // Free variables are the last of all names.
  const std::size_t skipped = name_items.items.size() - std::min(cells.items.size(), name_items.items.size());
  for (std::size_t i = 0; i < cells.items.size() && skipped + i < name_items.items.size(); ++i) {
    if (!heap_.str_equals(name_items.items[skipped + i], "inner") || !heap_.is_exactly(cells.items[i], "cell")) continue;
    PYEXC_TRY(const auto inner, heap_.pointer(cells.items[i], heap_.layout().cell.ob_ref));
    if (!inner.null()) out.futures.push_back(inner);
  }
  return {};
}

Result<void> TaskWaits::look_at_shield(RemoteAddr waiter, HiddenWait& out) {
  PYEXC_TRY(const auto* type, heap_.type_info_of(waiter));
  RemoteAddr list;
  if (type->tp_name == "_asyncio.Future") {
    const auto& f = heap_.layout().future;
    PYEXC_TRY(const auto first, heap_.pointer(waiter, f.fut_callback0));
    PYEXC_CHECK(look_at_callback(first, out));
    PYEXC_TRY(list, heap_.pointer(waiter, f.fut_callbacks));
  } else if (type->heap() && type->tp_name == "Future") {
    PYEXC_TRY(list, heap_.instance_get(waiter, "_callbacks"));
  }
  if (list.null() || !heap_.has_flag(list, type_flags::list_subclass)) return {};
  PYEXC_TRY(const auto pairs, heap_.list_items(list, max_callbacks));
  for (const RemoteAddr pair : pairs.items) {
    PYEXC_TRY(const auto items, heap_.tuple_items(pair, 1));
    if (!items.items.empty()) PYEXC_CHECK(look_at_callback(items.items.front(), out));
  }
  return {};
}

HiddenWait TaskWaits::behind(RemoteAddr waiter, const std::vector<GeneratorFacts>& links) {
  HiddenWait out;
  std::size_t seen = 0;
  bool in_wait_for_one = false;
  for (auto link = links.rbegin(); link != links.rend() && seen < max_links; ++link, ++seen) {
    if (!link->frame || link->state != GeneratorFacts::State::suspended) break;
    if (in_wait_for_one) {
      HiddenWait further;
      if (look_for_as_completed(*link->frame, further) && any(further)) return further;
      continue;
    }
    const Role role = role_of(link->frame->code);
    // Of the functions of asyncio only those that are innermost are what it waits in: beyond is other people's code.
    if (role == Role::none && seen > 0) break;
    HiddenWait further;
    if (look_at(role, *link->frame, waiter, further) && any(further)) out = std::move(further);
    in_wait_for_one = role == Role::wait_for_one;
    if (role == Role::none || (any(out) && role != Role::synchronizer)) {
      if (!in_wait_for_one) break;
      if (!out.futures.empty()) break;
    }
  }
  if (!any(out)) (void)look_at_shield(waiter, out);
  return out;
}

}  // namespace pyexc::cpython
