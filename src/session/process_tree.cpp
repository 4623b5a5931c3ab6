#include "session/process_tree.hpp"

#include <unistd.h>

#include <algorithm>

#include "host/process.hpp"
#include "redact/redact.hpp"

namespace pyexc {

namespace {
constexpr std::size_t max_processes = 10'000;
constexpr std::size_t max_depth = 100;
}  // namespace

Result<std::vector<Child>> processes_below(std::int64_t pid, const AttachOptions& options) {
  PYEXC_TRY(const auto rules, redact::Rules::make(options.redaction));
  Report listing;  // only to have it masked like a report
  auto& found = listing.target.children.emplace();
  struct Entry {
    std::int64_t pid, parent;
    std::size_t depth;
  };
  std::vector<Entry> left;
  const auto push_children = [&](std::int64_t parent, std::size_t depth) {
    if (depth >= max_depth) return;
    const auto children = host::children_of(parent);
    for (auto child = children.rbegin(); child != children.rend(); ++child) left.push_back({*child, parent, depth});
  };
  push_children(pid, 0);
  while (!left.empty() && found.size() < max_processes) {
    const Entry next = left.back();
    left.pop_back();
    // A pid may be given again while this is read.
    const bool known = std::ranges::any_of(found, [&](const Child& child) { return child.pid == next.pid; });
    if (known || next.pid == pid || next.pid == ::getpid()) continue;
    Child child;
    child.pid = next.pid;
    child.parent = next.parent;
    child.command_line = host::command_line_of(next.pid);
    if (child.command_line.empty())
      if (auto comm = host::comm_of(next.pid)) child.command_line.push_back(*std::move(comm));
    found.push_back(std::move(child));
    push_children(next.pid, next.depth + 1);
  }
  if (options.redact) listing = redact::redact(std::move(listing), rules);
  return std::move(*listing.target.children);
}

}  // namespace pyexc
