#include "render/lock_text.hpp"

#include <fmt/format.h>

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
std::string object_text(const Report& report, const Lock& lock) {
  if (lock.kind == "thread" && lock.holder)
    return "the end of " + thread_text(report, *lock.holder);
  if (lock.kind == "import")
    return lock.name.empty() ? "an import" : fmt::format("the import of '{}'", one_line(lock.name));
  std::string text = lock.kind == "thread" ? "the end of thread" : lock.kind;
  text += lock.name.empty() ? " without a name" : fmt::format(" '{}'", one_line(lock.name));
  if (!lock.of.empty()) text += " of " + one_line(lock.of);
  return fmt::format("{} ({})", text, one_line(lock.type));
}

std::string_view held(const Lock& lock) { return lock.kind == "import" ? "done by" : "held by"; }

}  // namespace

std::string thread_text(const Report& report, std::int64_t tid) {
  const Thread* thread = thread_of(report, tid);
  std::string text = fmt::format("thread {}", tid);
  if (thread != nullptr && thread->name) text += fmt::format(" \"{}\"", one_line(*thread->name));
  return text;
}

std::string lock_text(const Report& report, std::optional<LockId> id) {
  if (!id || !report.locks || *id >= report.locks->size()) return {};
  const Lock& lock = (*report.locks)[*id];
  std::string text = object_text(report, lock);
  if (lock.holder_gone) text += fmt::format(", {} a thread that has ended", held(lock));
  else if (lock.holder && lock.kind != "thread")
    text += fmt::format(", {} {}", held(lock), thread_text(report, *lock.holder));
  return text;
}

std::string deadlock_text(const Report& report, const Deadlock& deadlock) {
  std::string text;
  for (std::size_t i = 0; i < deadlock.threads.size(); ++i) {
    const Deadlock::Link& link = deadlock.threads[i];
    text +=
        fmt::format("  {} waits for {}{}\n", thread_text(report, link.tid),
                    lock_text(report, link.waits_for), i + 1 < deadlock.threads.size() ? "," : "");
  }
  return text;
}

}  // namespace pyexc::render
