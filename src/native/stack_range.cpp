#include "native/stack_range.hpp"

#include <algorithm>

namespace pyexc::native {

StackRange used_stack(const Registers& registers, const std::vector<Mapping>& mappings) {
  const std::uint64_t sp = registers[Registers::rsp];
  const auto mapping = std::ranges::upper_bound(mappings, sp, {}, &Mapping::end);
  if (mapping == mappings.end()) return {};
  if (sp < mapping->start && mapping->path != "[stack]") return {};
  StackRange range;
  // Not below its mapping: there may be a guard page, or somebody else's memory.
  range.begin = std::max(sp < mapping->start ? std::uint64_t{0} : mapping->start,
                         sp - std::min(sp, StackRange::red_zone));
  range.whole_end = mapping->end;
  range.end = std::min(range.whole_end, sp - std::min(sp, StackRange::red_zone) + StackRange::max_size);
  return range;
}

}  // namespace pyexc::native
