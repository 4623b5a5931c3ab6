#pragma once
// What is known of each type of the target: who brings its repr() and str(), and which decoder
// imitates that. Kept for as long as the Heap, because thousands of values share a few types.

#include <unordered_map>

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

struct TypeDecoders {
  const TypeInfo* type = nullptr;
  Decoder repr = nullptr;  ///< null: code that is not imitated
  Decoder str = nullptr;
  /// Shows its attributes, in place of a repr() that is not imitated or says nothing.
  Decoder shown = nullptr;
  /// False if something was not read when this was found out: the next one who asks may be allowed
  /// more.
  bool settled = true;
};

class Catalog {
 public:
  explicit Catalog(Heap& heap) : heap_(heap) {}

  [[nodiscard]] Result<const TypeDecoders*> of(RemoteAddr type);

  /// python_decoder() of a function, remembered.
  [[nodiscard]] Decoder function(RemoteAddr function);

  /// The folder of the standard library with a '/' at its end: what sys._stdlib_dir names (3.11+),
  /// else where the module os was loaded from; empty if neither tells.
  [[nodiscard]] const std::string& stdlib_folder();

 private:
  Decoder find(const TypeInfo& type, std::string_view special, RemoteAddr TypeInfo::*slot,
               Decoder (*by_owner)(std::string_view));

  [[nodiscard]] std::size_t refused_reads() const;

  Heap& heap_;
  std::unordered_map<RemoteAddr, TypeDecoders> known_;
  std::unordered_map<RemoteAddr, Decoder> functions_;
  std::unordered_map<RemoteAddr, std::string> folders_;  ///< by interpreter
  std::string for_now_;
};

[[nodiscard]] inline Catalog& catalog(Heap& heap) { return heap.companion<Catalog>(); }

}  // namespace pyexc::cpython
