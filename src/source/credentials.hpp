#pragma once
// Becoming, for one thread, the user whose files are read. The raw system calls change the calling thread
// only; glibc's wrappers would change the whole process, which still has to trace and to write.

#include <vector>

#include "base/result.hpp"
#include "source/context.hpp"

namespace pyexc {

/// What this thread may still open beyond what the target may, after become().
struct Leftover {
  std::vector<gid_t> groups;  ///< ours, not the target's; an unprivileged process cannot put them off
};

/// Takes the ids, drops every capability and checks that it is so. On an error nothing may be read.
[[nodiscard]] Result<Leftover> become(const FileCredentials& credentials);

}  // namespace pyexc
