#include "cpython/suspended.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_suspended = 1'000;
constexpr std::size_t max_frames = 50'000;  // of all of them

}  // namespace

void SuspendedReader::add_stack(const std::vector<FrameFacts>& frames, std::int64_t tid) {
  const std::uint32_t holder = reach_.add_holder(heap_.capturing() ? PyText() : fmt::format("thread {}", tid));
  for (const FrameFacts& frame : frames) reach_.add_root(frame, holder);
}

void SuspendedReader::add_tasks() {
  for (const TaskReader::Link& link : tasks_.links()) {
    reach_.exclude(link.generator);
    if (!link.frame) continue;
    PyText holder;
    if (!heap_.capturing()) {
      const Task& task = (*report_.tasks)[link.task];
      holder = task.name.empty() ? fmt::format("the task at {:#x}", task.address) : fmt::format("task \"{}\"", task.name);
    }
    reach_.add_root(*link.frame, reach_.add_holder(std::move(holder)));
  }
}

bool SuspendedReader::handles(RemoteAddr generator) {
  const auto chain = generators_.chain(generator);
  if (!chain || chain->links.empty() || chain->links.front().state != GeneratorFacts::State::suspended) return false;
  return std::any_of(chain->links.begin(), chain->links.end(), [](const GeneratorFacts& link) { return link.handling; });
}

bool SuspendedReader::wanted(RemoteAddr object, ReachKind kind) {
  return kind == ReachKind::generator && handles(object);
}

Result<void> SuspendedReader::read_suspended(const GeneratorReader::Chain& chain, Suspended& out, std::size_t number) {
  PYEXC_TRY(const auto qualname, heap_.pointer(chain.links.front().address, heap_.layout().gen.gi_qualname));
  PYEXC_TRY(out.qualname, heap_.text(qualname));
  out.stack_cut = chain.cut;
  for (const GeneratorFacts& link : chain.links) {
    if (!link.frame) continue;
    const auto code = codes_.read(link.frame->code);
    if (!code || frames_ >= max_frames) {
      out.stack_cut = true;
      break;
    }
    ++frames_;
    if (values_ != nullptr)
      values_->add(owner_, 2, *link.frame, {FrameValues::Place::Where::suspended, number, 0, out.stack.size()});
    if (heap_.capturing()) {
      exceptions_.touch_entry(*link.frame, **code);
      out.stack.emplace_back();
    } else {
      out.stack.push_back(exceptions_.entry(*link.frame, **code, false));
    }
  }
  for (auto link = chain.links.rbegin(); link != chain.links.rend(); ++link)
    if (link->handling) out.handling.push_back(exceptions_.add(*link->handling, owner_));
  return {};
}

void SuspendedReader::add_suspended(const Reach::Find& find, std::int64_t interpreter) {
  const auto chain = generators_.chain(find.object);
  if (!chain || chain->links.empty()) return;
  Suspended out;
  out.address = find.object.value();
  out.interpreter = interpreter;
  if (const auto type = heap_.type_info_of(find.object)) out.kind = (*type)->tp_name;
  if (auto outcome = read_suspended(*chain, out, report_.suspended->size()); !outcome)
    report_.problems.push_back({std::string(errc_name(outcome.error().code)),
                                fmt::format("{} at {:#x}", out.kind, out.address), outcome.error().message()});
  out.found_in = reach_.describe(find);
  report_.suspended->push_back(std::move(out));
}

void SuspendedReader::read(const InterpreterState& interpreter, std::size_t owner) {
  owner_ = owner;
  if (!report_.suspended) report_.suspended.emplace();
  add_tasks();
  const auto finds = reach_.run([this](RemoteAddr object, ReachKind kind) { return wanted(object, kind); });
  // What another one delegates to is a part of that one's stack.
  std::unordered_set<std::uint64_t> inner;
  for (const Reach::Find& find : finds) {
    if (find.kind != ReachKind::generator) continue;
    if (const auto chain = generators_.chain(find.object))
      for (std::size_t i = 1; i < chain->links.size(); ++i) inner.insert(chain->links[i].address.value());
  }
  for (const Reach::Find& find : finds) {
    if (find.kind != ReachKind::generator || inner.contains(find.object.value())) continue;
    if (report_.suspended->size() >= max_suspended) {
      heap_.reached().cut = true;
      break;
    }
    add_suspended(find, interpreter.id);
  }
  report_.search_cut = reach_.cut();
}

}  // namespace pyexc::cpython
