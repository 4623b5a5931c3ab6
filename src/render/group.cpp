#include "render/group.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "render/lock_text.hpp"
#include "render/wait_text.hpp"

namespace pyexc::render {

namespace {

std::string_view formatted(const Report& report, ExceptionId id) {
  return id < report.exceptions.size() ? std::string_view(report.exceptions[id].formatted) : "";
}

bool same_text(const Report& report, ExceptionId a, ExceptionId b) {
  if (a == b) return true;
  if (a >= report.exceptions.size() || b >= report.exceptions.size()) return false;
  const Exception& left = report.exceptions[a];
  const Exception& right = report.exceptions[b];
  return left.formatted == right.formatted && left.unreadable == right.unreadable &&
         left.module == right.module && left.qualname == right.qualname;
}

/// One step of FNV-1a over whole words: good enough to find candidates, equality decides.
void mix(std::size_t& seed, std::size_t value) noexcept { seed = (seed ^ value) * 0x100000001b3U; }

std::size_t hash_of(const Report& report, const Thread& thread, bool with_stacks) {
  const std::hash<std::string_view> hash;
  std::size_t seed = thread.handling.size();
  for (const ExceptionId id : thread.handling) mix(seed, hash(formatted(report, id)));
  mix(seed, thread.raising ? hash(formatted(report, *thread.raising)) : 0);
  mix(seed, hash(thread.state.value_or("")));
  mix(seed, thread.waiting ? hash(wait_key(*thread.waiting)) : 0);
  mix(seed, hash(lock_text(report, thread.waits_for)));
  if (with_stacks) mix(seed, hash(thread.formatted_stack));
  return seed;
}

bool alike(const Report& report, const Thread& a, const Thread& b, bool with_stacks) {
  const auto same = [&](ExceptionId x, ExceptionId y) { return same_text(report, x, y); };
  if (a.state != b.state || a.gil != b.gil || a.stopped != b.stopped || a.got_signal != b.got_signal) return false;
  if (a.movement.has_value() != b.movement.has_value()) return false;
  if (a.movement && (a.movement->moved() != b.movement->moved() || a.movement->looks != b.movement->looks)) return false;
  if (a.waiting.has_value() != b.waiting.has_value()) return false;
  if (a.waiting && wait_key(*a.waiting) != wait_key(*b.waiting)) return false;
  if (a.waits_for != b.waits_for && lock_text(report, a.waits_for) != lock_text(report, b.waits_for)) return false;
  if (a.raising.has_value() != b.raising.has_value()) return false;
  if (a.raising && !same(*a.raising, *b.raising)) return false;
  if (!std::ranges::equal(a.handling, b.handling, same)) return false;
  return !with_stacks ||
         (a.stack_unreadable == b.stack_unreadable && a.stack_left_out == b.stack_left_out &&
          a.formatted_stack == b.formatted_stack);
}

int rank(const ThreadGroup& group) {
  const Thread& thread = *group.threads.front();
  return thread.got_signal || !thread.handling.empty() ? 0 : thread.raising ? 1 : thread.gil == "holding" ? 2 : 3;
}

}  // namespace

std::vector<ThreadGroup> group_threads(const Report& report, bool with_stacks) {
  std::vector<ThreadGroup> groups;
  std::unordered_multimap<std::size_t, std::size_t> by_hash;
  const auto find = [&](std::size_t hash, std::int64_t interpreter, const Thread& thread) {
    const auto [first, last] = by_hash.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      ThreadGroup& group = groups[it->second];
      if (group.interpreter == interpreter &&
          alike(report, *group.threads.front(), thread, with_stacks))
        return &group;
    }
    return static_cast<ThreadGroup*>(nullptr);
  };
  for (const Interpreter& interpreter : report.interpreters) {
    for (const Thread& thread : interpreter.threads) {
      const std::size_t hash = hash_of(report, thread, with_stacks);
      if (ThreadGroup* group = find(hash, interpreter.id, thread)) {
        group->threads.push_back(&thread);
      } else {
        by_hash.emplace(hash, groups.size());
        groups.push_back({interpreter.id, {&thread}});
      }
    }
  }
  std::ranges::stable_sort(groups, {}, rank);
  return groups;
}

}  // namespace pyexc::render
