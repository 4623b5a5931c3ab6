#pragma once
// openat2 as this room uses it: a name never leaves the directory it is looked up below, and never
// passes through one of /proc's magic links, which lead out of every root.

#include "base/fd.hpp"

namespace pyexc {

enum class Below {
  as_root,  ///< absolute names, absolute links and `..` stay inside, as in a chroot
  beneath,  ///< whatever would leave the directory fails with EXDEV
};

/// errno is set if the result is empty. O_CLOEXEC is added.
[[nodiscard]] UniqueFd open_below(int directory, const char* name, int flags, Below how);

}  // namespace pyexc
