#pragma once
// The names that "Did you mean" chooses from. Only facts are read here, in the order that version of
// Lib/traceback.py sees them; traceback/ does the choosing. Where the target's own code decides what the
// names are (__dir__, __getattr__), nothing is guessed and the facts are marked.

#include <optional>
#include <set>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"
#include "report/report.hpp"

namespace pyexc::cpython {

class SuggestionReader {
 public:
  /// `modules` and `sysdict`: of the interpreter the exception was found in.
  SuggestionReader(Heap& heap, FrameReader& frames, RemoteAddr sysdict, RemoteAddr modules)
      : heap_(heap), frames_(frames), sysdict_(sysdict), modules_(modules) {}

  /// Empty if this exception gets no suggestion whatever the names are.
  [[nodiscard]] Result<std::optional<SuggestionFacts>> read(RemoteAddr exception, const TypeInfo& type,
                                                            RemoteAddr traceback);

 private:
  Result<std::optional<FrameFacts>> innermost(RemoteAddr traceback);
  Result<void> name_error(RemoteAddr traceback);
  Result<void> attribute_error(RemoteAddr exception, RemoteAddr traceback);
  Result<void> import_error(RemoteAddr exception);
  Result<void> names_of(RemoteAddr dict, std::vector<PyText>& out);
  Result<void> dir_of(RemoteAddr object, std::set<PyText>& out);
  Result<void> class_names(const TypeInfo& type, std::set<PyText>& out);
  Result<bool> has_attribute(RemoteAddr object, const PyText& name);
  Result<bool> slot_is_set(RemoteAddr object, RemoteAddr descriptor);
  Result<bool> runs_code(const TypeInfo& type, std::string_view special);
  Result<void> find_builtin_base(const TypeInfo& type);
  Result<void> look_deeper(RemoteAddr object, const TypeInfo& type);
  void read_site_flag();
  void fill_stdlib_flag();

  Heap& heap_;
  FrameReader& frames_;
  RemoteAddr sysdict_, modules_;
  SuggestionFacts facts_;
  bool odd_names_ = false;  ///< among the names of the object are some that are no str
};

}  // namespace pyexc::cpython
