#include "cpython/frame_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cpython/locals.hpp"
#include "cpython/value/printer.hpp"
#include "cpython/value/repr.hpp"
#include "report/problem_codes.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::string_view not_shown = "<not shown>";
constexpr std::string_view repr_failed = "<local repr() failed>";
constexpr std::size_t max_name = 1024;                  // characters of a variable's name
constexpr std::size_t max_remembered = 1U << 16;        // values
constexpr std::size_t max_remembered_text = 16U << 20;  // bytes of all their texts together

ReprLimits repr_limits(const ValueLimits& limits) {
  return {.max_text = limits.max_text,
          .max_depth = limits.max_depth,
          .max_string = limits.max_string,
          .max_items = limits.max_items,
          .max_attributes = limits.max_attributes};
}

/// One frame may be an entry of several tracebacks and of a stack: its variables are the same in
/// all.
std::uint64_t identity(const FrameFacts& facts) {
  return facts.iframe.null() ? facts.frame_object.value() : facts.iframe.value();
}

}  // namespace

void FrameValues::add(std::size_t thread, int rank, const FrameFacts& facts, const Place& place) {
  if (threads_.size() <= thread) threads_.resize(thread + 1);
  threads_[thread].push_back({rank, facts, place, interpreter_});
}

void FrameValues::run() {
  for (auto& jobs : threads_)
    std::stable_sort(jobs.begin(), jobs.end(),
                     [](const Job& a, const Job& b) { return a.rank < b.rank; });
  if (heap_.capturing()) capture();
  else decode();
}

void FrameValues::touch(const Job& job) {
  heap_.set_interpreter(job.interpreter);
  (void)read(job, SIZE_MAX);
}

void FrameValues::capture() {
  const std::size_t total = limits_.max_bytes / page_size;
  std::size_t left = total;
  PageCache::Optional optional(heap_.memory(), 0);
  const auto count = static_cast<std::size_t>(std::count_if(
      threads_.begin(), threads_.end(), [](const auto& jobs) { return !jobs.empty(); }));
  if (count == 0) return;
  std::size_t longest = 0;
  for (const auto& jobs : threads_) longest = std::max(longest, jobs.size());
  std::vector<std::size_t> used(threads_.size(), 0);
  const auto turn = [&](std::size_t thread, Job& job, std::size_t allowed) {
    const std::size_t refused = heap_.memory().optional_failures().left_out;
    optional.allow(allowed);
    touch(job);
    // A share is spent when something was refused, whatever is left of it.
    const bool cut = heap_.memory().optional_failures().left_out != refused;
    const std::size_t spent = allowed - std::min(allowed, optional.left());
    used[thread] += spent;
    left -= std::min(left, spent);
    job.done = !cut;
  };
  const std::size_t share = total / count;
  for (std::size_t frame = 0; frame < longest; ++frame)
    for (std::size_t thread = 0; thread < threads_.size(); ++thread)
      if (frame < threads_[thread].size() && used[thread] < share)
        turn(thread, threads_[thread][frame], share - used[thread]);
  for (std::size_t frame = 0; frame < longest && left > 0; ++frame)
    for (std::size_t thread = 0; thread < threads_.size() && left > 0; ++thread)
      if (frame < threads_[thread].size() && !threads_[thread][frame].done)
        turn(thread, threads_[thread][frame], left);
}

Result<FrameValues::Variables> FrameValues::read(const Job& job, std::size_t allowed) {
  PYEXC_TRY(const auto variables, read_locals(heap_, job.facts));
  Variables out;
  out.exact = variables.exact;
  std::size_t text_size = 0;
  // All names before the first value: one value may take the whole share.
  std::vector<Name> names;
  names.reserve(variables.items.size());
  for (const Variable& variable : variables.items) names.push_back(name_of(variable.name));
  if (heap_.capturing()) {
    for (const Variable& variable : variables.items) touch_value(variable.value);
    return out;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.exact = out.exact && names[i].exact;
    Value value;
    value.name = std::move(names[i].text);
    if (text_size >= allowed) {
      ValueKind kind = kind_of(heap_, variables.items[i].value);
      value.type = std::move(kind.type);
      value.length = kind.length;
      value.repr = {std::string(not_shown), false};
    } else {
      // Where repr() raises and that is not caught, nothing at all is printed.
      if (!read_value(variables.items[i].value, value) && !heap_.layout().text.local_repr_may_fail)
        out.exact = false;
      if (value.repr.text.size() > allowed - text_size)
        value.repr = {std::string(not_shown), false};
      text_size = value.repr.text == not_shown ? allowed : text_size + value.repr.text.size();
    }
    out.values.push_back(std::move(value));
  }
  return out;
}

/// A name that is no str, in a namespace for exec(): `sorted()` compares it with others, which may
/// raise an exception, and its own code says how it is written.
FrameValues::Name FrameValues::name_of(RemoteAddr object) {
  if (!heap_.has_flag(object, type_flags::str_subclass))
    return {repr(heap_, object, repr_limits(limits_)).text, false};
  auto name = heap_.str(object, max_name);
  if (!name) return {"<unreadable>", false};
  return {std::move(name->text), name->left_out == 0 && heap_.is_exactly(object, "str")};
}

void FrameValues::touch_value(RemoteAddr object) {
  const auto key = std::pair(heap_.interpreter().value(), object.value());
  if (touched_.contains(key)) return;
  const std::size_t refused = heap_.memory().optional_failures().left_out;
  (void)kind_of(heap_, object);
  (void)repr(heap_, object, repr_limits(limits_));
  // What had too little room may be tried again with another share.
  if (heap_.memory().optional_failures().left_out == refused && touched_.size() < max_remembered)
    touched_.insert(key);
}

