#include "session/movement.hpp"

#include <functional>
#include <string_view>

namespace pyexc {

namespace {

class Place {
 public:
  explicit Place(const Report& report) : report_(report) {}

  void add(std::string_view text) { add(std::hash<std::string_view>{}(text)); }
  void add(std::size_t value) { value_ = (value_ ^ value) * 0x9E3779B97F4A7C15U + 1; }

  void add(const std::vector<Frame>& stack) {
    for (const Frame& frame : stack) {
      add(frame.file);
      add(frame.qualname);
      add(static_cast<std::size_t>(frame.line.value_or(0)));
      add(static_cast<std::size_t>(frame.lasti));
    }
    add(stack.size());
  }

  /// The object and its text: memory is used again, and often for the same kind of exception.
  void add(const std::vector<ExceptionId>& exceptions) {
    for (const ExceptionId id : exceptions) {
      if (id >= report_.exceptions.size()) continue;
      const Exception& exception = report_.exceptions[id];
      add(static_cast<std::size_t>(exception.address));
      add(exception.qualname);
      add(exception.message.text);
      add(exception.frames);
    }
    add(exceptions.size());
  }

  [[nodiscard]] std::size_t value() const { return value_; }

 private:
  const Report& report_;
  std::size_t value_ = 0;
};

std::size_t place_of(const Report& report, const Thread& thread) {
  Place place(report);
  place.add(thread.stack);
  place.add(thread.handling);
  if (thread.raising) place.add(std::vector{*thread.raising});
  return place.value();
}

std::size_t place_of(const Report& report, const Task& task) {
  Place place(report);
  place.add(task.stack);
  place.add(task.handling);
  place.add(task.state);
  place.add(task.awaiting);
  if (task.exception) place.add(std::vector{*task.exception});
  return place.value();
}

}  // namespace

void Looks::see(Seen& seen, std::size_t place, std::int64_t at_us, std::optional<std::int64_t> cpu_ms) {
  if (seen.looks++ == 0) {
    seen.first_us = at_us;
    seen.first_cpu_ms = cpu_ms.value_or(-1);
  }
  seen.last_us = at_us;
  seen.last_cpu_ms = cpu_ms.value_or(-1);
  seen.places.insert(place);
}

void Looks::add(const Report& report) {
  for (const Interpreter& interpreter : report.interpreters)
    for (const Thread& thread : interpreter.threads)
      see(threads_[{thread.tid, thread.ident.value_or(0)}], place_of(report, thread), report.captured_at_us, thread.cpu_ms);
  if (!report.tasks) return;
  for (const Task& task : *report.tasks)
    see(tasks_[{task.interpreter, task.address}], place_of(report, task), report.captured_at_us, std::nullopt);
}

void Looks::tell(Report& last) const {
  const auto movement = [](const Seen& seen) {
    Movement out;
    out.looks = seen.looks;
    out.over_ms = (seen.last_us - seen.first_us + 500) / 1000;
    out.places = static_cast<std::int64_t>(seen.places.size());
    if (seen.first_cpu_ms >= 0 && seen.last_cpu_ms >= 0) out.cpu_ms = seen.last_cpu_ms - seen.first_cpu_ms;
    return out;
  };
  for (Interpreter& interpreter : last.interpreters)
    for (Thread& thread : interpreter.threads)
      if (const auto seen = threads_.find({thread.tid, thread.ident.value_or(0)}); seen != threads_.end())
        thread.movement = movement(seen->second);
  if (!last.tasks) return;
  for (Task& task : *last.tasks)
    if (const auto seen = tasks_.find({task.interpreter, task.address}); seen != tasks_.end())
      task.movement = movement(seen->second);
}

}  // namespace pyexc
