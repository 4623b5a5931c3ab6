#include "traceback/format.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "text/pystring.hpp"
#include "traceback/chain.hpp"
#include "traceback/entries.hpp"
#include "traceback/exception_line.hpp"
#include "traceback/native_entries.hpp"

namespace pyexc::traceback {

namespace {

constexpr std::size_t max_group_width = 15;
constexpr std::size_t max_group_depth = 10;

/// An exception without its chain, as the pieces that a group indents one by one.
struct OwnText {
  std::vector<std::string> stack;
  std::vector<std::string> exception;
  bool exact = true;
};

class OwnTexts {
 public:
  explicit OwnTexts(const Report& report)
      : report_(report), entries_(report), texts_(report.exceptions.size()) {}

  const OwnText& of(ExceptionId id) {
    auto& text = texts_[id];
    if (text) return *text;
    const Exception& exception = report_.exceptions[id];
    Entries entries = entries_.traceback(exception.frames, exception.frames_left_out);
    ExceptionText line = exception_text(exception, report_.text_rules, entries_.grammar());
    text = OwnText{std::move(entries.pieces), std::move(line.pieces), entries.exact && line.exact && !exception.masked};
    return *text;
  }

  EntryWriter& entries() { return entries_; }

 private:
  const Report& report_;
  EntryWriter entries_;
  std::vector<std::optional<OwnText>> texts_;
};

/// Writes one exception with its chain. Groups recurse, as deep as they are shown.
class ChainWriter {
 public:
  ChainWriter(const Report& report, OwnTexts& texts, const Chain& chain, std::size_t max_text)
      : report_(report), texts_(texts), chain_(chain), max_text_(max_text), exact_(chain.exact) {}

  void write() {
    chain_of(0);
    if (chain_.cut && !full_) emit("[... further exceptions not shown]\n");
  }

  [[nodiscard]] std::string take_text() { return std::move(text_); }
  [[nodiscard]] bool exact() const { return exact_; }

 private:
  [[nodiscard]] std::string indent() const { return std::string(2 * depth_, ' '); }

  void add(std::string_view text) {
    if (full_) return;
    if (text.size() > max_text_ - std::min(text_.size(), max_text_)) {
      full_ = true;
      exact_ = false;
      text_.append("[... text cut here]\n");
      return;
    }
    text_.append(text);
  }

  void emit(std::string_view piece, char margin = '|') {
    if (depth_ == 0) return add(piece);
    std::string indented;
    text::indent_every_line(indented, piece, indent() + margin + ' ');
    add(indented);
  }

  void emit(const std::vector<std::string>& pieces) {
    for (const auto& piece : pieces) emit(piece);
  }

  /// The exceptions that lead to this one, oldest first, and this one.
  void chain_of(std::uint32_t last) {
    struct Link {
      std::uint32_t node;
      std::string_view sentence;  ///< written after the one before it
    };
    constexpr std::string_view caused =
        "\nThe above exception was the direct cause of the following exception:\n\n";
    constexpr std::string_view during = "\nDuring handling of the above exception, another exception occurred:\n\n";
    std::vector<Link> links;
    for (std::optional<std::uint32_t> node = last; node;) {
      const ChainNode& at = chain_.nodes[*node];
      const Exception& exception = report_.exceptions[at.exception];
      std::optional<std::uint32_t> earlier;
      std::string_view sentence;
      if (at.cause) {
        earlier = at.cause;
        sentence = caused;
      } else if (at.context && !exception.suppress_context) {
        earlier = at.context;
        sentence = during;
      }
      links.push_back({*node, sentence});
      node = earlier;
    }
    for (auto link = links.rbegin(); link != links.rend() && !full_; ++link) {
      if (!link->sentence.empty()) emit(link->sentence);
      exception(link->node);
    }
  }

  void exception(std::uint32_t index) {
    const ChainNode& node = chain_.nodes[index];
    const Exception& exception = report_.exceptions[node.exception];
    if (exception.chain_cut) {
      exact_ = false;
      if (!exception.cause && !exception.context) emit("[... earlier exceptions not read]\n");
    }
    if (node.is_group && depth_ > max_group_depth) {
      return emit("... (max_group_depth is " + std::to_string(max_group_depth) + ")\n");
    }
    const OwnText& own = texts_.of(node.exception);
    exact_ = exact_ && own.exact;
    if (node.is_group) return group(node, exception, own);
    if (!own.stack.empty()) emit("Traceback (most recent call last):\n");
    emit(own.stack);
    emit(own.exception);
  }