bool FrameValues::read_value(RemoteAddr object, Value& to) {
  const auto key = std::pair(heap_.interpreter().value(), object.value());
  const auto known = remembered_.find(key);
  if (known != remembered_.end()) {
    to.type = known->second.kind.type;
    to.length = known->second.kind.length;
    to.repr = known->second.text;
    return !known->second.failed;
  }
  ReprLimits limits = repr_limits(limits_);
  if (!rewritten_.empty()) limits.rewritten = &rewritten_;
  Remembered value{kind_of(heap_, object), {}};
  value.text = repr(heap_, object, limits, &value.failed);
  if (value.failed)
    value.text = {std::string(repr_failed), heap_.layout().text.local_repr_may_fail};
  to.type = value.kind.type;
  to.length = value.kind.length;
  to.repr = value.text;
  const bool failed = value.failed;
  remembered_text_ += value.text.text.size();
  if (remembered_.size() < max_remembered && remembered_text_ < max_remembered_text)
    remembered_.emplace(key, std::move(value));
  return !failed;
}

Frame* FrameValues::frame_at(const Place& place) {
  if (place.where == Place::Where::exception) {
    auto& frames = report_.exceptions[place.owner].frames;
    return place.frame < frames.size() ? &frames[place.frame] : nullptr;
  }
  if (place.where == Place::Where::task) {
    auto& frames = (*report_.tasks)[place.owner].stack;
    return place.frame < frames.size() ? &frames[place.frame] : nullptr;
  }
  if (place.where == Place::Where::suspended) {
    auto& frames = (*report_.suspended)[place.owner].stack;
    return place.frame < frames.size() ? &frames[place.frame] : nullptr;
  }
  auto& stack = report_.interpreters[place.owner].threads[place.thread].stack;
  return place.frame < stack.size() ? &stack[place.frame] : nullptr;
}

void FrameValues::decode() {
  const PageCache::Optional optional(heap_.memory(), 0);
  const auto count = static_cast<std::size_t>(std::count_if(
      threads_.begin(), threads_.end(), [](const auto& jobs) { return !jobs.empty(); }));
  if (count == 0) return;
  find_rewritten();
  // Texts have shares as memory has: what one thread does not use, others may.
  std::size_t left = limits_.max_all_text();
  const std::size_t share = left / count;
  std::vector<std::size_t> used(threads_.size(), 0);
  for (std::size_t thread = 0; thread < threads_.size(); ++thread)
    for (Job& job : threads_[thread]) used[thread] += show(job, share - used[thread]);
  for (const std::size_t spent : used) left -= spent;
  for (auto& jobs : threads_)
    for (Job& job : jobs) {
      if (job.done) continue;
      known_.erase(identity(job.facts));
      left += job.text;
      left -= show(job, left);
    }
  known_.clear();
  remembered_.clear();
  note_left_out();
}

/// A variable may hold what locals() has returned, which frame.f_locals would bring up to date.
void FrameValues::find_rewritten() {
  if (heap_.layout().frame_object.f_extra_locals.has()) return;
  std::set<Object> seen;
  for (const auto& jobs : threads_)
    for (const Job& job : jobs) {
      const Object frame(job.interpreter.value(), identity(job.facts));
      if (job.facts.locals.null() || !seen.insert(frame).second) continue;
      heap_.set_interpreter(job.interpreter);
      const auto variables = read_locals(heap_, job.facts);
      if (variables && !variables->rewritten.null()) rewritten_.insert(variables->rewritten);
    }
}

std::size_t FrameValues::show(Job& job, std::size_t allowed) {
  Frame* frame = frame_at(job.place);
  job.done = true;
  job.text = 0;
  if (frame == nullptr) return 0;
  heap_.set_interpreter(job.interpreter);
  auto found = known_.find(identity(job.facts));
  if (found == known_.end()) {
    auto variables = read(job, allowed);
    if (!variables) {
      report_.problems.push_back({std::string(errc_name(variables.error().code)),
                                  "variables of " + frame->function, variables.error().message()});
      variables = Variables{{}, false};
    }
    found = known_.emplace(identity(job.facts), std::move(*variables)).first;
  }
  frame->locals = found->second.values;
  frame->locals_exact = found->second.exact;
  for (Value& value : *frame->locals) {
    if (job.text + value.repr.text.size() > allowed) value.repr = {std::string(not_shown), false};
    if (value.repr.text == not_shown) job.done = false;
    job.text += value.repr.text.size();
  }
  job.text = std::min(job.text, allowed);
  return job.text;
}

void FrameValues::note_left_out() {
  std::size_t not_shown_count = 0;
  for (const auto& jobs : threads_)
    for (const Job& job : jobs) {
      const Frame* frame = job.done ? nullptr : frame_at(job.place);
      if (frame == nullptr) continue;
      for (const Value& value : *frame->locals)
        not_shown_count += value.repr.text == not_shown ? 1 : 0;
    }
  if (not_shown_count != 0)
    report_.problems.push_back(
        {std::string(errc_name(Errc::limit)), "variables",
         fmt::format("{} values are not shown: all texts together would be longer than {} MiB",
                     not_shown_count, limits_.max_all_text() >> 20)});
  const auto& failures = heap_.memory().optional_failures();
  if (failures.left_out != 0)
    report_.problems.push_back(
        {std::string(errc_name(Errc::limit)), "variables",
         fmt::format("{} reads were left out: the values take more than {} MiB of memory, or the "
                     "freeze ended before",
                     failures.left_out, limits_.max_bytes >> 20)});
  if (failures.unmapped != 0)
    report_.problems.push_back({std::string(errc_name(Errc::unmapped)), "variables",
                                fmt::format("{} reads of their memory failed", failures.unmapped)});
}

}  // namespace pyexc::cpython
