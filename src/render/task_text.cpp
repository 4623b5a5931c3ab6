#include "render/task_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "render/escape.hpp"
#include "render/names.hpp"
#include "render/wait_text.hpp"

namespace pyexc::render {

namespace {

constexpr std::size_t max_named = 5;   // tasks named in one line
constexpr std::size_t max_depth = 50;  // of the tree

std::string name_of(const Task& task) {
  return task.name.empty() ? fmt::format("at {:#x}", task.address) : fmt::format("\"{}\"", one_line(task.name));
}

std::string named(const Report& report, const std::vector<TaskId>& ids) {
  std::string text;
  for (std::size_t i = 0; i < ids.size() && i < max_named; ++i)
    text += (i == 0 ? "" : ", ") + name_of((*report.tasks)[ids[i]]);
  if (ids.size() > max_named) text += fmt::format(" and {} more", ids.size() - max_named);
  return text;
}

}  // namespace

bool busy(const Task& task) { return !task.handling.empty() || task.exception.has_value(); }

std::string task_line(const Report& report, TaskId id) {
  const Task& task = (*report.tasks)[id];
  std::string text = fmt::format("Task {}", name_of(task));
  if (task.tid) text += fmt::format(" of thread {}", *task.tid);
  text += ": " + (task.running ? "running" : task.state.empty() ? "unreadable" : task.state);
  if (!task.coroutine.empty()) text += fmt::format(" in {}()", one_line(task.coroutine));
  if (!task.waits_for.empty()) text += ", waits for " + named(report, task.waits_for);
  else if (!task.waits_at.empty()) text += ", waits at " + one_line(task.waits_at);
  else if (!task.awaiting.empty()) text += ", waits for " + one_line(task.awaiting);
  if (!task.awaited_by.empty()) text += ", awaited by " + named(report, task.awaited_by);
  if (!task.handling.empty() && task.handling.front() < report.exceptions.size())
    text += ", handling " + one_line(type_name(report.exceptions[task.handling.front()]));
  if (task.exception && *task.exception < report.exceptions.size())
    text += fmt::format(", ended with {}, which nobody has fetched", one_line(type_name(report.exceptions[*task.exception])));
  if (task.movement) text += "; " + movement_text(*task.movement);
  return text;
}

std::string suspended_line(const Report& report, const Suspended& suspended) {
  std::string kind = one_line(suspended.kind);
  std::replace(kind.begin(), kind.end(), '_', ' ');
  std::string text = fmt::format("Suspended: {} {}, {}", kind, one_line(suspended.qualname), one_line(suspended.found_in));
  if (!suspended.handling.empty() && suspended.handling.front() < report.exceptions.size())
    text += ", handling " + one_line(type_name(report.exceptions[suspended.handling.front()]));
  return text;
}

std::string task_tree(const Report& report) {
  const auto& tasks = *report.tasks;
  std::string out;
  std::vector<bool> written(tasks.size(), false);
  struct Entry {
    TaskId id;
    std::size_t depth;
  };
  const auto draw = [&](TaskId root) {
    std::vector<Entry> left = {{root, 0}};
    while (!left.empty()) {
      const Entry entry = left.back();
      left.pop_back();
      out.append(2 * entry.depth, ' ').append(task_line(report, entry.id));
      if (written[entry.id]) {
        out += " (above)\n";
        continue;
      }
      out += '\n';
      written[entry.id] = true;
      if (entry.depth >= max_depth) continue;
      const auto& below = tasks[entry.id].waits_for;
      for (auto child = below.rbegin(); child != below.rend(); ++child) left.push_back({*child, entry.depth + 1});
    }
  };
  for (TaskId id = 0; id < tasks.size(); ++id)
    if (tasks[id].awaited_by.empty()) draw(id);
  // What is left waits for itself, in a ring.
  for (TaskId id = 0; id < tasks.size(); ++id)
    if (!written[id]) draw(id);
  return out;
}

}  // namespace pyexc::render
