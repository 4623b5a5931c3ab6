// Objects/structseq.c: tuples whose first items have names. Their types are made by C code only,
// and each has the repr() of them all as its own.

#include <algorithm>
#include <array>

#include "cpython/value/families.hpp"
#include "cpython/value/table.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_fields = 256;
constexpr std::size_t max_field_name = 256;
constexpr std::uint64_t member_size = 40;  // PyMemberDef: name, type, offset, flags, doc

void repr_struct_sequence(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const auto items = heap.tuple_items(object, std::min(out.max_items(), max_fields));
  const auto members = heap.pointer(type.address, heap.layout().type.tp_members);
  if (!items || !members) return out.mark_unreadable();
  out.put(type.tp_name);
  out.put("(");
  bool first = true;
  std::uint64_t index = 0;
  for (const RemoteAddr item : items->items) {
    if (out.done()) return;
    if (!first) out.put(", ");
    first = false;
    // Members without a name are not among tp_members: the names move up.
    const auto name = heap.memory().read_pointer(*members + index++ * member_size);
    if (!name) return out.mark_unreadable();
    if (name->null()) return out.raise("<repr() failed>");  // SystemError
    const auto text = heap.memory().read_cstring(*name, max_field_name);
    if (!text) return out.mark_unreadable();
    out.put(*text);
    out.put("=");
    out.repr_named(*text, item);
  }
  if (items->left_out != 0) {
    if (!first) out.put(", ");
    out.mark_left_out(items->left_out);
  }
  out.put(")");
}

constexpr auto names = std::to_array<std::string_view>({
    "UnraisableHookArgs",
    "_lsprof.profiler_entry",
    "_lsprof.profiler_subentry",
    "_thread.ExceptHookArgs",
    "_thread._ExceptHookArgs",
    "asyncgen_hooks",
    "curses.ncurses_version",
    "grp.struct_group",
    "os.stat_result",
    "os.statvfs_result",
    "os.terminal_size",
    "posix.sched_param",
    "posix.times_result",
    "posix.uname_result",
    "posix.waitid_result",
    "pwd.struct_passwd",
    "resource.struct_rusage",
    "signal.struct_siginfo",
    "spwd.struct_spwd",
    "sys.flags",
    "sys.float_info",
    "sys.hash_info",
    "sys.int_info",
    "sys.thread_info",
    "sys.version_info",
    "time.struct_time",
});

}  // namespace

std::span<const Row> struct_sequence_repr_rows() noexcept {
  static const auto rows = [] {
    std::array<Row, names.size()> made{};
    std::transform(names.begin(), names.end(), made.begin(), [](std::string_view name) {
      return Row{name, repr_struct_sequence};
    });
    return made;
  }();
  return rows;
}

}  // namespace pyexc::cpython
