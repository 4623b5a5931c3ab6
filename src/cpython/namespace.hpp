#pragma once
// A mapping of names as a dict keeps it: a name that is set again keeps its place, one that was
// removed comes back at the end. Names are str objects of the target; nearly all are interned, so
// two of them are compared by their text only where their addresses say nothing.

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct Variable {
  RemoteAddr name;  ///< nearly always a str object
  RemoteAddr value;
};

class Namespace {
 public:
  explicit Namespace(Heap& heap) : heap_(heap) {}

  /// What is set from here on comes from elsewhere: the same names may be other objects there.
  void next_source() noexcept {
    earlier_ = items_.size();
    changed_ = false;
  }
  void set(RemoteAddr name, RemoteAddr value);
  void remove(RemoteAddr name);
  [[nodiscard]] std::vector<Variable> take();
  /// What came since next_source() made the mapping another one.
  [[nodiscard]] bool changed() const noexcept { return changed_; }

 private:
  static constexpr std::size_t none = SIZE_MAX;
  [[nodiscard]] std::size_t find(RemoteAddr name);
  [[nodiscard]] std::string text_of(RemoteAddr name);

  Heap& heap_;
  std::vector<Variable> items_;  ///< removed ones have no name
  std::unordered_map<RemoteAddr, std::size_t> by_address_;
  std::unordered_map<std::string, std::size_t> by_text_;
  bool changed_ = false;
  std::size_t earlier_ = 0;  ///< items of earlier sources
  std::size_t texts_ = 0;    ///< of these, those whose texts are known
};

}  // namespace pyexc::cpython
