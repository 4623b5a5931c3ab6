// What site.py puts into builtins (Lib/_sitebuiltins.py): every module frame shows them.

#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"

namespace pyexc::cpython {

void repr_site_quitter(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Attributes of(out, object, type);
  const RemoteAddr name = of["name"], eof = of["eof"];
  if (of.give_up()) return;
  out.put("Use ");
  out.str(name);
  out.put("() or ");
  out.str(eof);
  out.put(" to exit");
}

void repr_site_helper(Printer& out, RemoteAddr, const TypeInfo&) {
  out.put("Type help() for interactive help, or help(object) for help about object.");
}

namespace {

void put_lines(Printer& out, const Items& lines) {
  bool first = true;
  for (const RemoteAddr line : lines.items) {
    if (!first) out.put("\n");
    first = false;
    out.str(line);
  }
}

}  // namespace

/// The text is looked for in files when it is asked for first; as long as it was not, and there are
/// files to be tried, only those of the target's machine would tell.
void repr_site_printer(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  constexpr std::size_t shown_whole = 23;  // _Printer.MAXLINES
  Attributes of(out, object, type);
  const RemoteAddr lines = of["_Printer__lines"], name = of["_Printer__name"],
                   files = of["_Printer__filenames"], data = of["_Printer__data"],
                   limit = of["MAXLINES"];
  if (of.give_up()) return;
  const auto items = heap.list_items(lines);
  const auto candidates = heap.list_items(files);
  const auto most = heap.integer(limit);
  if (!items || !most || most->clamped() != shown_whole)
    return put_unknown(out, object, type, "a file");
  if (items->items.empty()) {
    const bool in_file = !candidates || !candidates->items.empty();
    if (in_file) out.mark_inexact("the text of _sitebuiltins._Printer is in a file");
    constexpr std::size_t max_data = 1U << 14;
    const auto text = heap.text_now(data, max_data);
    if (!text) return out.mark_unreadable();
    std::size_t count = 1;
    for (const char c : *text) count += c == '\n' ? 1U : 0U;
    if (count <= shown_whole && !in_file) return out.put(*text);
  } else if (items->items.size() + items->left_out <= shown_whole) {
    return put_lines(out, *items);
  }
  out.put("Type ");
  out.str(name);
  out.put("() to see the full ");
  out.str(name);
  out.put(" text");
}

}  // namespace pyexc::cpython
