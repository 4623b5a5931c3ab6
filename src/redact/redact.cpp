#include "redact/redact.hpp"

#include <algorithm>
#include <utility>

#include "redact/mask.hpp"

namespace pyexc::redact {

namespace {

constexpr std::string_view covered = "<redacted>";

class Redactor {
 public:
  Redactor(Report& report, const Rules& rules) : report_(report), rules_(rules) {}

  void run() {
    for (Exception& exception : report_.exceptions) redact(exception);
    for (Interpreter& interpreter : report_.interpreters) {
      for (Thread& thread : interpreter.threads) {
        if (thread.name) text(*thread.name);
        if (thread.stack_unreadable) text(*thread.stack_unreadable);
        for (Frame& frame : thread.stack) redact(frame);
        if (thread.native_stack) redact(*thread.native_stack);
      }
    }
    if (report_.native_threads) {
      for (NativeThread& thread : *report_.native_threads) {
        text(thread.name);
        if (thread.native_stack) redact(*thread.native_stack);
      }
    }
    if (report_.tasks)
      for (Task& task : *report_.tasks) redact(task);
    if (report_.suspended) {
      for (Suspended& suspended : *report_.suspended) {
        text(suspended.qualname);
        text(suspended.found_in);
        for (Frame& frame : suspended.stack) redact(frame);
      }
    }
    if (report_.locks) {
      for (Lock& lock : *report_.locks) {
        text(lock.name);
        text(lock.of);
      }
    }
    if (report_.stored)
      for (Stored& stored : *report_.stored) text(stored.where);
    for (Problem& problem : report_.problems) {
      text(problem.where);
      text(problem.what);
    }
    command_line(report_.target.command_line);
    if (report_.target.children)
      for (Child& child : *report_.target.children) command_line(child.command_line);
    report_.masked += masked_;
  }

 private:
  /// True if something was masked, here and below.
  bool text(std::string& text) {
    std::vector<Mask> masks;
    for (const Finding& finding : rules_.find(text, Language::text))
      masks.push_back({finding.begin, finding.end, std::string(covered)});
    return count(apply(text, std::move(masks)));
  }

  bool count(std::size_t masks) {
    masked_ += static_cast<std::int64_t>(masks);
    return masks != 0;
  }

  /// The named parts decide about what has a name in the target; what only looks like name and
  /// value in the text is left to them where they know better.
  std::vector<Mask> masks_of(std::string_view text, const std::vector<NamedPart>& parts,
                             Language language) {
    std::vector<Mask> masks;
    for (const NamedPart& part : parts)
      if (rules_.masks_value(part.name, {part.type, part.length}))
        masks.push_back({part.begin, part.end, placeholder(part.type, part.length)});
    for (const Finding& finding : rules_.find(text, language)) {
      if (finding.by_name && decided(parts, finding)) continue;
      masks.push_back({finding.begin, finding.end, std::string(covered)});
    }
    return masks;
  }

  /// A part that begins where the value does, or in front of its quote and prefix.
  static bool decided(const std::vector<NamedPart>& parts, const Finding& finding) {
    constexpr std::size_t longest_prefix = 3;
    auto part = std::upper_bound(parts.begin(), parts.end(), finding.begin,
                                 [](std::size_t at, const NamedPart& p) { return at < p.begin; });
    if (part == parts.begin()) return false;
    --part;
    return finding.begin - part->begin <= longest_prefix && finding.end <= part->end &&
           !part->type.empty();
  }

  bool redact(ValueText& value, Language language = Language::text) {
    const bool masked = count(apply(value.text, masks_of(value.text, value.parts, language)));
    value.parts.clear();
    value.masked = value.masked || masked;
    return masked;
  }

  bool source(std::string& source) {
    const Findings findings = rules_.find(source, Language::python);
    cover(source, findings, report_.text_rules);
    return count(findings.size());
  }

  bool redact(Value& value) {
    if (rules_.masks_value(value.name, {value.type, value.length})) {
      value.repr.text = placeholder(value.type, value.length);
      value.repr.parts.clear();
      value.repr.masked = value.redacted = true;
      return count(1);
    }
    value.redacted = redact(value.repr, Language::repr);
    return value.redacted;
  }

