#include "cpython/lock_holders.hpp"

#include <algorithm>

#include "cpython/frame/value_stack.hpp"
#include "cpython/value/lookup.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_frames = 100'000;    // of all threads together
constexpr std::size_t max_values = 1'000'000;  // on their stacks
constexpr std::string_view exit_name = "__exit__";

bool is_function_named(Heap& heap, RemoteAddr function) {
  if (!heap.is_exactly(function, "function")) return false;
  const auto name = heap.pointer(function, heap.layout().function.func_name);
  return name && heap.str_equals(*name, exit_name);
}

}  // namespace

/// The object whose __exit__ lies here: bound, as `with` keeps it up to 3.13, or with its `self`
/// above it (LOAD_SPECIAL, Python/bytecodes.c, 3.14+). Null if it is something else.
RemoteAddr LockHolders::left_by(RemoteAddr value, RemoteAddr above) {
  if (value.null() || value.value() % 8 != 0) return {};
  const auto type = heap_.type_info_of(value);
  if (!type || (*type)->heap()) return {};
  const auto& layout = heap_.layout();
  const std::string_view kind = (*type)->tp_name;
  if (kind == "builtin_function_or_method") {
    const auto definition = heap_.pointer(value, layout.cfunction.m_ml);
    const auto text =
        definition ? heap_.memory().read_pointer(*definition) : definition;  // PyMethodDef.ml_name
    const auto name = text ? heap_.memory().read_cstring(*text, exit_name.size() + 1)
                           : Result<std::string>(fail(text.error()));
    if (!name || *name != exit_name) return {};
    const auto self = heap_.pointer(value, layout.cfunction.m_self);
    return self ? *self : RemoteAddr();
  }
  if (kind == "method") {
    const auto function = heap_.pointer(value, layout.method.im_func);
    if (!function || !is_function_named(heap_, *function)) return {};
    const auto self = heap_.pointer(value, layout.method.im_self);
    return self ? *self : RemoteAddr();
  }
  if (kind == "function") return is_function_named(heap_, value) ? above : RemoteAddr();
  if (kind == "method_descriptor") {
    const auto name = heap_.pointer(value, layout.method_descr.d_name);
    return name && heap_.str_equals(*name, exit_name) ? above : RemoteAddr();
  }
  return {};
}

/// The lock that the manager of a `with` takes: itself, or a Condition's (Lib/threading.py).
RemoteAddr LockHolders::lock_of(RemoteAddr manager, const TypeInfo& type) {
  if (type.tp_name == "_thread.lock") return manager;
  const auto inner = heap_.instance_get(manager, "_lock");
  return inner ? *inner : RemoteAddr();
}

void LockHolders::read_frame(const FrameFacts& frame, int depth, std::vector<RemoteAddr>& locks) {
  if (frames_ >= max_frames || values_ >= max_values) return;
  ++frames_;
  const auto values = value_stack(heap_, frame);
  if (!values) return;
  values_ += values->in_use;
  for (std::size_t i = 0; i < values->in_use; ++i) {
    const RemoteAddr above = i + 1 < values->in_use ? values->places[i + 1] : RemoteAddr();
    const RemoteAddr manager = left_by(values->places[i], above);
    const auto type = manager.null() ? fail(Errc::invalid) : heap_.type_info_of(manager);
    if (!type) continue;
    if ((*type)->heap() && is_kind_of(heap_, **type, "contextlib", "_GeneratorContextManager")) {
      // The generator of a @contextmanager is suspended inside its own `with`.
      const auto generator = heap_.instance_get(manager, "gen");
      if (!generator || generator->null() || depth == 0) continue;
      const auto facts = generators_.read(*generator);
      if (facts && facts->frame) read_frame(*facts->frame, depth - 1, locks);
      continue;
    }
    if (const RemoteAddr lock = lock_of(manager, **type); !lock.null()) locks.push_back(lock);
  }
}

void LockHolders::add(std::size_t thread, const Stack& stack) {
  constexpr int max_managers = 3;  // inside one another
  std::vector<RemoteAddr> locks, released;
  for (const FrameFacts& frame : stack.frames) {
    if (roles_.of(frame) == LockRole::condition_wait) {
      const RemoteAddr self = roles_.self_of(frame);
      const auto lock = self.null() ? Result<RemoteAddr>(self) : heap_.instance_get(self, "_lock");
      if (lock && !lock->null()) released.push_back(*lock);
    }
    read_frame(frame, max_managers, locks);
  }
  for (const RemoteAddr lock : locks) {
    if (std::find(released.begin(), released.end(), lock) != released.end()) continue;
    Bodies& bodies = bodies_[lock];
    bodies.thread = thread;
    ++bodies.count;
  }
}

std::optional<std::size_t> LockHolders::of(RemoteAddr lock) const {
  const auto found = bodies_.find(lock);
  if (found == bodies_.end() || found->second.count != 1) return std::nullopt;
  return found->second.thread;
}

}  // namespace pyexc::cpython
