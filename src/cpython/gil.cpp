#include "cpython/gil.hpp"

namespace pyexc::cpython {

namespace {
// struct _gil_runtime_state: cond (48 bytes), mutex (40), switch_cond (48), switch_mutex (40); glibc, x86-64.
constexpr std::uint64_t waited_on_size = 48 + 40 + 48 + 40;
}  // namespace

std::optional<GilFacts> read_gil(Heap& heap, const Runtime& runtime, RemoteAddr interpreter) {
  const auto& layout = heap.layout();
  GilFacts gil;
  if (layout.interp.ceval_gil.has()) {
    const auto address = heap.pointer(interpreter, layout.interp.ceval_gil);
    if (!address || address->null()) return std::nullopt;
    gil.address = *address;
  } else if (layout.runtime.gil.has()) {
    gil.address = runtime.runtime + *layout.runtime.gil;
  } else {
    return std::nullopt;
  }
  if (layout.gil.enabled.has()) {
    const auto enabled = heap.field<std::int32_t>(gil.address, layout.gil.enabled);
    if (!enabled) return std::nullopt;
    gil.enabled = *enabled != 0;
  }
  const auto locked = heap.field<std::int32_t>(gil.address, layout.gil.locked);
  const auto holder = heap.pointer(gil.address, layout.gil.last_holder);
  if (!locked || !holder || *locked < -1 || *locked > 1) return std::nullopt;
  // last_holder stays set after the release.
  gil.holder = *locked == 1 ? *holder : RemoteAddr();
  gil.first = gil.address.value() + *layout.gil.cond;
  gil.last = gil.first + waited_on_size;
  return gil;
}

std::optional<bool> read_collecting(Heap& heap, const Runtime& runtime, RemoteAddr interpreter) {
  const auto& layout = heap.layout();
  const bool per_interpreter = layout.interp.gc_collecting.has();
  if (!per_interpreter && !layout.runtime.gc_collecting.has()) return std::nullopt;
  const auto flag = per_interpreter ? heap.field<std::int32_t>(interpreter, layout.interp.gc_collecting)
                                    : heap.field<std::int32_t>(runtime.runtime, layout.runtime.gc_collecting);
  if (!flag || *flag < 0 || *flag > 1) return std::nullopt;
  return *flag == 1;
}

std::optional<bool> read_finalizing(Heap& heap, const Runtime& runtime, RemoteAddr interpreter) {
  const auto& layout = heap.layout();
  std::optional<bool> known;
  if (layout.interp.finalizing.has())
    if (const auto flag = heap.field<std::int32_t>(interpreter, layout.interp.finalizing)) known = *flag != 0;
  if (layout.runtime.finalizing.has())
    if (const auto thread = heap.pointer(runtime.runtime, layout.runtime.finalizing))
      known = known.value_or(false) || !thread->null();
  return known;
}

}  // namespace pyexc::cpython
