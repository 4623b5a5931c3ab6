#pragma once
// By which name a frame reaches an object: a variable, a global, an attribute of one of these, or
// an item of a list or dict. No code runs, so what only a property would give is not found.

#include <set>
#include <span>
#include <vector>

#include "cpython/frame/frames.hpp"
#include "cpython/object/heap.hpp"
#include "report/pystr.hpp"

namespace pyexc::cpython {

struct ObjectName {
  PyText path;  ///< "accounts_lock", "self._lock", "bank.LOCK", "locks['a']"; empty: not found
  PyText
      of;  ///< full name of the type whose instance has the attribute; empty if it is no attribute
};

class LockNames {
 public:
  explicit LockNames(Heap& heap) : heap_(heap) {}

  /// `frames`: innermost first; the first of them that has a name for it tells.
  [[nodiscard]] ObjectName find(RemoteAddr object, std::span<const FrameFacts> frames);
  /// The attribute of `owner` that is the object, "mutex" or "_cond._lock"; empty if there is none.
  [[nodiscard]] PyText attribute(RemoteAddr owner, RemoteAddr object);

 private:
  struct Place {
    RemoteAddr value;
    PyText path;
  };
  using Places = std::vector<Place>;

  [[nodiscard]] ObjectName find_in(RemoteAddr object, const FrameFacts& frame);
  [[nodiscard]] std::vector<std::string> names_of(const FrameFacts& frame);
  [[nodiscard]] RemoteAddr named(RemoteAddr value, std::string_view name);
  [[nodiscard]] ObjectName by_attribute(RemoteAddr object, const Place& place,
                                        const std::vector<std::string>& names, Places& further);
  [[nodiscard]] ObjectName by_any_attribute(RemoteAddr object, const Place& place);
  [[nodiscard]] ObjectName by_item(RemoteAddr object, const Place& place);
  [[nodiscard]] PyText type_name(RemoteAddr value);
  [[nodiscard]] bool spend() noexcept { return budget_ != 0 && budget_-- != 0; }

  Heap& heap_;
  std::size_t budget_ = 200'000;  ///< objects that are looked at, of all locks together
};

}  // namespace pyexc::cpython
