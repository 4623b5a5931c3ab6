#pragma once
// Frames of C and of Python as one stack: each call of the eval loop makes way for the frames of Python that it
// runs. Which those are is never guessed: from 3.10 on each call keeps something of the interpreter on its C stack,
// before that there are as many calls as there are runs of frames, or nothing is merged.

#include <vector>

#include "report/report.hpp"
#include "target/target.hpp"

namespace pyexc::native {

/// Gives the threads of the report their native stacks, and with `all` lists the threads that Python does not
/// know. Stacks that end early, and those that could not be merged, become problems.
void add_native_stacks(Report& report, const std::vector<NativeStack>& stacks,
                       const std::vector<TargetThread>& threads, const std::vector<Activity>& activity, bool all);

/// Merges one thread's; an empty result says that it was possible, anything else why it was not.
[[nodiscard]] std::string merge(Thread& thread, const NativeStack& stack);

}  // namespace pyexc::native
