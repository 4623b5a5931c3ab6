#include "host/syscalls/names.hpp"

#include <algorithm>
#include <iterator>

namespace pyexc::host {

namespace {

struct Entry {
  std::int64_t number;
  std::string_view name;
};

constexpr Entry table[] = {
#define SYSCALL(number, name) {number, name},
#if defined(__x86_64__)
#include "host/syscalls/x86_64.inc"
#else
    {-1, ""},
#endif
#undef SYSCALL
};

static_assert(std::ranges::is_sorted(table, {}, &Entry::number));

}  // namespace

std::string_view syscall_name(std::int64_t number) noexcept {
  const auto* const entry = std::ranges::lower_bound(table, number, {}, &Entry::number);
  return entry != std::end(table) && entry->number == number ? entry->name : std::string_view();
}

}  // namespace pyexc::host
