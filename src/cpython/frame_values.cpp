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
constexpr std::size_t max_name = 1024;  // characters of a variable's name

ReprLimits repr_limits(const ValueLimits& limits) {
  return {.max_text = limits.max_text,
          .max_depth = limits.max_depth,
          .max_string = limits.max_string,
          .max_items = limits.max_items,
          .max_attributes = limits.max_attributes};
}

/// One frame may be an entry of several tracebacks and of a stack: its variables are the same in all.
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
    std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.rank < b.rank; });
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
  const auto count = static_cast<std::size_t>(
      std::count_if(threads_.begin(), threads_.end(), [](const auto& jobs) { return !jobs.empty(); }));
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
  const ReprLimits limits = repr_limits(limits_);
  std::size_t text_size = 0;
  // All names before the first value: one value may take the whole share.
  std::vector<Result<StrValue>> names;
  names.reserve(variables.items.size());
  for (const Variable& variable : variables.items) names.push_back(heap_.str(variable.name, max_name));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Variable& variable = variables.items[i];
    auto& name = names[i];
    if (!name) {
      // A name that is no str stands in no sorted() list beside others.
      out.exact = false;
      continue;
    }
    ValueKind kind = kind_of(heap_, variable.value);
    const bool room = text_size < allowed;
    ValueText text = room ? repr(heap_, variable.value, limits) : ValueText{std::string(not_shown), false};
    if (heap_.capturing()) continue;
    if (room && text_size + text.text.size() > allowed) text = {std::string(not_shown), false};
    if (text.text == not_shown) text_size = allowed;
    else text_size += text.text.size();
    if (name->left_out != 0) out.exact = false;
    Value value;
    value.name = std::move(name->text);
    value.type = std::move(kind.type);
    value.length = kind.length;
    value.repr = std::move(text);
    out.values.push_back(std::move(value));
  }
  return out;
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
  auto& stack = report_.interpreters[place.owner].threads[place.thread].stack;
  return place.frame < stack.size() ? &stack[place.frame] : nullptr;
}

void FrameValues::decode() {
  const PageCache::Optional optional(heap_.memory(), 0);
  const auto count = static_cast<std::size_t>(
      std::count_if(threads_.begin(), threads_.end(), [](const auto& jobs) { return !jobs.empty(); }));
  if (count == 0) return;
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
  note_left_out();
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
      for (const Value& value : *frame->locals) not_shown_count += value.repr.text == not_shown ? 1 : 0;
    }
  if (not_shown_count != 0)
    report_.problems.push_back({std::string(errc_name(Errc::limit)), "variables",
                                fmt::format("{} values are not shown: all texts together would be longer than {} MiB",
                                            not_shown_count, limits_.max_all_text() >> 20)});
  const auto& failures = heap_.memory().optional_failures();
  if (failures.left_out != 0)
    report_.problems.push_back({std::string(errc_name(Errc::limit)), "variables",
                                fmt::format("{} reads were left out: the values take more than {} MiB of memory, or the "
                                            "freeze ended before",
                                            failures.left_out, limits_.max_bytes >> 20)});
  if (failures.unmapped != 0)
    report_.problems.push_back({std::string(errc_name(Errc::unmapped)), "variables",
                                fmt::format("{} reads of their memory failed", failures.unmapped)});
}

}  // namespace pyexc::cpython
