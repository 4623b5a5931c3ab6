#include "source/lines.hpp"

#include <cstring>

namespace pyexc {
namespace {

class Taker {
 public:
  Taker(const WantedLines& wanted, LineLimits limits, Lines& out)
      : next_(wanted.begin()), end_(wanted.end()), limits_(limits), out_(out) {}

  [[nodiscard]] bool done() const { return next_ == end_; }

  /// The next line of the text, without what ended it.
  void line(PyTextView text) {
    ++number_;
    if (next_ == end_ || *next_ != number_) return;
    ++next_;
    if (text.size() > limits_.max_line) {
      if (limits_.left_out != nullptr) *limits_.left_out = true;
      return;
    }
    PyText& stored = out_[number_];
    stored.reserve(text.size() + 1);
    stored = text;
    stored += '\n';
  }

 private:
  WantedLines::const_iterator next_;
  WantedLines::const_iterator end_;
  LineLimits limits_;
  Lines& out_;
  std::int64_t number_ = 0;
};

const char* find(const char* from, const char* end, char wanted) {
  if (from == end) return nullptr;
  return static_cast<const char*>(
      std::memchr(from, static_cast<unsigned char>(wanted), static_cast<std::size_t>(end - from)));
}

PyTextView between(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

/// Bytes of the line boundary of str.splitlines() at `p`, 0 if there is none.
std::size_t boundary(const char* p, const char* end) {
  const auto at = [&](std::ptrdiff_t i) {
    return end - p > i ? static_cast<unsigned char>(p[i]) : 0U;
  };
  switch (at(0)) {
    case '\r': return at(1) == '\n' ? 2 : 1;
    case '\n': case 0x0b: case 0x0c: case 0x1c: case 0x1d: case 0x1e: return 1;
    case 0xc2: return at(1) == 0x85 ? 2 : 0;
    case 0xe2: return at(1) == 0x80 && (at(2) == 0xa8 || at(2) == 0xa9) ? 3 : 0;
    default: return 0;
  }
}

}  // namespace

void file_lines(PyTextView text, const WantedLines& wanted, bool lone_line, LineLimits limits,
                Lines& out) {
  Taker taker(wanted, limits, out);
  if (text.empty() && lone_line) taker.line({});
  const char* p = text.data();
  const char* const end = p + text.size();
  // A file without a single \r, the usual one, is searched for them once and no more.
  const char* carriage = find(p, end, '\r');
  while (p != end && !taker.done()) {
    const char* stop = find(p, carriage != nullptr ? carriage : end, '\n');
    if (stop == nullptr) stop = carriage != nullptr ? carriage : end;
    taker.line(between(p, stop));
    if (stop == end) break;
    p = stop + 1;
    if (stop == carriage) {
      if (p != end && *p == '\n') ++p;
      carriage = find(p, end, '\r');
    }
  }
}

void split_lines(PyTextView text, const WantedLines& wanted, LineLimits limits, Lines& out) {
  Taker taker(wanted, limits, out);
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end && !taker.done()) {
    const char* stop = p;
    std::size_t ends = 0;
    while (stop != end && (ends = boundary(stop, end)) == 0) ++stop;
    taker.line(between(p, stop));
    p = stop + ends;
  }
}

}  // namespace pyexc
