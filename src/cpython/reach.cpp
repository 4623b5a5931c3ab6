#include "cpython/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/value/deque.hpp"
#include "cpython/value/repr.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::int8_t max_depth = 2;          // containers inside containers
constexpr std::size_t max_looked_at = 300'000;  // objects
constexpr std::size_t max_items = 1'000;        // of one container
constexpr std::size_t max_pages = 4'096;        // read by the search
constexpr std::size_t spare_pages = 64;         // left for whatever has been begun
constexpr std::size_t max_name = 200;           // characters of a name or a key
constexpr std::size_t max_steps = 20;           // that are written out
// BaseEventLoop, Lib/asyncio/base_events.py
constexpr std::string_view queues[] = {"_ready", "_scheduled"};

std::uint64_t identity(const FrameFacts& frame) {
  return frame.iframe.null() ? frame.frame_object.value() : frame.iframe.value();
}

}  // namespace

std::uint32_t Reach::add_holder(PyText text) {
  holders_.push_back(std::move(text));
  return static_cast<std::uint32_t>(holders_.size() - 1);
}

bool Reach::may_go_on() {
  if (!first_) return true;
  if (looked_at_ < max_looked_at && search_->left() > spare_pages) return true;
  heap_.reached().cut = true;
  return false;
}

bool Reach::on_the_way(RemoteAddr object) const { return first_ || heap_.reached().path.contains(object.value()); }

void Reach::note_way(std::uint32_t node) {
  auto& path = heap_.reached().path;
  for (;; node = nodes_[node].parent) {
    path.insert(nodes_[node].object.value());
    if (!nodes_[node].from_root) continue;
    path.insert(identity(roots_[nodes_[node].parent].frame));
    return;
  }
}

void Reach::visit(RemoteAddr object, const From& from, Step step, std::uint64_t detail, const Wanted& wanted) {
  if (object.null() || !on_the_way(object) || !may_go_on()) return;
  ++looked_at_;
  const ReachKind kind = kinds_.of(object);
  if (kind == ReachKind::none || excluded_.contains(object.value()) || !visited_.insert(object.value()).second) return;
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({object, from.parent, kind, step, from.depth, from.from_root, detail});
  const bool candidate = kind == ReachKind::generator || kind == ReachKind::task || kind == ReachKind::task_group ||
                         kind == ReachKind::c_future || kind == ReachKind::python_future ||
                         kind == ReachKind::concurrent_future;
  if (!candidate || (!heap_.capturing() && !heap_.reached().found.contains(object.value()))) return;
  if (!wanted(object, kind)) return;
  finds_.push_back({object, kind, node});
  if (first_) note_way(node);
}

void Reach::look_into_frame(const FrameFacts& frame, const From& from, bool guesses, const Wanted& wanted) {
  if (const auto slots = read_slots(heap_, frame)) {
    if (guesses && !slots->stack_is_guess) return;
    const std::size_t begin = guesses ? slots->variables : 0;
    const std::size_t end = guesses || !slots->stack_is_guess ? slots->values.size() : slots->variables;
    for (std::size_t i = begin; i < end && i < slots->values.size(); ++i) {
      RemoteAddr value = slots->values[i];
      if (i < slots->variables && !value.null() && heap_.is_exactly(value, "cell"))
        value = heap_.pointer(value, heap_.layout().cell.ob_ref).value_or(RemoteAddr());
      visit(value, from, i < slots->variables ? Step::variable : Step::used, i, wanted);
    }
  }
  if (guesses || !has_namespace(heap_, frame).value_or(false)) return;
  if (const auto items = heap_.dict_items(frame.locals, max_items))
    for (const DictEntry& entry : items->entries) visit(entry.value, from, Step::named, entry.key.value(), wanted);
}

void Reach::look_into_root(std::uint32_t root, bool guesses, const Wanted& wanted) {
  const FrameFacts& frame = roots_[root].frame;
  if (on_the_way(RemoteAddr(identity(frame))) && may_go_on())
    look_into_frame(frame, {root, 0, true}, guesses, wanted);
}

void Reach::look_into_loop(std::uint32_t node, const Wanted& wanted) {
  const RemoteAddr loop = nodes_[node].object;
  for (std::size_t i = 0; i < std::size(queues); ++i) {
    const auto queue = heap_.instance_get(loop, queues[i]);
    // A handle and its arguments are two containers more.
    if (queue) visit(*queue, {node, -1, false}, Step::member, i, wanted);
  }
}

