#include "traceback/chain.hpp"

#include <algorithm>

namespace pyexc::traceback {

namespace {

constexpr std::size_t max_nodes = 50'000;

class Expansion {
 public:
  explicit Expansion(const Report& report)
      : exceptions_(report.exceptions),
        rules_(report.text_rules),
        compact_(!report.with_locals),
        seen_(report.exceptions.size(), false) {}

  Chain run(ExceptionId root) {
    static_cast<void>(add(root));
    if (rules_.chain_walk == TextRules::ChainWalk::recursive) {
      depth_first();
    } else {
      worklist();
    }
    return std::move(chain_);
  }

 private:
  using NodeIndex = std::uint32_t;

  std::optional<NodeIndex> add(ExceptionId id) {
    if (id >= exceptions_.size()) return std::nullopt;
    if (chain_.nodes.size() >= max_nodes) {
      chain_.cut = true;
      chain_.exact = false;
      return std::nullopt;
    }
    seen_[id] = true;
    ChainNode node;
    node.exception = id;
    chain_.nodes.push_back(std::move(node));
    if (rules_.false_exception_ends_chain && exceptions_[id].has_truth) chain_.exact = false;
    // Where listing the locals raises an exception nothing is printed, whether or not this exception is shown.
    const auto& frames = exceptions_[id].frames;
    if (!std::all_of(frames.begin(), frames.end(), [](const Frame& frame) { return frame.locals_exact; }))
      chain_.exact = false;
    return static_cast<NodeIndex>(chain_.nodes.size() - 1);
  }

  std::optional<NodeIndex> add_unseen(const std::optional<ExceptionId>& id) {
    if (!id || *id >= exceptions_.size() || seen_[*id]) return std::nullopt;
    return add(*id);
  }

  const Exception& exception_of(NodeIndex node) const { return exceptions_[chain_.nodes[node].exception]; }

  /// The cause and everything behind it, then the context, as far as the first has not been there.
  void depth_first() {
    struct Step {
      NodeIndex node;
      bool cause_done;
    };
    std::vector<Step> steps = {{0, false}};
    std::size_t deepest = 0;
    while (!steps.empty()) {
      deepest = std::max(deepest, steps.size());
      const Step step = steps.back();
      const Exception& exception = exception_of(step.node);
      if (!step.cause_done) {
        steps.back().cause_done = true;
        const auto cause = add_unseen(exception.cause);
        chain_.nodes[step.node].cause = cause;
        if (cause) steps.push_back({*cause, false});
        continue;
      }
      steps.pop_back();
      const auto context = add_unseen(exception.context);
      chain_.nodes[step.node].context = context;
      if (context) steps.push_back({*context, false});
      // The original is still in the constructor of the exception whose context this is.
      if (context) ++context_depth_;
    }
    if (deepest + context_depth_ > rules_.recursive_chain) chain_.exact = false;
  }

  void worklist() {
    std::vector<NodeIndex> open = {0};
    while (!open.empty()) {
      const NodeIndex node = open.back();
      open.pop_back();
      const Exception& exception = exception_of(node);
      const auto cause = add_unseen(exception.cause);
      std::optional<NodeIndex> context;
      if (!compact_ || (!cause && !exception.suppress_context)) context = add_unseen(exception.context);
      std::vector<NodeIndex> members;
      if (rules_.exception_groups && exception.members) {
        chain_.nodes[node].is_group = true;
        for (const ExceptionId id : *exception.members) {
          if (const auto member = add(id)) members.push_back(*member);
        }
      }
      chain_.nodes[node].cause = cause;
      chain_.nodes[node].context = context;
      if (cause) open.push_back(*cause);
      if (context) open.push_back(*context);
      open.insert(open.end(), members.begin(), members.end());
      chain_.nodes[node].members = std::move(members);
    }
  }

  const std::vector<Exception>& exceptions_;
  const TextRules& rules_;
  const bool compact_;  ///< as format_exception() asks for: contexts that are not shown are not visited
  std::vector<bool> seen_;
  std::size_t context_depth_ = 0;
  Chain chain_;
};

}  // namespace

Chain expand_chain(const Report& report, ExceptionId root) { return Expansion(report).run(root); }

}  // namespace pyexc::traceback
