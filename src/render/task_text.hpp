#pragma once
// The tasks of asyncio in the text format: those that handle something with all there is to say, the others
// counted, listed or drawn as a tree of who waits for whom.

#include <string>

#include "render/render.hpp"
#include "report/report.hpp"

namespace pyexc::render {

/// Does the task handle an exception, or has it ended with one that nobody has fetched?
[[nodiscard]] bool busy(const Task& task);

/// "Task "Task-2": pending, in fetch(), waits for <Future pending>", without a newline.
[[nodiscard]] std::string task_line(const Report& report, TaskId id);

/// Who waits for whom, a line each, ending with a newline. Tasks that nobody waits for come first; one that was
/// written before is not opened again.
[[nodiscard]] std::string task_tree(const Report& report);

/// "Suspended generator rows, variable self.rows of f in thread 12, handling KeyError"
[[nodiscard]] std::string suspended_line(const Report& report, const Suspended& suspended);

}  // namespace pyexc::render
