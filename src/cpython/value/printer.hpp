#pragma once
// Writes repr() and str() of objects into one bounded text. The decoders of all families share it:
// it knows which objects are being written (Python's own "[...]" for containers that hold
// themselves), how deep and how long the text is, and whether it is still what Python would write.
//
// In the capture phase no text is built. Decoders then report lower bounds of what they would
// write, so that capture goes on at least as far as decode will, and the two stop for the same
// reasons.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpython/object/heap.hpp"
#include "cpython/value/repr.hpp"
#include "text/unicode.hpp"

namespace pyexc::cpython {

class Printer;
struct TypeDecoders;
/// Writes one object of a family; `type` is the object's type.
using Decoder = void (*)(Printer& out, RemoteAddr object, const TypeInfo& type);

/// What an object is to a person who may not see it: type(object).__name__ and, of a str, bytes or
/// builtin container, len(object).
struct ValueKind {
  std::string type;
  std::optional<std::int64_t> length;
};
[[nodiscard]] ValueKind kind_of(Heap& heap, RemoteAddr object);

class Printer {
 public:
  /// What an int of too many digits or endless recursion does: end the text as Python would, or,
  /// for showing things that cannot be formatted, leave a placeholder and go on.
  enum class Failures : std::uint8_t { raise, placeholder };

  Printer(Heap& heap, const ReprLimits& limits, Failures failures = Failures::raise);

  void repr(RemoteAddr object);
  void str(RemoteAddr object);

  [[nodiscard]] Heap& heap() noexcept { return heap_; }
  [[nodiscard]] text::Database database() const noexcept { return database_; }

  // -- for decoders
  // ---------------------------------------------------------------------------------
  void put(std::string_view text);
  /// `length` bytes at least are written here; `build()` gives them in the decode phase.
  template <class Build>
  void put(std::size_t length, Build build) {
    if (heap_.capturing()) count(length);
    else put(std::string_view(build()));
  }
  /// A whole text of its own, already bounded elsewhere, that the limit of this one does not cut.
  void put_whole(std::size_t length, std::string_view text);
  /// What `write()` writes, of which `keep(characters)` says what remains: s[1:-1], s[:76] + "...>",
  /// s[:13] + "..." + s[-14:].
  struct Slice {
    std::size_t begin = 0, count = SIZE_MAX;  ///< characters in front of what is kept, and of that
    std::string_view fill = {};               ///< then this
    std::size_t tail = 0;                     ///< and that many of the last characters
  };
  template <class Write, class Keep>
  void put_sliced(Write write, Keep keep) {
    const std::size_t begin = text_.size(), used = used_;
    write();
    if (!done_) slice(begin, used, keep(characters_from(begin)));
  }
  /// repr() of a value that has a name: noted in the parts of the result, for redact/.
  void repr_named(const PyText& name, RemoteAddr value);
  /// The same for a value that `write()` writes in a way of its own.
  template <class Write>
  void named(const PyText& name, ValueKind kind, Write write) {
    const std::size_t begin = text_.size();
    write();
    note_part(name, begin, std::move(kind));
  }
  /// repr() of a dict's value: a name is its key if that is a str or bytes.
  void repr_value_of(RemoteAddr key, RemoteAddr value);
  /// repr(str(object)).
  void repr_of_str(RemoteAddr object);
  /// repr() of a str that is made here.
  void put_quoted(std::string_view text);
  /// What `write()` writes stands for the value of a dict's key, which names it if it is a str.
  template <class Write>
  void named_by(RemoteAddr key, RemoteAddr value, Write write) {
    const std::size_t begin = text_.size();
    write();
    note_value_of(key, begin, value);
  }
  /// `name=repr, name=repr`: attributes, as objects are shown that only their own code could print.
  /// With `first` false a comma stands in front. Returns how many there were.
  std::size_t put_attributes(RemoteAddr object, bool first = true);
  /// What stands for an object whose code cannot be run: put_default() and, where asked for, its
  /// attributes.
  void put_foreign(RemoteAddr object, const TypeInfo& type);

  /// Bytes that may still be written.
  [[nodiscard]] std::size_t room() const noexcept { return done_ ? 0 : max_text_ - used_; }
  /// Nothing more is wanted: the text is full, or repr() would have raised.
  [[nodiscard]] bool done() const noexcept { return done_; }

