#include "session/futex_waits.hpp"

#include <map>

namespace pyexc {

std::set<std::pair<std::int64_t, std::uint64_t>> futexes_of(const std::vector<Activity>& activity) {
  std::set<std::pair<std::int64_t, std::uint64_t>> found;
  for (const Activity& one : activity)
    if (one.wait && one.wait->futex) found.emplace(one.tid, *one.wait->futex);
  return found;
}

void forget_ended_waits(std::vector<Activity>& activity, const std::vector<TargetThread>& threads) {
  // include/linux/errno.h: ERESTARTSYS, ERESTART_RESTARTBLOCK
  constexpr std::uint64_t restart_sys = -std::uint64_t{512}, restart_block = -std::uint64_t{516};
  std::map<std::int64_t, const Registers*> registers;
  for (const TargetThread& thread : threads)
    if (thread.registers) registers.emplace(thread.tid, &*thread.registers);
  for (Activity& one : activity) {
    const auto found = registers.find(one.tid);
    if (!one.wait || !one.wait->futex || found == registers.end()) continue;
    const Registers& values = *found->second;
    const bool sleeps = values[Registers::rax] == restart_sys || values[Registers::rax] == restart_block;
    if (!sleeps || values[Registers::rdi] != *one.wait->futex) one.wait->futex.reset();
  }
}

void forget_other_futexes(std::vector<Activity>& activity, const std::vector<Activity>& now) {
  const auto futexes = futexes_of(now);
  for (Activity& one : activity)
    if (one.wait && one.wait->futex && !futexes.contains({one.tid, *one.wait->futex})) one.wait->futex.reset();
}

}  // namespace pyexc
