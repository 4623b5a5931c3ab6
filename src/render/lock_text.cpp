#include "render/lock_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/escape.hpp"

namespace pyexc::render {

namespace {

const Thread* thread_of(const Report& report, std::int64_t tid) {
  for (const Interpreter& interpreter : report.interpreters)
    for (const Thread& thread : interpreter.threads)
      if (thread.tid == tid) return &thread;
  return nullptr;
}

/// Without the holder.
std::string object_text(const Report& report, const Lock& lock, bool with_address) {
  if (lock.kind == "thread" && lock.holder)
    return "the end of " + thread_text(report, *lock.holder);
  if (lock.kind == "import")
    return lock.name.empty() ? "an import" : fmt::format("the import of '{}'", one_line(lock.name));
  std::string text = lock.kind == "thread" ? "the end of thread" : lock.kind;
  text += lock.name.empty() ? " without a name" : fmt::format(" '{}'", one_line(lock.name));
  if (!lock.of.empty()) text += " of " + one_line(lock.of);
  return fmt::format("{} ({}{})", text, one_line(lock.type), with_address ? fmt::format(" at {:#x}", lock.address) : "");
}

std::string_view held(const Lock& lock) { return lock.kind == "import" ? "done by" : "held by"; }

std::string text_of(const Report& report, std::optional<LockId> id, bool with_address) {
  if (!id || !report.locks || *id >= report.locks->size()) return {};
  const Lock& lock = (*report.locks)[*id];
  std::string text = object_text(report, lock, with_address);
  if (lock.holder_gone) text += fmt::format(", {} a thread that has ended", held(lock));
  else if (lock.holder && lock.kind != "thread")
    text += fmt::format(", {} {}", held(lock), thread_text(report, *lock.holder));
  return text;
}

/// Two locks of a circle that go by one name, each in the eyes of its own waiter, are told apart by their addresses.
bool has_namesake(const Report& report, const Deadlock& deadlock, const Lock& lock) {
  return std::ranges::any_of(deadlock.threads, [&](const Deadlock::Link& link) {
    if (link.waits_for >= report.locks->size()) return false;
    const Lock& other = (*report.locks)[link.waits_for];
    return other.address != lock.address && other.name == lock.name && other.of == lock.of;
  });
}

}  // namespace

std::string thread_text(const Report& report, std::int64_t tid) {
  const Thread* thread = thread_of(report, tid);
  std::string text = fmt::format("thread {}", tid);
  if (thread != nullptr && thread->name) text += fmt::format(" \"{}\"", one_line(*thread->name));
  return text;
}

std::string lock_text(const Report& report, std::optional<LockId> id) { return text_of(report, id, false); }

std::string deadlock_text(const Report& report, const Deadlock& deadlock) {
  std::string text;
  for (std::size_t i = 0; i < deadlock.threads.size(); ++i) {
    const Deadlock::Link& link = deadlock.threads[i];
    const bool tell_apart = report.locks && link.waits_for < report.locks->size() &&
                            has_namesake(report, deadlock, (*report.locks)[link.waits_for]);
    text += fmt::format("  {} waits for {}{}\n", thread_text(report, link.tid), text_of(report, link.waits_for, tell_apart),
                        i + 1 < deadlock.threads.size() ? "," : "");
  }
  return text;
}

}  // namespace pyexc::render
