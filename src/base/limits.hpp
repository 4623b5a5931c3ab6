#pragma once
// Limits are data, passed down; each one hit is visible in the report. Numbers of the target are
// compared with these before they size or bound anything.

#include <cstddef>
#include <cstdint>

namespace pyexc {

struct Limits {
  std::size_t max_interpreters = 1'000;
  std::size_t max_threads = 100'000;          ///< thread states in one process
  std::size_t max_stack_frames = 20'000;      ///< interpreter frames of one thread
  std::size_t max_traceback_entries = 20'000; ///< entries of one traceback
  std::size_t max_exceptions = 20'000;        ///< exception objects in one report
  std::size_t max_tasks = 100'000;            ///< asyncio tasks of one process
  std::size_t max_exc_items = 2'000;          ///< exc_info items of one thread
  std::size_t max_string = 1U << 20;          ///< code points of one str; bytes of one bytes
  std::size_t max_items = 1U << 16;           ///< items of one container
  std::size_t max_dict_entries = 1U << 20;    ///< slots looked at in one dict
  std::size_t max_depth = 200;                ///< nesting of values
  std::size_t max_repr = 1U << 20;            ///< bytes of one repr
  std::size_t max_pages = 64U << 10;          ///< pages kept of one process (256 MiB)
};

/// How much is shown of the value of a variable (--locals).
struct ValueLimits {
  std::size_t max_string = 1'000;     ///< characters of a str, bytes of a bytes object
  std::size_t max_items = 100;        ///< items of one container
  std::size_t max_depth = 8;          ///< values inside values
  std::size_t max_attributes = 20;    ///< of one object that is shown by its attributes
  std::size_t max_text = 1U << 14;    ///< bytes of one value's text
  std::size_t max_bytes = 32U << 20;  ///< memory read for all values of the process together
  /// Bytes of all values' texts together; they are kept and written several times over.
  [[nodiscard]] constexpr std::size_t max_all_text() const noexcept { return max_bytes / 2; }

  /// --full: only what keeps the tool itself within bounds.
  [[nodiscard]] static constexpr ValueLimits full() noexcept {
    constexpr Limits all;
    return {all.max_string, all.max_items, all.max_depth, all.max_items, all.max_repr, 64U << 20};
  }
};

}  // namespace pyexc
