#pragma once
// A finished Report becomes bytes. One function per format, no other room knows how a report looks.

#include <string>

#include "report/report.hpp"

namespace pyexc::render {

/// Which tasks of asyncio are written out.
enum class TaskView : std::uint8_t {
  busy,  ///< those that handle an exception or have ended with one; the others are counted
  all,
  tree,  ///< those, and behind them who waits for whom
};

struct TextOptions {
  bool color = false;
  TaskView tasks = TaskView::busy;
  bool exceptions_only = false;  ///< no stacks, and no thread that has nothing but a stack
};

/// For people. Ends with a newline.
[[nodiscard]] std::string text(const Report& report, const TextOptions& options = {});

/// Schema pyexc.report/1 (docs/report.schema.json): one object on one line that ends with a
/// newline.
[[nodiscard]] std::string json(const Report& report);

}  // namespace pyexc::render