void Reach::look_into(std::uint32_t number, const Wanted& wanted) {
  const Node node = nodes_[number];
  const auto deeper = static_cast<std::int8_t>(node.depth + 1);
  const From same{number, node.depth, false}, next{number, deeper, false};
  if (node.kind == ReachKind::method || node.kind == ReachKind::builtin_method) {
    const auto& layout = heap_.layout();
    const bool builtin = node.kind == ReachKind::builtin_method;
    const auto self = heap_.pointer(node.object, builtin ? layout.cfunction.m_self : layout.method.im_self);
    if (self) visit(*self, same, Step::self, 0, wanted);
    return;
  }
  if (node.kind == ReachKind::wrapper) {
    if (const auto inner = generators_.behind_wrapper(node.object)) visit(*inner, same, Step::wrapped, 0, wanted);
    return;
  }
  if (node.kind == ReachKind::loop) return look_into_loop(number, wanted);
  if (node.depth >= max_depth) return;
  const auto items = [&](const Result<Items>& found, Step step) {
    if (!found) return;
    for (std::size_t i = 0; i < found->items.size(); ++i) visit(found->items[i], next, step, i, wanted);
  };
  const auto entries = [&](const Result<DictItems>& found, Step step) {
    if (!found) return;
    for (const DictEntry& entry : found->entries) visit(entry.value, next, step, entry.key.value(), wanted);
  };
  switch (node.kind) {
    case ReachKind::list: return items(heap_.list_items(node.object, max_items), Step::item);
    case ReachKind::tuple: return items(heap_.tuple_items(node.object, max_items), Step::item);
    case ReachKind::set: return items(heap_.set_items(node.object, max_items), Step::member_of_set);
    case ReachKind::deque: return items(items_of_deque(heap_, node.object, max_items), Step::item);
    case ReachKind::dict: return entries(heap_.dict_items(node.object, max_items), Step::key);
    case ReachKind::handle: return entries(heap_.slot_items(node.object), Step::attribute);
    case ReachKind::generator: {
      const auto facts = generators_.read(node.object);
      if (facts && facts->frame && facts->state == GeneratorFacts::State::suspended)
        look_into_frame(*facts->frame, next, false, wanted);
      return;
    }
    case ReachKind::task: return;
    default: {
      const auto info = heap_.type_info_of(node.object);
      if (info && (*info)->heap()) entries(heap_.instance_items(node.object, max_items), Step::attribute);
      return;
    }
  }
}

std::vector<Reach::Find> Reach::run(const Wanted& wanted) {
  auto& reached = heap_.reached();
  looked_at_ = 0;
  first_ = heap_.capturing() && !reached.searched;
  PageCache::Search search(heap_.memory(), max_pages);
  search.asking(true);
  search_ = &search;
  finds_.clear();
  std::size_t next = nodes_.size();
  // What may be left over from before comes last: nothing is said to be on a stack that a variable holds.
  for (const bool guesses : {false, true}) {
    for (std::uint32_t i = first_root_; i < roots_.size(); ++i) look_into_root(i, guesses, wanted);
    for (; next < nodes_.size(); ++next) look_into(static_cast<std::uint32_t>(next), wanted);
  }
  search_ = nullptr;
  first_root_ = static_cast<std::uint32_t>(roots_.size());
  for (const Find& find : finds_) (heap_.capturing() ? reached.found : come_to_).insert(find.object.value());
  return std::move(finds_);
}

std::size_t Reach::missed() const {
  if (heap_.capturing()) return 0;
  const auto& found = heap_.reached().found;
  return found.size() - std::min(found.size(), come_to_.size());
}

PyText Reach::text_of(RemoteAddr object) {
  const auto text = heap_.str(object, max_name);
  return text ? text->text : PyText("?");
}

PyText Reach::key_text(RemoteAddr key) {
  return repr(heap_, key, {.max_text = max_name, .max_depth = 2, .max_string = max_name, .max_items = 5}).text;
}

PyText Reach::name_of(const FrameFacts& frame) {
  const auto code = codes_.read(frame.code);
  if (!code) return "?";
  return (*code)->qualname.empty() ? (*code)->name : (*code)->qualname;
}

PyText Reach::describe(const Find& find, std::string further) {
  PyText steps = std::move(further);  // what comes behind the variable
  PyText text;
  std::size_t count = 0;
  for (std::uint32_t number = find.node;;) {
    const Node& node = nodes_[number];
    PyText name;
    switch (node.step) {
      case Step::item: steps = fmt::format("[{}]", node.detail) + steps; break;
      case Step::key: steps = "[" + key_text(RemoteAddr(node.detail)) + "]" + steps; break;
      case Step::member: steps = "." + std::string(queues[node.detail]) + steps; break;
      case Step::attribute: steps = "." + text_of(RemoteAddr(node.detail)) + steps; break;
      case Step::self: steps = ".__self__" + steps; break;
      case Step::member_of_set: steps = "{…}" + steps; break;
      case Step::named: name = text_of(RemoteAddr(node.detail)); break;
      case Step::wrapped:
      case Step::variable:
      case Step::used: break;
    }
    if (++count > max_steps) return text + "…";
    if (node.step == Step::variable || node.step == Step::named || node.step == Step::used) {
      FrameFacts frame;
      if (node.from_root) {
        frame = roots_[node.parent].frame;
      } else if (const auto facts = generators_.read(nodes_[node.parent].object); facts && facts->frame) {
        frame = *facts->frame;
      }
      if (node.step == Step::variable && !frame.code.null()) {
        const auto object = slot_name(heap_, frame, node.detail);
        name = object ? text_of(*object) : PyText("?");
      }
      text += text.empty() ? "" : ", which is ";
      if (node.step != Step::used) text += "variable " + name + steps + " of ";
      else text += (steps.empty() ? PyText("used by ") : steps.substr(steps.front() == '.') + " of what is used by ");
      text += frame.code.null() ? PyText("?") : name_of(frame);
      steps.clear();
      if (node.from_root) return text + " in " + holders_[roots_[node.parent].holder];
    }
    number = node.parent;
  }
}

}  // namespace pyexc::cpython
