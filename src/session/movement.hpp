#pragma once
// Stuck or slow: several reports on one process, a moment apart, say of each thread and task whether it
// moved. Compared is what a report shows of it, so the same place twice may also be a loop that came round
// again; the processor time tells these apart.

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "report/report.hpp"

namespace pyexc {

class Looks {
 public:
  void add(const Report& report);
  /// `last` must be the report that was added last.
  void tell(Report& last) const;

 private:
  struct Seen {
    std::int64_t looks = 0, first_us = 0, last_us = 0;
    std::int64_t first_cpu_ms = -1, last_cpu_ms = -1;
    std::set<std::size_t> places;  ///< hashes of stack and exceptions
  };
  using Key = std::pair<std::int64_t, std::uint64_t>;  ///< tid and ident; interpreter and address of a task

  void see(Seen& seen, std::size_t place, std::int64_t at_us, std::optional<std::int64_t> cpu_ms);

  std::map<Key, Seen> threads_, tasks_;
};

}  // namespace pyexc
