#pragma once
// What can be reached from the frames of threads and tasks within a few steps and may keep an exception: suspended
// generators, futures, finished tasks. The steps lead through variables, containers, attributes, bound methods and the
// queues of event loops, nearest first, and are bounded in number.
//
// The search itself is made by the first walk, of the running process. It notes the ways to what it found, and later
// walks take only these: the freeze reads no page that was looked at for nothing.

#include <functional>
#include <unordered_set>
#include <vector>

#include "cpython/frame/slots.hpp"
#include "cpython/generators.hpp"
#include "cpython/reach_kinds.hpp"

namespace pyexc::cpython {

class Reach {
 public:
  Reach(Heap& heap, CodeReader& codes, GeneratorReader& generators)
      : heap_(heap), codes_(codes), generators_(generators), kinds_(heap) {}

  struct Find {
    RemoteAddr object;
    ReachKind kind;
    std::uint32_t node;
  };
  /// Whether an object is what is looked for; called once for each.
  using Wanted = std::function<bool(RemoteAddr object, ReachKind kind)>;

  /// A frame to begin at. `holder`: "thread 12", for people.
  void add_root(const FrameFacts& frame, std::uint32_t holder) { roots_.push_back({frame, holder}); }
  [[nodiscard]] std::uint32_t add_holder(PyText text);
  /// What is nobody's surprise: generators on a stack, tasks that are known already.
  void exclude(RemoteAddr object) { excluded_.insert(object.value()); }

  /// Everything that is wanted and can be reached from the roots added since the last run, nearest first.
  [[nodiscard]] std::vector<Find> run(const Wanted& wanted);
  /// How it was reached: "variable self.rows of f in thread 12".
  /// `further`: steps that lead on from it.
  [[nodiscard]] PyText describe(const Find& find, std::string further = {});
  /// What the last walk that captured had found and this one, decoding, has not come to any more.
  [[nodiscard]] std::size_t missed() const;
  /// True if a limit ended the search.
  [[nodiscard]] bool cut() const { return heap_.reached().cut; }

 private:
  enum class Step : std::uint8_t { variable, named, used, item, key, member, attribute, self, member_of_set, wrapped };
  struct Root {
    FrameFacts frame;
    std::uint32_t holder;
  };
  /// One object on the way, and how it follows from the one before.
  struct Node {
    RemoteAddr object;
    std::uint32_t parent;  ///< a node; of a root its place in roots_
    ReachKind kind;
    Step step;
    std::int8_t depth;
    bool from_root;
    std::uint64_t detail;  ///< an index, or the address of a name or key
  };
  struct From {
    std::uint32_t parent;
    std::int8_t depth;
    bool from_root;
  };
  void visit(RemoteAddr object, const From& from, Step step, std::uint64_t detail, const Wanted& wanted);
  void look_into_root(std::uint32_t root, bool guesses, const Wanted& wanted);
  void look_into_frame(const FrameFacts& frame, const From& from, bool guesses, const Wanted& wanted);
  void look_into(std::uint32_t node, const Wanted& wanted);
  void look_into_loop(std::uint32_t node, const Wanted& wanted);
  void note_way(std::uint32_t node);
  [[nodiscard]] bool may_go_on();
  [[nodiscard]] bool on_the_way(RemoteAddr object) const;
  PyText name_of(const FrameFacts& frame);
  PyText text_of(RemoteAddr object);
  PyText key_text(RemoteAddr key);

  Heap& heap_;
  CodeReader& codes_;
  GeneratorReader& generators_;
  ReachKinds kinds_;
  std::vector<Root> roots_;
  std::uint32_t first_root_ = 0;  ///< of this run
  std::vector<PyText> holders_;
  std::unordered_set<std::uint64_t> excluded_, visited_, come_to_;
  std::vector<Node> nodes_;
  std::vector<Find> finds_;
  std::size_t looked_at_ = 0;
  PageCache::Search* search_ = nullptr;
  bool first_ = true;  ///< this walk is the one that searches
};

}  // namespace pyexc::cpython