  void group(const ChainNode& node, const Exception& exception, const OwnText& own) {
    const bool outermost = depth_ == 0;
    if (outermost) ++depth_;
    if (!own.stack.empty()) {
      emit("Exception Group Traceback (most recent call last):\n", outermost ? '+' : '|');
      emit(own.stack);
    }
    emit(own.exception);
    const auto left_out = static_cast<std::size_t>(std::max<std::int64_t>(0, exception.members_left_out));
    const std::size_t total = exception.members->size() + left_out;
    const std::size_t shown = total <= max_group_width ? total : max_group_width + 1;
    close_ = false;
    for (std::size_t i = 0; i < shown && !full_; ++i) {
      const bool last = i + 1 == shown;
      if (last) close_ = true;  // unless a group inside it closes first
      const bool truncated = i >= max_group_width;
      add(indent() + (i == 0 ? "+-" : "  ") + "+---------------- " + (truncated ? "..." : std::to_string(i + 1)) +
          " ----------------\n");
      ++depth_;
      if (truncated) {
        const std::size_t remaining = total - max_group_width;
        emit("and " + std::to_string(remaining) + " more exception" + (remaining > 1 ? "s" : "") + "\n");
      } else if (i < node.members.size()) {
        chain_of(node.members[i]);
      } else {
        exact_ = false;
        emit("[exception not read]\n");
      }
      if (last && close_) {
        add(indent() + "+------------------------------------\n");
        close_ = false;
      }
      --depth_;
    }
    if (outermost) depth_ = 0;
  }

  const Report& report_;
  OwnTexts& texts_;
  const Chain& chain_;
  std::size_t max_text_;
  std::string text_;
  std::size_t depth_ = 0;
  bool close_ = false;
  bool full_ = false;
  bool exact_;
};

void format_one(Report& report, OwnTexts& texts, ExceptionId id, std::size_t max_text) {
  const Chain chain = expand_chain(report, id);
  ChainWriter writer(report, texts, chain, max_text);
  writer.write();
  Exception& exception = report.exceptions[id];
  exception.formatted_exact = writer.exact();
  exception.formatted = writer.take_text();
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const auto& piece : pieces) all += piece;
  return all;
}

}  // namespace

void format_report(Report& report, const FormatLimits& limits) {
  OwnTexts texts(report);
  std::vector<bool> done(report.exceptions.size(), false);
  const auto root = [&](ExceptionId id) {
    if (id >= report.exceptions.size() || done[id]) return;
    done[id] = true;
    format_one(report, texts, id, limits.max_text);
  };
  for (Interpreter& interpreter : report.interpreters) {
    for (Thread& thread : interpreter.threads) {
      for (const ExceptionId id : thread.handling) root(id);
      if (thread.raising) root(*thread.raising);
      thread.formatted_stack = stack_with_native(texts.entries(), thread);
    }
  }
  if (report.native_threads)
    for (NativeThread& thread : *report.native_threads)
      if (thread.native_stack) thread.formatted_stack = native_lines(*thread.native_stack);
  if (report.tasks) {
    for (Task& task : *report.tasks) {
      for (const ExceptionId id : task.handling) root(id);
      if (task.exception) root(*task.exception);
      task.formatted_stack = joined(texts.entries().stack(task.stack, 0).pieces);
    }
  }
  if (report.suspended) {
    for (Suspended& suspended : *report.suspended) {
      for (const ExceptionId id : suspended.handling) root(id);
      suspended.formatted_stack = joined(texts.entries().stack(suspended.stack, 0).pieces);
    }
  }
  if (report.stored)
    for (const Stored& stored : *report.stored) root(stored.exception);
  // Those at the far ends of chains were found last, and have the shortest texts.
  std::size_t left = limits.max_further_text;
  for (std::size_t id = report.exceptions.size(); id-- > 0;) {
    if (done[id]) continue;
    Exception& exception = report.exceptions[id];
    if (left > 0) format_one(report, texts, static_cast<ExceptionId>(id), left);
    if (left == 0 || exception.formatted.size() >= left) {
      left = 0;
      exception.formatted.clear();
      exception.formatted_exact = false;
      exception.formatted_left_out = true;
      continue;
    }
    left -= exception.formatted.size();
  }
}

}  // namespace pyexc::traceback
