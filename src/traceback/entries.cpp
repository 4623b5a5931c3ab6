#include "traceback/entries.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

#include "traceback/source_rows.hpp"

namespace pyexc::traceback {

namespace {

constexpr std::size_t shown_repetitions = 3;

bool same_place(const Frame& a, const Frame& b) {
  // An entry without a line number is never a repetition of the one before it.
  return a.line && a.line == b.line && a.file == b.file && a.function == b.function &&
         a.unreadable.has_value() == b.unreadable.has_value();
}

/// Everything that an entry's text depends on, but the rules and the locals.
bool same_text(const Frame& a, const Frame& b) {
  return a.line == b.line && a.end_line == b.end_line && a.column == b.column && a.end_column == b.end_column &&
         a.file == b.file && a.function == b.function && a.source == b.source && a.unreadable == b.unreadable;
}

std::size_t hash_of(const Frame& frame, bool positions) {
  std::size_t seed = std::hash<std::string>()(frame.file);
  const auto mix = [&seed](std::size_t value) { seed = seed * 1'000'003 + value; };
  mix(std::hash<std::string>()(frame.function));
  mix(static_cast<std::size_t>(frame.line.value_or(-1)));
  mix(static_cast<std::size_t>(frame.column.value_or(-1)));
  mix(static_cast<std::size_t>(frame.end_column.value_or(-1)));
  mix(positions ? 1 : 0);
  return seed;
}

std::string repeated(std::size_t count) {
  return "  [Previous line repeated " + std::to_string(count) + (count > 1 ? " more times]\n" : " more time]\n");
}

std::string not_read(std::size_t count, std::string_view which) {
  return "  [... " + std::to_string(count) + " " + std::string(which) + (count == 1 ? "entry" : "entries") +
         " not read]\n";
}

/// False if a line is not what Python would print.
bool append_locals(std::string& to, const Frame& frame) {
  if (!frame.locals || frame.unreadable) return true;
  std::vector<const Value*> sorted;
  for (const Value& value : *frame.locals) sorted.push_back(&value);
  // Generalised UTF-8 sorts as its code points do.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Value* a, const Value* b) { return a->name < b->name; });
  bool exact = frame.locals_exact;
  for (const Value* value : sorted) {
    to.append("    ").append(value->name).append(" = ").append(value->repr.text).append("\n");
    exact = exact && value->repr.exact;
  }
  return exact;
}

}  // namespace

EntryWriter::EntryWriter(const Report& report)
    : rules_(report.text_rules), grammar_(syntax::Grammar::of(report.text_rules)) {
  const auto& limit = report.traceback_limit;
  if (!limit || limit->kind == AttributeFact::Kind::none) return;
  if (limit->kind != AttributeFact::Kind::integer) {
    limit_exact_ = false;  // comparing it with 0, or slicing by it, raises an exception
    return;
  }
  limit_ = static_cast<std::size_t>(std::max<std::int64_t>(0, limit->integer));
}

std::string EntryWriter::header(const Frame& frame) const {
  std::string_view file = frame.file;
  const bool stdin_name =
      (rules_.stdin_name == TextRules::StdinName::numbered_after && file.starts_with("<stdin>-")) ||
      (rules_.stdin_name == TextRules::StdinName::numbered_inside && file.starts_with("<stdin-") &&
       file.ends_with('>'));
  if (stdin_name) file = "<stdin>";
  std::string text = "  File \"";
  text.append(file).append("\", line ");
  text.append(frame.line ? std::to_string(*frame.line) : "None");
  text.append(", in ").append(frame.function).push_back('\n');
  return text;
}

const EntryWriter::Cached& EntryWriter::entry(const Frame& frame, bool positions) {
  const std::size_t hash = hash_of(frame, positions);
  const auto [first, last] = cache_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    if (same_text(*known->second.frame, frame)) return known->second;
  }
  Cached cached = {&frame, {}, true};
  if (frame.unreadable) {
    cached.exact = false;
    const bool known = !frame.file.empty() || !frame.function.empty();
    cached.rows = known ? header(frame) + "    [" : "  [entry ";
    cached.rows += "not readable: " + *frame.unreadable + "]\n";
  } else {
    cached.rows = header(frame);
    cached.exact = append_source_rows(cached.rows, frame, positions, rules_, grammar_);
  }
  return cache_.emplace(hash, std::move(cached))->second;
}

void EntryWriter::add(Entries& entries, std::span<const Frame> frames, bool positions) {
  const Frame* last = nullptr;
  std::size_t count = 0;
  const auto fold = [&] {
    if (count > shown_repetitions) entries.pieces.push_back(repeated(count - shown_repetitions));
  };
  for (const Frame& frame : frames) {
    if (last == nullptr || !same_place(*last, frame)) {
      fold();
      last = &frame;
      count = 0;
    }
    if (++count > shown_repetitions) {
      // Locals of entries that are not shown are listed and printed nevertheless; both may raise an exception.
      entries.exact = entries.exact && frame.locals_exact;
      continue;
    }
    const Cached& cached = entry(frame, positions);
    entries.pieces.push_back(cached.rows);
    entries.exact = append_locals(entries.pieces.back(), frame) && cached.exact && entries.exact;
  }
  fold();
}

Entries EntryWriter::traceback(std::span<const Frame> frames, std::size_t left_out) {
  Entries entries;
  entries.exact = limit_exact_;
  const std::size_t total = frames.size() + left_out;
  const std::size_t wanted = limit_ ? std::min(*limit_, total) : total;
  add(entries, frames.first(std::min(wanted, frames.size())), true);
  if (wanted > frames.size()) {
    entries.pieces.push_back(not_read(wanted - frames.size(), ""));
    entries.exact = false;
  }
  return entries;
}

Entries EntryWriter::stack(std::span<const Frame> frames, std::size_t left_out) {
  Entries entries;
  entries.exact = limit_exact_;
  const std::size_t total = frames.size() + left_out;
  const std::size_t wanted = limit_ ? std::min(*limit_, total) : total;
  if (wanted > frames.size()) {
    entries.pieces.push_back(not_read(wanted - frames.size(), "outer "));
    entries.exact = false;
  }
  add(entries, frames.last(std::min(wanted, frames.size())), false);
  return entries;
}

}  // namespace pyexc::traceback