  /// `<pkg.T object at 0x…>`, as object.__repr__ writes it.
  void put_default(RemoteAddr object, const TypeInfo& type);
  /// `pkg.T`, or tp_name where the module is builtins or no str.
  void put_type_name(const TypeInfo& type);
  /// `0x7f…`, as %p writes it.
  void put_address(RemoteAddr object);
  /// tp_name without what stands before its last dot (_PyType_Name).
  [[nodiscard]] static std::string_view short_name(const TypeInfo& type) noexcept;

  void mark_inexact(std::string reason);
  void mark_left_out(std::size_t count);
  void mark_unreadable();
  /// Python certainly raises here.
  void raise(std::string_view placeholder);

  /// Py_ReprEnter and Py_ReprLeave: not entered if the object is being written already.
  class Guard {
   public:
    Guard(Printer& printer, RemoteAddr object);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    [[nodiscard]] bool entered() const noexcept { return entered_; }

   private:
    Printer& printer_;
    bool entered_;
  };

  /// Around the attributes of an object that stand for its repr(). Not entered if none are wanted, if the object
  /// is being written already, or inside two others: then all that is shown is what and where it is.
  class Inside {
   public:
    Inside(Printer& printer, RemoteAddr object);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    [[nodiscard]] bool entered() const noexcept { return entered_; }

   private:
    Printer& printer_;
    bool entered_;
  };

  // -- limits for decoders. What lies inside attributes is shown shorter: everything that hangs on a request or an
  // application would be more than anybody reads.
  [[nodiscard]] std::size_t max_string() const noexcept { return max_string_ >> inside_shift(); }
  [[nodiscard]] std::size_t max_items() const noexcept { return max_items_ >> inside_shift(); }
  [[nodiscard]] std::size_t max_attributes() const noexcept { return max_attributes_ >> (inside_shift() / 2); }
  /// Values that are being written around this one.
  [[nodiscard]] std::size_t depth() const noexcept { return active_.size(); }

  // -- results
  // ---------------------------------------------------------------------------------------
  [[nodiscard]] std::string take_text();
  /// Text, exactness and parts.
  [[nodiscard]] ValueText take();
  [[nodiscard]] std::vector<NamedPart> take_parts() { return std::move(parts_); }
  [[nodiscard]] bool exact() const noexcept { return exact_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// The text is inexact first of all because it was cut; what there is of it is worth showing.
  [[nodiscard]] bool cut() const noexcept { return cut_; }
  /// Why it is not exact, the first reason met; empty in the capture phase.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  enum class Operation : std::uint8_t { repr, str };
  struct Active {
    RemoteAddr object;
    Operation operation;
  };
  void write(RemoteAddr object, Operation operation);
  void write_foreign(RemoteAddr object, const TypeInfo& type, Operation operation);
  [[nodiscard]] bool has_parts(RemoteAddr object, const TypeInfo& type);
  void put_underlying(RemoteAddr object, const TypeInfo& type, bool& first);
  [[nodiscard]] bool may_enter(RemoteAddr object) const;
  [[nodiscard]] std::size_t inside_shift() const noexcept { return foreign_depth_ < 2 ? 0 : 2 * (foreign_depth_ - 1); }
  [[nodiscard]] bool endless(const Active& next) const;
  void note_part(PyText name, std::size_t begin, ValueKind kind);
  [[nodiscard]] std::size_t characters_from(std::size_t begin) const noexcept;
  void slice(std::size_t begin, std::size_t used, const Slice& slice);
  void note_value_of(RemoteAddr key, std::size_t begin, RemoteAddr value);
  void count(std::size_t bytes);
  void stop_full();

  Heap& heap_;
  text::Database database_;
  std::size_t max_text_, max_depth_, max_string_, max_items_, max_attributes_;
  const std::unordered_set<RemoteAddr>* rewritten_;
  Failures failures_;
  std::string text_;
  std::size_t used_ = 0;
  std::vector<Active> active_;
  std::vector<RemoteAddr> guarded_;
  std::size_t foreign_depth_ = 0;
  std::vector<NamedPart> parts_;
  std::string reason_;
  bool exact_ = true, done_ = false, failed_ = false, cut_ = false;
};

/// Whose function stands in a slot that no row of the table knows.
struct CodeBehind {
  bool python = true;              ///< a Python function, or any other object in a class's dict
  const TypeInfo* type = nullptr;  ///< the type that has it
};
[[nodiscard]] CodeBehind code_behind(Heap& heap, const TypeInfo& type, std::string_view special,
                                     RemoteAddr TypeInfo::*slot);
/// "pkg.T", as reasons name a type.
[[nodiscard]] std::string full_name(Heap& heap, const TypeInfo& type);

}  // namespace pyexc::cpython
