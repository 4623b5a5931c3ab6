#pragma once
// What the target itself knows about source text: its linecache, and how the modules of the frames were
// loaded. Lines that exist nowhere but in the target's memory (REPL, doctest, python -c) are read here;
// files are found later, by source/.

#include <map>
#include <unordered_map>

#include "cpython/frame/code.hpp"
#include "cpython/object/heap.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

class SourceFacts {
 public:
  SourceFacts(Heap& heap, CodeReader& codes, Report& report) : heap_(heap), codes_(codes), report_(report) {}

  /// The interpreter whose linecache and sys.path count from here on.
  void enter_interpreter(RemoteAddr sysdict, RemoteAddr modules);

  /// Index into Report::source_files for a frame of this code and these globals. `lasti` tells which
  /// lines of an in-memory source are wanted.
  [[nodiscard]] std::uint32_t file_of(const Code& code, RemoteAddr globals, std::int64_t lasti,
                                      std::optional<std::int64_t> line);

 private:
  struct Key {
    std::uint64_t filename, globals, code;
    auto operator<=>(const Key&) const = default;
  };
  /// Where the lines of an entry are: a list or tuple of str, or the one str of a doctest example.
  struct InMemory {
    RemoteAddr lines;
    RemoteAddr text;
  };
  void find_linecache();
  RemoteAddr find_entry(const Code& code, const PyText& name);
  RemoteAddr find_interactive(const Code& code, const PyText& name);
  RemoteAddr find_doctest_source(const PyText& name);
  Result<RemoteAddr> line_object(RemoteAddr lines, std::int64_t index);
  Result<std::optional<LinecacheEntry>> read_entry(RemoteAddr entry, InMemory& memory);
  LoaderFacts read_loader(RemoteAddr globals);
  Result<void> describe_loader(RemoteAddr loader, LoaderFacts& facts);
  Result<PyText> attribute_text(RemoteAddr object, std::string_view name);
  void want_lines(std::uint32_t file, std::int64_t first, std::int64_t last);

  Heap& heap_;
  CodeReader& codes_;
  Report& report_;
  RemoteAddr sysdict_, modules_;
  RemoteAddr cache_, interactive_;
  RemoteAddr getlines_;  ///< linecache.getlines; doctest puts a method of its own there
  bool searched_ = false;
  std::map<Key, std::uint32_t> known_;
  std::map<std::uint64_t, LoaderFacts> loaders_;
  std::vector<InMemory> memory_;
};

}  // namespace pyexc::cpython