  bool redact(Frame& frame) {
    bool masked = lines(frame.source);
    masked = text(frame.file) || masked;
    if (frame.unreadable) masked = text(*frame.unreadable) || masked;
    if (frame.locals)
      for (Value& value : *frame.locals) masked = redact(value) || masked;
    return masked;
  }

  /// A secret may span several lines.
  bool lines(std::vector<PyText>& lines) {
    std::string joined;
    for (const PyText& line : lines) joined += line;
    if (!source(joined)) return false;
    std::size_t at = 0;
    for (PyText& line : lines) {
      line = joined.substr(at, line.size());
      at += line.size();
    }
    return true;
  }

  bool redact(SyntaxErrorFacts& facts) {
    bool masked = false;
    for (AttributeFact* fact : {&facts.msg, &facts.filename, &facts.lineno, &facts.end_lineno,
                                &facts.offset, &facts.end_offset, &facts.print_file_and_line})
      if (fact->kind == AttributeFact::Kind::text || fact->kind == AttributeFact::Kind::other)
        masked = redact(fact->str) || masked;
    if (facts.text.kind == AttributeFact::Kind::text)
      masked = source(facts.text.str.text) || masked;
    // Only a line of these may be shown: they are not counted twice.
    for (auto* whole : {&facts.metadata_source, &facts.file_text}) {
      if (!*whole) continue;
      const Findings findings = rules_.find(**whole, Language::python);
      cover(**whole, findings, report_.text_rules);
      masked = masked || !findings.empty();
    }
    return masked;
  }

  bool redact(Notes& notes) {
    bool masked = false;
    for (ValueText& note : notes.items) masked = redact(note) || masked;
    return redact(notes.repr) || masked;
  }

  void redact(Exception& exception) {
    bool masked = redact(exception.message);
    if (!exception.inexact_reason.empty()) {
      // What it tells is in the message too, where it was counted.
      std::vector<Mask> masks =
          masks_of(exception.inexact_reason, exception.inexact_reason_parts, Language::text);
      masked = apply(exception.inexact_reason, std::move(masks)) != 0 || masked;
      exception.inexact_reason_parts.clear();
    }
    masked = redact(exception.notes) || masked;
    for (Frame& frame : exception.frames) masked = redact(frame) || masked;
    if (exception.syntax_error) masked = redact(*exception.syntax_error) || masked;
    if (exception.suggestion) {
      masked = text(exception.suggestion->wrong_name) || masked;
      for (PyText& candidate : exception.suggestion->candidates) masked = text(candidate) || masked;
    }
    if (exception.unreadable) masked = text(*exception.unreadable) || masked;
    exception.masked = masked;
  }

  /// Names of files and of functions are found in them.
  void redact(std::vector<NativeFrame>& frames) {
    for (NativeFrame& frame : frames)
      for (std::string* name : {&frame.symbol, &frame.object, &frame.file})
        if (!name->empty()) text(*name);
  }

  void redact(Task& task) {
    text(task.name);
    text(task.awaiting);
    text(task.waits_at);
    if (task.unreadable) text(*task.unreadable);
    for (Frame& frame : task.stack) redact(frame);
  }

  void command_line(std::vector<std::string>& words) {
    const std::string* before = nullptr;
    bool user = false;
    for (std::string& word : words) {
      const std::string original = word;
      const bool value = before != nullptr && !word.starts_with('-');
      if (value && user) {
        const std::size_t colon = word.find(':');
        if (colon != std::string::npos && colon + 1 < word.size())
          count(apply(word, {{colon + 1, word.size(), std::string(covered)}}));
        else text(word);
      } else if (value &&
                 rules_.masks_value(*before, {"str", static_cast<std::int64_t>(word.size())})) {
        word = covered;
        count(1);
      } else {
        text(word);
      }
      last_ = original;
      const bool names = last_.starts_with("--") && last_.find('=') == std::string::npos;
      user = last_ == "-u" || last_ == "--user";  // curl -u name:password
      before = names || user ? &last_ : nullptr;
    }
  }

  Report& report_;
  const Rules& rules_;
  std::int64_t masked_ = 0;
  std::string last_;
};

}  // namespace

Report redact(Report report, const Rules& rules) {
  Redactor(report, rules).run();
  return report;
}

}  // namespace pyexc::redact
